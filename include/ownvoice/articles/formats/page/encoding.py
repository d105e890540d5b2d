"""The encoding of a page as browsers find it: a byte order mark, then a declaration, and else UTF-8.

Source: https://encoding.spec.whatwg.org/#names-and-labels and
https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding.
Two things are stricter: a page without a declaration is UTF-8, not what its country used to write in, and a byte that
the encoding does not have is an error, not a replacement character. Both would change the words of an author.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.opened import without_nul

_PRESCANNED_BYTES = 16 << 10  # the standard asks for 1,024, and then follows a later one in the head too
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF16_LE: "utf-16-le"}

_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e"
    " iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597"
    " iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i"
    " iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 logical visual",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591"
    " iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 x-user-defined",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5"
    " windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601"
    " windows-949",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
# A declaration that can be read is not in UTF-16, whatever it says: so the standard.
_CODECS |= dict.fromkeys(
    ["csunicode", "iso-10646-ucs-2", "ucs-2", "unicode", "unicodefeff", "unicodefffe", "utf-16"], "utf-8"
)
_CODECS |= dict.fromkeys(["utf-16be", "utf-16le"], "utf-8")

_ATTRIBUTE = re.compile(rb"""([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?""")
_TAG = re.compile(
    rb"""<!--(?:-?>|.*?(?:-->|\Z))
    | <(?P<name>/?[a-z][^\s/>]*)(?P<attributes>(?:[^>"']++|"[^"]*+"|'[^']*+')*+)
    | <[!?/][^>]*""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_CHARSET = re.compile(rb"""charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))""", re.IGNORECASE)
_XML = re.compile(rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_BLANKS = b"\t\n\x0c\r "


def decoded_page(data: bytes) -> str:
    """Return the text of a page. Raises `UnreadableError` where a byte is not in the encoding, or nobody knows that."""
    for mark, codec in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return _decoded(data[len(mark) :], codec, f"{codec.upper()}, as its byte order mark says")
    label = _declared(data[:_PRESCANNED_BYTES])
    if label is None:
        return _decoded(data, "utf-8", "UTF-8, in which a page is that declares no encoding")
    codec = codec_of(label)
    if codec != "utf-8" and not data.isascii() and _is_utf8(data):
        raise UnreadableError(
            Reason.NOT_UTF8,
            f"it declares {label[:40]}, and its bytes are UTF-8: one is wrong; declare UTF-8 if that is right",
        )
    return _decoded(data, codec, f"{label[:40]}, which it declares")


def codec_of(label: str) -> str:
    """Return Python's name of the encoding `label`. Raises `UnreadableError` where browsers know none of that name."""
    codec = _CODECS.get(label.lower())
    if codec is None:
        raise UnreadableError(
            Reason.NOT_UTF8,
            f"it declares the encoding {label[:40]!r}, which no browser knows: save it as UTF-8, and declare that",
        )
    return codec


def _is_utf8(data: bytes) -> bool:
    """Whether these bytes, which are not ASCII alone, are UTF-8, as text in another encoding hardly ever is."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes, codec: str, why: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            Reason.NOT_UTF8, f"byte {error.start} is not in {why}: save the page as UTF-8, and declare that"
        ) from None
    return without_nul(text)


def _declared(head: bytes) -> str | None:
    """Return the label that the first `meta` with one declares, else that of the XML declaration, else None."""
    found = next(_labels(head), None) or next((match[1] for match in [_XML.match(head.lstrip())] if match), None)
    return None if found is None else found.strip(_BLANKS).decode("latin-1")


def _labels(head: bytes) -> Iterator[bytes]:
    for tag in _TAG.finditer(head):
        if (tag["name"] or b"").lower() != b"meta":
            continue
        given: dict[bytes, bytes] = {}
        for name, *values in _ATTRIBUTE.findall(tag["attributes"]):
            given.setdefault(name.lower(), b"".join(values))
        if given.get(b"charset"):
            yield given[b"charset"]
        elif given.get(b"http-equiv", b"").lower() == b"content-type":
            yield from (b"".join(found.groups(b"")) for found in _CHARSET.finditer(given.get(b"content", b"")))
