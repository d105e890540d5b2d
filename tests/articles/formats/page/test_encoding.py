"""The encoding of a page."""

from __future__ import annotations

import codecs
import encodings.aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import UnreadableError
from ownvoice.articles.formats.page.encoding import _CODECS, decoded_page

QUOTED = "“It doesn’t matter,” she said – “not in the least…”"


@pytest.mark.parametrize(
    "label",
    ["iso-8859-1", "ISO-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "iso8859-1", "ansi_x3.4-1968", "l1"],
)
def test_every_label_for_western_text_means_windows_1252(label):
    page = f'<meta charset="{label}"><p>{QUOTED}'
    assert QUOTED in decoded_page(page.encode("cp1252"))


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<meta charset="shift_jis">', "cp932"),
        ("<META CHARSET = euc-kr />", "cp949"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>", "cp1251"),
        ('<meta content="text/html;charset=&quot" http-equiv=content-type><meta charset=gb2312>', "utf-8"),
        ('<?xml version="1.0" encoding="iso-8859-15"?><html>', "iso8859-15"),
        ('<?xml version="1.0" encoding="euc-jp"?><meta charset=utf-8>', "utf-8"),
        ("<!-- <meta charset=koi8-r> --><meta charset=gbk>", "gb18030"),
        ('<script charset="utf-8" src="a.js"></script><meta charset="big5">', "big5hkscs"),
        ('<meta charset="utf-16">', "utf-8"),
        ("<meta name=a content='charset=latin1'>", "utf-8"),
        ("<p>charset=latin1</p>", "utf-8"),
        ("<title>no declaration</title>", "utf-8"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_a_browser_would_take(declaration, encoding):
    words = "日本" if encoding in ("cp932", "gb18030", "big5hkscs", "euc-jp", "cp949") else "a"
    if "quot" in declaration:
        with pytest.raises(UnreadableError, match="no browser knows"):
            decoded_page(declaration.encode())
    else:
        assert decoded_page(f"{declaration}<p>{words}".encode(encoding)).endswith(words)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_comes_before_what_the_page_declares(mark, encoding):
    page = f"<meta charset=iso-8859-1><p>{QUOTED}"
    assert decoded_page(mark + page.encode(encoding)) == page


NO_LABELS = {
    "undefined",
    "idna",
    "punycode",
    "rot13",
    "unicode_escape",
    "zlib",
    "base64",
    "hex",
    "mbcs",
    "utf_7",
    "klingon",
}


@pytest.mark.parametrize("label", sorted(NO_LABELS | set(encodings.aliases.aliases) - _CODECS.keys()))
def test_a_codec_that_only_python_knows_is_never_asked(label):
    with pytest.raises(UnreadableError, match="no browser knows") as found:
        decoded_page(f"<meta charset='{label}'><p>words".encode())
    assert found.value.reason == "not_utf8"


def test_every_label_leads_to_a_codec_of_text():
    assert all(codecs.lookup(codec)._is_text_encoding for codec in _CODECS.values())


def test_a_byte_that_is_not_in_the_encoding_is_an_error_that_says_where():
    with pytest.raises(UnreadableError, match="byte 9 is not in UTF-8, in which a page is that declares no encoding"):
        decoded_page("<p>Words é".encode("latin-1"))
    with pytest.raises(UnreadableError, match="byte 25 is not in iso-8859-1, which it declares"):
        decoded_page(b"<meta charset=iso-8859-1>\x81")


def test_a_page_of_utf_8_that_declares_something_else_is_not_guessed_at():
    with pytest.raises(UnreadableError, match="it declares latin1, and its bytes are UTF-8: one is wrong"):
        decoded_page(f"<meta charset=latin1><p>{QUOTED}".encode())
    assert decoded_page(b"<meta charset=latin1><p>plain").endswith("plain")


def test_utf_16_without_a_mark_is_not_taken_for_text():
    with pytest.raises(UnreadableError, match="a quarter of it is NUL"):
        decoded_page("<p>Words".encode("utf-16-le"))


@given(st.binary(max_size=200), st.sampled_from([b"", b"<meta charset=", b"<?xml encoding='", b"<!--", b"\xff\xfe"]))
def test_any_bytes_are_a_text_or_an_error_with_a_reason(data, start):
    try:
        assert isinstance(decoded_page(start + data), str)
    except UnreadableError as error:
        assert error.reason == "not_utf8"
