"""Metadata in the dialects of other tools is heard or quarantined, so that no refusal and no draft slips through."""

from __future__ import annotations

import pytest

from ownvoice.articles.article import Article, PassedOver, Quarantined
from ownvoice.articles.formats.front_matter import split_front_matter
from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import read

PROSE = "\n\nThe lamp in the harbour was lit at noon, and nobody asked why it burnt. It was a long day.\n"

REFUSED = {
    "an alias of YAML": "---yml\nconsent: no\n---",
    "a comment of Nikola": "<!--\n.. title: On waiting\n.. consent: no\n-->",
    "lines of Nikola": ".. title: On waiting\n.. slug: waiting\n.. consent: no",
    "fields of reStructuredText": ":title: On waiting\n:consent: no",
    "a comment of HTML": "<!--\nid: 7\nconsent: no\n-->",
    "no space behind the colon": "Consent:no",
    "a space before the colon": "Title : On waiting\nConsent : no",
    "Dataview of Obsidian": "consent:: no",
    "a second block": "---\ncategory: a\n---\n---\nconsent: no\n---",
    "a second block below a blank line": "---\ncategory: a\n---\n\n---\nconsent: no\n---",
    "an empty first block": "---\n---\nconsent: no\n---",
    "below a line for the shell": "#!/usr/bin/env publish\n---\nconsent: no\n---",
    "below a comment": "<!-- generated -->\n---\nconsent: no\n---",
    "a table in a list": "+++\n[[params]]\nconsent = false\n+++",
    "an object in a list": "---\nparams:\n  - consent: no\n---",
}
UNREADABLE = {
    "JavaScript": '---js\n{\n title: "x",\n draft: true\n}\n---',
    "CoffeeScript": "---coffee\ntitle: 'x'\ndraft: true\n---",
    "a colon behind the language": "---yaml:\nconsent: no\n---",
    "fields in the line of the fence": "--- {consent: no}\n---",
    "a tag in the line of the fence": "--- !yaml\nconsent: no\n---",
    "a comment in JSON": '{\n// hi\n"id": "7", "consent": "no"}',
    "a comment above JSON": '// hi\n{"id": "7", "consent": "no"}',
    "JSON without quotes": "{consent: no}",
    "a list of objects": '[{"consent": "no"}]',
    "no blank line below header lines": "Title: x\nAuthor: jane\nConsent: no\nAnd prose.",
}
KEPT_BACK = ["status: draft\ntags: x", "---\nis_draft: true\n---", "---\npublished: never\n---", ".. status: private"]
PLAIN = [
    *(
        "---\n\nProse is here.\n\n---",
        "{{< figure >}}",
        "{% raw %}Status: fine{% endraw %}",
        "[Status: draft of a poem]",
    ),
    *("--- said Anna", "::: note\nText.\n:::", ".. note:: A thing", "[link]: https://example.org", "{x} is a set."),
    *("12:30 was late.", "<!-- more -->", "Draft:horse", "http://example.org"),
]


@pytest.mark.parametrize("matter", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_heard(matter):
    (article,) = read("a.md", matter + PROSE)
    assert isinstance(article, Article)
    assert article.consent == "no"
    assert article.content.strip() == PROSE.strip()


@pytest.mark.parametrize("matter", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_and_may_hold_a_refusal_is_quarantined(matter):
    (found,) = read("a.md", matter + PROSE)
    assert isinstance(found, Quarantined)
    assert found.reason == "bad_front_matter"


@pytest.mark.parametrize("matter", KEPT_BACK)
def test_a_draft_is_passed_over(matter):
    (found,) = read("a.md", matter + PROSE)
    assert isinstance(found, PassedOver)


@pytest.mark.parametrize("text", PLAIN)
def test_prose_that_only_looks_like_it_keeps_every_word(text):
    (article,) = read("a.md", text + PROSE)
    assert article.content == text + PROSE


def test_any_number_of_blocks_is_no_end():
    assert split_front_matter("---\n---\n" * 20_000, SourceRules())[0] == [{}, {}]
    assert len(split_front_matter("---\nconsent: no\n---\n" * 20_000, SourceRules())[0]) == 2


def test_an_indent_in_plain_text_is_no_mark_of_code():
    text = "First.\n\n    Second, indented.\n\n\tThird, by a tab.\n"
    (article,) = read("a.txt", text)
    assert article.content == "First.\n\nSecond, indented.\n\nThird, by a tab.\n"
    (article,) = read("a.md", text)
    assert article.content == text
