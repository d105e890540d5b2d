"""What the author of a mail wrote in it: its text without quotes, signature, and what was forwarded below it.

Plain text is preferred to HTML, because it has nothing in it but words and marks that every mail program sets alike.
"""

from __future__ import annotations

import re
from email.message import EmailMessage

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.exports.pruned import classes_of, without
from ownvoice.articles.formats.html import body_page
from ownvoice.articles.formats.page.tree import Element

_WROTE = r"wrote|writes|schrieb|schreibt|a écrit|escribió|ha scritto|scrisse|schreef|escreveu|skrev|napisał|写道"
_ATTRIBUTION = re.compile(rf"(?:.*[@\d].*|.*\b(?:{_WROTE})\b.*)[:：]\s*", re.DOTALL)
_BEGINS_ATTRIBUTION = re.compile(r"\s*(?:(?:On|Am|Le|El|Il|Op|Em|Den|W dniu|Dnia|På)\b.*\d|\d{4}[-/]\d)")
_BEGINS_OLDER = re.compile(
    rf"\s*(?:[-_]{{3,}}\s*\w[^\n]{{2,40}}\w\s*[-_]{{3,}}|_{{20,}}|[^\n>]{{10,200}}\b(?:{_WROTE})\b[^\n>]{{0,40}}[:：])\s*"
)
_HEADER = re.compile(r"\s*\*?[^\W\d_][\w -]{1,20}\*?\s?[:：]\*?\s+\S.*")
_FORWARDED = re.compile(r"\s*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail))\s*:\s*", re.I)
_HEADERS_OF_OLDER = 3  # lines like `From: ...` together, one of them with an address
_LINES_OF_AN_ATTRIBUTION = 3
_BLANK_LINES = 5  # between it and the quote
_FEW_LINES = 12  # of a signature

_QUOTE_CLASSES = (
    "gmail_quote gmail_attr gmail_signature gmail_extra moz-cite-prefix moz-signature moz-forward-container"
    " yahoo_quoted yahoo-signature protonmail_quote protonmail_signature_block OutlookMessageHeader apple-signature"
    " tutanota_quote zmail_extra"
)
_QUOTES = frozenset(_QUOTE_CLASSES.split())
_OLDER = frozenset({"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"})


def own_text(mail: EmailMessage) -> str:
    """Return what the sender of a mail wrote in it; empty where all of it is quoted.

    Raises `UnreadableError` for a text in an encoding that nobody knows, or with bytes that are not in it.
    """
    plain, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    text = without_quotes(_plain(plain)) if isinstance(plain, EmailMessage) else ""
    if text.strip() or not isinstance(page, EmailMessage):
        return text
    return body_page(without(_decoded(page), _is_quoted, _begins_older)).content


def without_quotes(text: str) -> str:
    """Return the text of a mail without what others wrote, and without the sender's signature."""
    lines = _own_lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _own_lines(lines: list[str]) -> list[str]:
    own: list[str] = []
    for at, line in enumerate(lines):
        if line.startswith(">"):
            if not at or not lines[at - 1].startswith(">"):
                _drop_attribution(own)
        elif _is_signature(lines, at) or _is_older(lines, at):
            break
        else:
            own.append(line)
    return own


def _drop_attribution(own: list[str]) -> None:
    """Take away who a quote is of, which stands above it: `On Monday, Ada wrote:`, in any language, in three lines."""
    end = len(own)
    while end and not own[end - 1].strip() and len(own) - end < _BLANK_LINES:
        end -= 1
    start = end
    while start and own[start - 1].strip() and end - start <= _LINES_OF_AN_ATTRIBUTION:
        start -= 1
    near = range(max(start, end - _LINES_OF_AN_ATTRIBUTION), end)
    is_alone = end - start <= _LINES_OF_AN_ATTRIBUTION  # else the sender's words stand right above
    start = next((at for at in near if _BEGINS_ATTRIBUTION.match(own[at])), start if is_alone else end - 1)
    if start < end and _ATTRIBUTION.fullmatch(" ".join(own[start:end])):
        del own[start:]


def _is_signature(lines: list[str], at: int) -> bool:
    if lines[at] not in ("--", "— ", "—"):
        return lines[at] == "-- "
    rest = lines[at + 1 : at + 1 + 4 * _FEW_LINES]  # with blank lines between them
    is_last = len(lines) <= at + 1 + len(rest)
    return is_last and sum(bool(one.strip()) and not one.startswith(">") for one in rest) <= _FEW_LINES


def _is_older(lines: list[str], at: int) -> bool:
    """Whether an older mail begins here, quoted or forwarded without any mark on its lines."""
    line = lines[at]
    if _FORWARDED.fullmatch(line):
        return True
    if _HEADER.fullmatch(line) and _are_headers(lines, at):
        return True
    if not _BEGINS_OLDER.fullmatch(line):
        return False
    following = next((n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip()), None)
    if following is None or lines[following].startswith(">"):
        return False
    return bool(re.search(rf"\b(?:{_WROTE})\b", line)) or _are_headers(lines, following) or line.strip("_ ") == ""


def _are_headers(lines: list[str], at: int) -> bool:
    found = lines[at : at + _HEADERS_OF_OLDER]
    return len(found) == _HEADERS_OF_OLDER and all(map(_HEADER.fullmatch, found)) and "@" in "".join(found)


def _plain(part: EmailMessage) -> str:
    text = _decoded(part)
    if str(part.get_param("format", "")).lower() == "flowed":
        return _unflowed(text, deletes_space=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _unflowed(text: str, *, deletes_space: bool) -> str:
    """Return text with its soft line breaks joined. Source: RFC 3676, section 4."""
    out: list[str] = []
    is_open = False
    for line in text.replace("\r\n", "\n").split("\n"):
        is_soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        shown = line if line.startswith(">") else line.removeprefix(" ")
        if is_open and line != "-- " and not line.startswith(">"):
            out[-1] += shown
        else:
            out.append(shown)
        is_open = is_soft
        if is_soft and deletes_space:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


def _decoded(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    charset = part.get_content_charset() or "utf-8"
    try:
        return data.decode(charset) if isinstance(data, bytes) else ""
    except LookupError:
        raise UnreadableError(Reason.NOT_UTF8, f"its encoding {charset[:40]!r} is unknown") from None
    except UnicodeError:
        raise UnreadableError(Reason.NOT_UTF8, f"it holds bytes that are not in {charset[:40]}, as it says") from None


def _is_quoted(element: Element) -> bool:
    is_cited = element.tag == "blockquote" and (element.get("type") or "").lower() == "cite"
    return is_cited or not classes_of(element).isdisjoint(_QUOTES)


def _begins_older(element: Element) -> bool:
    return (element.get("id") or "") in _OLDER
