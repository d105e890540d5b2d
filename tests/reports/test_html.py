"""The page of a night, parsed: all of the report stands on it; what strangers wrote is text and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from lxml import html

from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.errors import StorageError
from ownvoice.reports.excerpt import visible
from ownvoice.reports.html import read_page
from ownvoice.storage.lake import Lake
from stand_ins.hostile_articles import HOSTILE_ARTICLES


def parsed(lake: Lake):
    return html.document_fromstring(read_page(lake, "night").decode())


def text_of(element) -> str:
    return " ".join(element.text_content().split())


def test_the_waterfall_shows_every_count_of_the_report(night):
    lake, report = night
    waterfall = parsed(lake).xpath("//section[@aria-labelledby='waterfall']//figure//*[local-name()='text']/text()")
    triples = report.triples
    for count in (report.planned.articles, report.chunks.total, triples.total, triples.kept):
        assert f"{count:,}" in waterfall
    for reason, count in triples.dropped.items():
        assert reason.replace("_", " ") in waterfall
        assert f"−{count:,}" in waterfall


def test_every_drop_reason_has_its_count_and_its_examples(night):
    lake, report = night
    sections = {
        text_of(found.find("summary/span")): found
        for found in parsed(lake).xpath("//section[@aria-labelledby='waterfall']//details")
    }
    for reason, count in report.triples.dropped.items():
        section = sections[reason.replace("_", " ")]
        assert text_of(section.xpath("summary/span")[1]) == f"{count:,}"
        assert len(section.xpath("dl")) == len(report.drop_examples.get(reason, []))


def test_a_few_pairs_stand_side_by_side_with_their_place_marked_in_the_original(night):
    lake, _report = night
    pairs = parsed(lake).xpath("//article")
    assert len(pairs) == 3
    for pair in pairs:
        chosen, rejected = (text_of(side) for side in pair.xpath(".//div[contains(@class, 'side')]/div"))
        assert chosen != rejected
        marks = [text_of(mark) for mark in pair.xpath(".//mark")]
        assert marks
        letters = {c for c in "".join(marks) if c.isalnum()}
        assert letters == {c for c in chosen if c.isalnum()}


def test_every_audit_stands_on_the_page_with_its_verdict(night):
    lake, report = night
    rows = [text_of(row) for row in parsed(lake).xpath("//table[@class='audits']/tbody/tr")]
    assert len(rows) == len(report.audits)
    for row, audit in zip(rows, report.audits, strict=True):
        assert audit.verdict in row
        assert audit.sentence in row
        assert audit.advice in row


def test_headings_step_down_one_by_one_and_every_table_has_a_caption(night):
    lake, _report = night
    page = parsed(lake)
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(table.find("caption") is not None for table in page.xpath("//table"))
    assert page.get("lang") == "en"


@pytest.mark.parametrize("made", ["night", "hostile"])
def test_a_page_holds_no_script_no_handler_and_no_address(made, request):
    lake, _report = request.getfixturevalue(made)
    page = parsed(lake)
    assert not page.xpath("//script|//img|//iframe|//object|//link|//form|//base|//a|//*[local-name()='image']")
    for element in page.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name in ("src", "href", "style")]
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_what_strangers_wrote_stands_on_the_page_as_text(hostile):
    lake, report = hostile
    page = text_of(parsed(lake))
    examples = [drop for drops in report.drop_examples.values() for drop in drops]
    assert examples
    for drop in examples:
        assert " ".join(visible(drop.article_id).split()) in page
        assert " ".join(visible(drop.quote).split()) in page
    assert "<img src=x onerror=document.title='owned'>.md" in page


@pytest.mark.parametrize("fragment", [one.fragment for one in HOSTILE_ARTICLES], ids=lambda text: ascii(text)[:30])
def test_each_hostile_fragment_is_harmless_in_every_place(fragment, night):
    from ownvoice.reports.html import page_html

    _lake, report = night
    drop = dict.fromkeys(("article_id", "reason", "detail", "prompt", "quote", "rejected"), fragment)
    drop |= {"chunk_index": 0, "triple_index": 0}
    fault = {"source_key": fragment, "reason": "unreadable", "detail": fragment}
    given = {
        "run_id": fragment,
        "verdict": "warn",
        "recipe": {fragment: fragment},
        "quarantined": [fault],
        "drop_examples": {reason: [drop] for reason in report.triples.dropped},
        "audits": [audit.model_dump() | {"sentence": fragment} for audit in report.audits],
        "faults": {fragment: 1},
        "unusual": [fragment],
        "warnings": [
            one.model_dump() | {"name": fragment, "sentence": fragment, "advice": fragment, "is_new": is_new}
            for one in report.warnings
            for is_new in (True, False)
        ],
    }
    given = RefreshReport.model_validate(report.model_dump() | given)
    pair = dict.fromkeys(("prompt", "article_id", "author_id", "split", "chosen", "rejected_model"), fragment)
    pair |= {"rejected": fragment, "spans": [], "excerpt": []}
    page = html.document_fromstring(page_html(given, [pair]))
    assert not page.xpath("//script|//img|//b|//a|//*[@onload or @onclick or @onerror]")
    shown_fragment = " ".join(visible(fragment).split())
    assert text_of(page).count(shown_fragment) >= 12
    assert len(page.xpath("//section")) == len(html.document_fromstring(page_html(given, [])).xpath("//section")) + 1


def test_a_dry_run_has_a_page_too(refreshed, tmp_path):
    lake, report = refreshed(tmp_path, dry_run=True)
    page = parsed(lake)
    assert "nothing was asked and nothing committed" in text_of(page)
    assert f"{report.planned.chunks:,}" in page.xpath("//dd/text()")
    assert not page.xpath("//article|//table[@class='audits']")


def test_a_run_without_a_page_says_what_to_do(lake):
    with pytest.raises(StorageError, match="Clear write_report"):
        read_page(lake, "night")
