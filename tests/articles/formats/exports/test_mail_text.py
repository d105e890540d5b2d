"""What the sender of a mail wrote in it."""

from __future__ import annotations

from email import message_from_string, policy

import pytest

from ownvoice.articles.formats.exports.mail_text import own_text, without_quotes

QUOTED = {
    "We waited.\n\n> How long?\n> And why?\n\nUntil nine.": "We waited.\n\nUntil nine.",
    "We waited.\n\nOn Sun, 1 Mar 2026 at 09:00, Bo <bo@x.org> wrote:\n> How long?": "We waited.",
    "We waited.\n\nOn Sun, 1 Mar 2026 at 09:00, Bo <bo@x.org>\nwrote:\n\n> How long?": "We waited.",
    "We waited.\nOn Sun, 1 Mar 2026 at 09:00, Bo <bo@x.org> wrote:\n> How long?": "We waited.",
    "Wir warteten.\n\nAm 1. März 2026 schrieb Bo:\n> Wie lange?": "Wir warteten.",
    "Nous attendions.\n\nLe 1 mars 2026 à 09:00, Bo <bo@x.org> a écrit :\n\n> Combien ?": "Nous attendions.",
    "We waited.\n\nOn 1 Mar 2026, Bo wrote:\n\nHow long did you wait?": "We waited.",
    "We waited.\n\n-----Original Message-----\nFrom: Bo <bo@x.org>\nSent: today\nTo: Ada\n\nHow?": "We waited.",
    "Wir.\n\n________________________________\nVon: Bo <bo@x.org>\nGesendet: heute\nAn: Ada\n\nWie?": "Wir.",
    "We.\n\nFrom: Bo <bo@x.org>\nDate: today\nTo: Ada\n\nHow?": "We.",
    "See below.\n\nBegin forwarded message:\n\nFrom: Bo\n\nHow?": "See below.",
    "See.\n\n---------- Forwarded message ---------\nFrom: Bo <bo@x.org>\nDate: 1\nSubject: S\n\nHow?": "See.",
    "We waited.\n\n-- \nAda Blau\nThe platform": "We waited.",
    "We waited.\n\n--\nAda": "We waited.",
}
OWN = (
    "She told me this: wait.\n\nThen three things:\n\n- a lamp\n- a bench",
    "One part.\n\n-----\n\nAnother part of it.",
    "Place: a platform\nTime: night\nWho: Ada, and nobody else",
    "I remember what Bo wrote: nothing.",
)


@pytest.mark.parametrize("text", QUOTED)
def test_quotes_signatures_and_what_is_forwarded_are_left_out(text):
    assert without_quotes(text) == QUOTED[text]


@pytest.mark.parametrize("text", OWN)
def test_the_words_of_the_sender_stay(text):
    assert without_quotes(text) == text


def test_soft_line_breaks_are_joined():
    head = "Content-Type: text/plain; charset=utf-8; format=flowed{}\n\n"
    text = "We waited on \nthe platform.\n> No. \n> No.\n Two.\n"
    assert (
        own_text(message_from_string(head.format("") + text, policy=policy.default))
        == "We waited on the platform.\nTwo."
    )
    japanese = head.format("; delsp=yes") + "abc \ndef\n"
    assert own_text(message_from_string(japanese, policy=policy.default)) == "abcdef"
