"""The mails of an mbox that their author wrote: the text of each without quotes, signatures and what was forwarded.

Source: RFC 4155 and RFC 5322. A file may have any size: one mail is held at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import BinaryIO

from ownvoice.articles.article import (
    Article,
    PassedOver,
    ReadResult,
    Reason,
    UnreadableError,
    quarantining,
)
from ownvoice.articles.formats.budget import MAX_ARTICLE_BYTES
from ownvoice.articles.formats.exports.entry import Entry, key_by_id
from ownvoice.articles.formats.exports.mail_text import own_text
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.config.source_rules import SourceRules

_BEGINS = re.compile(rb"From [^\r\n]*\d\d:\d\d[^\r\n]*\r?\n\Z")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_KEPT_BACK = frozenset({"draft", "drafts", "entwürfe", "brouillons", "borradores", "trash", "spam"})
_MOZILLA_EXPUNGED = 0x0008  # nsMsgMessageFlags of Thunderbird, which leaves such mails in the file


def read_mbox(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the mails that come from one of the author's own addresses, which the settings name.

    Raises `UnreadableError` where they name none: most of a mailbox is other people's.
    """
    if not rules.own_addresses:
        detail = "most mails are other people's: name the author's addresses in OWNVOICE_SOURCE__OWN_ADDRESSES"
        raise UnreadableError(Reason.NO_OWN_ADDRESS, detail)
    own = frozenset(address.casefold() for address in rules.own_addresses)
    number = -1
    for number, mail in enumerate(_mails(opened.file)):
        yield _mail(f"{opened.key}#{number}", mail, own, opened.sidecars, rules)
    if number < 0:
        raise UnreadableError(Reason.EMPTY, "the object holds no mail")


def _mails(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield the mails, and None in the place of one that is too large. Raises `UnreadableError` for another form."""
    line = next((line for line in iter(lambda: file.readline(MAX_ARTICLE_BYTES), b"") if line.strip()), b"")
    if line and not _BEGINS.match(line):
        raise UnreadableError(
            Reason.WRONG_SHAPE, "its first line is not that of a mail in an mbox: From ... 12:00 2026"
        )
    while line:
        lines: list[bytes] = []
        size, is_after_blank = 0, False
        while line := file.readline(MAX_ARTICLE_BYTES):
            if is_after_blank and _BEGINS.match(line):
                break
            is_after_blank = not line.strip()
            size += len(line)
            if size <= MAX_ARTICLE_BYTES:
                lines.append(line)
        yield b"".join(lines) if size <= MAX_ARTICLE_BYTES else None


@quarantining
def _mail(
    key: str, data: bytes | None, own: frozenset[str], beside: Sequence[Fields], rules: SourceRules
) -> Article | PassedOver:
    if data is None:
        raise UnreadableError(Reason.TOO_LARGE, f"the mail is larger than {MAX_ARTICLE_BYTES:,} bytes")
    mail = message_from_bytes(_ESCAPED.sub(rb"\1", data), policy=_POLICY)
    mail_id = _header(mail, "Message-ID") or None
    key = key_by_id(key, mail_id)
    senders = [(name, address.casefold()) for name, address in getaddresses([_header(mail, "From")])]
    if not senders or not own.issuperset(address for _, address in senders):
        return PassedOver(key, "mail of others", mail_id)
    if kind := _kind(mail):
        return PassedOver(key, kind, mail_id)
    return Entry(key, lambda: own_text(mail), [_fields(mail, mail_id, senders)], beside).article(rules)


def _fields(mail: EmailMessage, mail_id: str | None, senders: list[tuple[str, str]]) -> Fields:
    return {
        "id": mail_id,
        "title": _header(mail, "Subject"),
        "author_id": [{"name": name.strip() or address, "login": address} for name, address in senders],
        "language": _header(mail, "Content-Language").partition(",")[0].strip(),
        "published_at": _header(mail, "Date"),
        "draft": _is_kept_back(mail),
    }


def _kind(mail: EmailMessage) -> str:
    """Return what a mail is where nobody wrote a text in it that can be read."""
    if mail.get_content_type() in _ENCRYPTED:
        return "encrypted mail"
    is_automatic = _header(mail, "Auto-Submitted").lower() not in ("", "no")
    return "automatic mail" if is_automatic or mail.get_content_type() == "multipart/report" else ""


def _is_kept_back(mail: EmailMessage) -> bool:
    """Whether a mail was never sent, or was thrown away: as Gmail, Thunderbird and others mark it."""
    labels = {one.strip().casefold() for one in _header(mail, "X-Gmail-Labels").split(",")}
    status = _header(mail, "X-Mozilla-Status")
    is_expunged = bool(re.fullmatch(r"[0-9a-fA-F]{4}", status)) and bool(int(status, 16) & _MOZILLA_EXPUNGED)
    is_draft = "X-Mozilla-Draft-Info" in mail and "Date" not in mail
    return not _KEPT_BACK.isdisjoint(labels) or is_expunged or is_draft or "D" in _header(mail, "X-Status")


def _header(mail: EmailMessage, name: str) -> str:
    """Return a header as text in one line; one that is broken as far as it can be read."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except Exception:  # the parsers of headers raise many things, and a broken one says nothing
        return ""


_POLICY: policy.EmailPolicy[EmailMessage] = policy.default.clone(max_line_length=None)
