"""The audits of a real night, and where they stand."""

from __future__ import annotations

import json

import pytest

from ownvoice.pairs import cues
from ownvoice.reports import audits as audited
from ownvoice.reports.report import write_report
from ownvoice.reports.text.report import report_lines
from stand_ins.night import Night

OF_THE_VERSION = {
    "told_apart_by_length",
    "told_apart_by_punctuation",
    "told_apart_by_words",
    "lengths",
    "repeated_prompts",
    "repeated_chosen",
    "back_references",
    "authors",
    "coverage",
    "pair_count",
}


@pytest.fixture
def night(lake, offline_model, tmp_path):
    made = Night(lake, tmp_path / "articles", offline_model)
    made.write("a", "b", "c", "d", "e", "f")
    return made


def names(report, scope):
    return [audit.name for audit in report.audits if audit.scope == scope]


def numbers(report, name, scope="version"):
    (found,) = [audit.numbers for audit in report.audits if (audit.name, audit.scope) == (name, scope)]
    return found


def test_a_first_night_is_audited_as_the_version_that_it_is(night):
    version = night.run("one")
    report = write_report(night.lake, "one")
    assert set(names(report, "version")) == OF_THE_VERSION
    assert names(report, "night") == ["verbatim"]
    assert numbers(report, "pair_count")["pairs"] == version.pairs
    assert numbers(report, "authors")["shares"] == {"tests": 1.0}
    assert numbers(report, "coverage")["articles"] == {"total": 6, "with_pairs": 6}


def test_the_numbers_agree_with_those_of_the_report(night):
    night.run("one")
    report = write_report(night.lake, "one")
    (rate,) = numbers(report, "verbatim", "night")["rates"]
    assert rate["quotes"] == report.triples.total
    assert rate["share"] == pytest.approx(1 - report.triples.dropped["not_verbatim"] / rate["quotes"], abs=1e-4)
    chunks = numbers(report, "coverage")["chunks"]
    assert chunks["total"] == report.chunks.answered + report.chunks.reused
    assert sum(report.chunks_by_requests.values()) == report.chunks.answered


def test_a_later_night_is_judged_by_itself_where_it_is_large_enough(night, monkeypatch):
    night.run("one")
    night.write("g")
    night.run("two")
    assert names(write_report(night.lake, "two"), "night") == ["verbatim"]
    monkeypatch.setattr(cues, "MIN_PAIRS", 5)
    monkeypatch.setattr(cues, "MIN_ARTICLES", 5)
    night.write("h", "i", "j", "k", "l")
    version = night.run("three")
    report = write_report(night.lake, "three")
    assert set(names(report, "night")) == {"verbatim", *(name for name in OF_THE_VERSION if name.startswith("told"))}
    assert numbers(report, "told_apart_by_length", "night")["pairs"] == version.added


def test_no_more_of_a_version_is_read_than_the_sample(night, monkeypatch):
    monkeypatch.setattr(audited, "SAMPLE_PAIRS", 10)
    version = night.run("one")
    report = write_report(night.lake, "one")
    assert numbers(report, "repeated_prompts")["pairs"] == 10
    assert numbers(report, "pair_count")["pairs"] == version.pairs > 10


def test_a_night_that_commits_nothing_is_not_audited(night):
    night.run("one")
    night.run("two")
    report = write_report(night.lake, "two")
    assert report.version is None
    assert report.audits == []


def test_a_night_that_removes_everything_but_one_article_is_audited(night):
    night.run("one")
    for name in "bcdef":
        night.remove(name)
    version = night.run("two")
    report = write_report(night.lake, "two")
    assert numbers(report, "pair_count")["pairs"] == version.pairs
    assert numbers(report, "told_apart_by_words")["auc"] is None


def test_an_audit_that_warns_says_so_in_text_and_makes_the_data_doubtful_but_not_the_night(night):
    night.run("one")
    report = write_report(night.lake, "one")
    assert "warn" in {audit.verdict for audit in report.audits}
    assert (report.verdict, report.data.verdict) == ("pass", "doubtful")
    text = " ".join("\n".join(report_lines(report)).split())
    for audit in report.audits:
        assert f"audit {audit.verdict} {audit.name.replace('_', ' ')} of {audit.subject}: " in text


def test_a_repeated_report_is_the_same_to_the_byte(night):
    night.run("one")
    write_report(night.lake, "one")
    keys = ("runs/one/report.json", "runs/one/report.html")
    first = [night.lake.store.read(key) for key in keys]
    write_report(night.lake, "one")
    assert [night.lake.store.read(key) for key in keys] == first
    assert json.loads(first[0])["audits"]
