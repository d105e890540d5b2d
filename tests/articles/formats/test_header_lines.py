"""Metadata in header lines, above a text without fences."""

from __future__ import annotations

import pytest

from ownvoice.articles.article import PassedOver
from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import read, texts


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n"])
def test_header_lines_are_read_as_metadata(before, line_end):
    text = f"{before}Title: On\n  waiting\nAuthor: ada\nID: 007\nConsent: no\nTags:\n\nText: and more.\n"
    (article,) = read("a.md", text.replace("\n", line_end))
    assert (article.title, article.author_id, article.metadata_id, article.consent) == (
        "On waiting",
        "ada",
        "007",
        "no",
    )
    assert article.content.strip() == "Text: and more."


def test_a_refusal_or_a_draft_is_heard_in_a_line_alone():
    (article,) = read("a.md", "consent: no\n\nText.")
    assert (article.consent, article.content) == ("no", "Text.")
    assert read("a.md", "draft: yes\n\nText.") == [PassedOver("a.md", "draft")]
    assert read("a.md", "Title: x\nStatus: draft\n\nText.") == [PassedOver("a.md", "draft")]
    (article,) = read("a.md", "May be used: no\n\nText.", SourceRules(fields={"may be used": "consent"}))
    assert article.consent == "no"


@pytest.mark.parametrize(
    "text",
    [
        "Title: alone\n\nText.",
        "Anna: I never knew.\nBo: Nor did I.\n\nText.",
        "Author: Why?\nEditor: Because.\n\nText.",
        "Title: x\nand a line of prose\n\nText.",
        "Title: x\nAuthor: y\nand prose that follows at once.",
        "Private: a memoir\nof two lines\n\nText.",
        "At 12:30 we left.\n\nText.",
        "Draft:horse\n\nText.",
    ],
)
def test_prose_with_a_colon_is_no_header(text):
    assert texts(read("a.md", text)) == [text]
