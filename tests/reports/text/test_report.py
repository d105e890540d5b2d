"""A report as text: both verdicts first, in lines that a terminal of eighty columns holds."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.filters import drop_reasons
from ownvoice.reports.text.report import report_lines
from ownvoice.reports.verdict import judged
from ownvoice.terminal import WIDTH_CHARS
from stand_ins.reports import audit_with, report_with

names = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=30)
counts = st.dictionaries(names, st.integers(0, 10**9), max_size=8)
drops = st.dictionaries(st.sampled_from([one.name for one in drop_reasons()]), st.integers(0, 10**9), max_size=8)


@given(counts, drops, st.lists(names, max_size=4), st.text(max_size=300), st.booleans())
def test_no_line_is_wider_than_the_terminal(articles, dropped, batches, sentence, dry_run):
    report = report_with(
        run_id="refresh_preferences/scheduled__2026-04-01T02:00:00+00:00",
        articles=articles,
        passed_over=articles,
        left_out=articles,
        dry_run=dry_run,
        quarantined=[{"source_key": one, "articles": 1, "reason": "not_utf8", "detail": sentence} for one in batches],
        failed_batches=batches,
        chunks={"total": 10**6, "answered": 10**6 - 5, "dead": 5},
        planned={"articles": 10**5, "chunks": 10**6},
        triples={"total": sum(dropped.values()), "dropped": dropped},
        audits=[audit_with(verdict="warn", sentence=sentence, advice=sentence)],
    )
    lines = list(report_lines(judged(report)))
    assert all(len(line) <= WIDTH_CHARS and line.isprintable() for line in lines)


def test_the_two_verdicts_come_first_then_what_is_new_and_what_stands():
    audits = [audit_with(verdict="warn", value=0.2, sentence="Nobody leads.", advice="An author at a time.")]
    planned, chunks = {"articles": 2, "chunks": 8}, {"total": 8, "answered": 8}
    first = judged(report_with(planned=planned, chunks=chunks, triples={"total": 40, "kept": 30}, audits=audits))
    assert list(report_lines(first))[1:6] == [
        "night       pass        Of 2 articles, 8 chunks were planned and 8 answered. 40",
        "                        triples came of them, and 30 were kept.",
        "data        doubtful    30 of 40 triples became pairs (75%). 1 of 1 audits warn.",
        "new         authors of the version: Nobody leads.",
        "            An author at a time.",
    ]
    again = first.model_copy(update={"refresh_date": first.refresh_date + dt.timedelta(days=1), "unusual": ["dead"]})
    lines = list(report_lines(judged(again, [first])))
    assert lines[4:6] == [
        "unusual     dead",
        "standing    authors of the version, on 2 nights since 2026-04-01",
    ]
