"""The coverage of a night in words: every chunk is accounted for, and what is left for later has a reason."""

from __future__ import annotations

import pytest

from ownvoice.reports.coverage import coverage
from ownvoice.states import STATE_AFTER, ChunkEvent, ChunkState
from stand_ins.reports import report_with

DEFERRING = [event for event, state in STATE_AFTER.items() if state is ChunkState.DEFERRED]


def test_a_night_is_told_from_articles_to_pairs():
    report = report_with(
        planned={"articles": 12, "chunks": 1028, "deferred": 0},
        chunks={"total": 1028, "answered": 900, "reused": 100, "deferred": 27, "dead": 1},
        triples={"total": 5000, "kept": 4000},
        deferred_for={"not_afforded": 25, "batch_failed": 2},
        left_out={"other_language": 1, "no_prose": 2},
    )
    assert coverage(report) == (
        "Of 12 articles, 1,028 chunks were planned and 1,000 answered, 100 of them from stored answers. "
        "5,000 triples came of them, and 4,000 were kept. 1 chunk is dead: no try gave a usable answer. "
        "27 chunks are left for a later run (25 over the budget, 2 in a failed batch). "
        "3 articles are left out (1 other language, 2 no prose)."
    )


@pytest.mark.parametrize("event", DEFERRING)
def test_each_event_that_leaves_a_chunk_for_later_has_words(event: ChunkEvent):
    report = report_with(planned={"articles": 1, "chunks": 1}, chunks={"total": 1, "deferred": 1})
    with_reason = report.model_copy(update={"deferred_for": {str(event): 1}})
    assert "1 chunk is left for a later run." in coverage(report), "an earlier Ownvoice named no reasons"
    assert "1 chunk is left for a later run (1 " in coverage(with_reason)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "No article is new, edited or pending: there was nothing to ask about."),
        (
            {"dry_run": True, "planned": {"articles": 2, "chunks": 9, "deferred": 3}},
            "Of 2 articles, 9 chunks were planned; in a dry run nothing is asked. 3 chunks are left for a later run.",
        ),
        (
            {"planned": {"articles": 1, "chunks": 1}},
            "Of 1 article, 1 chunk was planned, and nothing was committed.",
        ),
    ],
)
def test_a_night_that_asked_nothing_says_why(parts, said):
    assert coverage(report_with(**parts)) == said
