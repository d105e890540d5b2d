"""Mails in an mbox."""

from __future__ import annotations

import pytest

from ownvoice.articles.article import Article
from ownvoice.articles.formats.exports import mbox as reader
from ownvoice.config.source_rules import SourceRules
from stand_ins.exports import mail, mbox
from stand_ins.source_objects import read, texts

NOON = "2026-03-01T12:00:00+00:00"
RULES = SourceRules(own_addresses=("ADA@example.org",))
HTML = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"


def read_mails(*mails: str) -> list[str]:
    return texts(read("a.mbox", mbox(*mails), RULES))


def test_a_mail_has_the_id_sender_and_subject_of_its_headers():
    (article,) = read("a.mbox", mbox(mail(1, "We waited.", more="Content-Language: en-GB\n")), RULES)
    assert article == Article(
        "a.mbox#<1@ada.example>", "<1@ada.example>", "Ada Blau", "Letter 1", "en-GB", "We waited.", published_at=NOON
    )


def test_without_the_addresses_of_the_author_no_mail_is_read():
    (found,) = read("a.mbox", mbox(mail(1, "We waited.")))
    assert (found.reason, "OWNVOICE_SOURCE__OWN_ADDRESSES" in found.detail) == ("no_own_address", True)


def test_mails_of_others_are_passed_over():
    of_bo, shared = "Bo <bo@example.org>", "Ada <ada@example.org>, Bo <bo@example.org>"
    found = read_mails(mail(1, "We waited."), mail(2, "No.", of_bo), mail(3, "No.", shared), mail(4, "No.", "Ada"))
    assert found == ["We waited.", *["mail of others"] * 3]


KEPT_BACK = {
    "X-Gmail-Labels: Drafts,Unread\n": "draft",
    "X-Gmail-Labels: Trash\n": "draft",
    "X-Mozilla-Status: 0009\n": "draft",
    "Auto-Submitted: auto-replied\n": "automatic mail",
    "Content-Type: multipart/encrypted; boundary=x\n": "encrypted mail",
}


@pytest.mark.parametrize("header", KEPT_BACK)
def test_what_was_not_sent_or_not_written_by_hand_is_passed_over(header):
    assert read_mails(mail(1, "We waited.", more=header)) == [KEPT_BACK[header]]


def test_a_line_that_begins_with_from_begins_no_mail():
    text = ">From the first hour on we waited.\n\nFrom then on we sang.\n"
    assert read_mails(mail(1, text), mail(2, "Next.")) == [
        "From the first hour on we waited.\n\nFrom then on we sang.",
        "Next.",
    ]


def test_a_mail_beyond_its_bound_costs_only_itself(monkeypatch):
    monkeypatch.setattr(reader, "MAX_ARTICLE_BYTES", 1000)
    assert read_mails(mail(1, "x" * 2000), mail(2, "Next.")) == ["too_large", "Next."]


def test_broken_headers_and_bytes_cost_only_their_mail():
    broken = mail(1, "We waited.", more="Content-Type: text/plain; charset=klingon\n")
    odd = mail(2, "We waited.", more="X-Status: \x00\nReferences: <<>\n")
    assert read_mails(broken, odd, mail(3, "Next.")) == ["not_utf8", "We waited.", "Next."]


def test_text_that_is_no_mbox_is_named_so():
    assert texts(read("a.mbox", "Dear Bo,", RULES)) == ["wrong_shape"]
    assert texts(read("a.mbox", "\n\n", RULES)) == ["empty"]


def test_html_is_read_where_there_is_no_plain_text():
    quoted = (
        '<div class="gmail_quote"><div class="gmail_attr">On Sunday Bo wrote:</div><blockquote>No.</blockquote></div>'
    )
    assert read_mails(mail(1, f"<p>We waited.</p>{quoted}", more=HTML)) == ["We waited."]
    older = '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Bo</div><div>Nonsense of Bo.</div>'
    assert read_mails(mail(1, f"<div><p>We <i>waited</i>.</p>{older}</div>", more=HTML)) == ["We waited."]
