"""The waterfall from articles to pairs: its steps add up, whatever the night was like."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.reports.waterfall import waterfall
from stand_ins.reports import report_with

COUNTS = st.integers(0, 500)


def report_of(articles=(), planned=0, answered=0, deferred=0, dead=0, kept=0, dropped=(), left_out=()):
    dropped = dict(dropped)
    return report_with(
        articles=dict(articles),
        left_out=dict(left_out),
        planned={"articles": planned},
        chunks={"total": answered + deferred + dead, "deferred": deferred, "dead": dead},
        triples={"total": kept + sum(dropped.values()), "dropped": dropped},
    )


def shown(report):
    return [(step.stage, step.name, step.kind, step.count) for step in waterfall(report)]


def test_a_night_by_hand():
    articles = {"appeared": 3, "edited": 1, "renamed": 2, "unchanged": 90, "quarantined": 1}
    report = report_of(articles, planned=4, answered=18, dead=2, kept=70, dropped={"ambiguous": 5, "not_verbatim": 15})
    assert shown(report) == [
        ("articles", "changed", "total", 7),
        ("articles", "renamed", "lost", 2),
        ("articles", "quarantined", "lost", 1),
        ("articles", "to ask about", "left", 4),
        ("chunks", "planned", "total", 20),
        ("chunks", "dead", "lost", 2),
        ("chunks", "with an answer", "left", 18),
        ("triples", "answered", "total", 90),
        ("triples", "not verbatim", "lost", 15),
        ("triples", "ambiguous", "lost", 5),
        ("triples", "pairs", "left", 70),
    ]


def test_articles_that_waited_come_in_and_those_that_wait_on_are_lost_for_tonight():
    assert ("articles", "left from before", "added", 2) in shown(report_of({"appeared": 3}, planned=5))
    assert ("articles", "not in this run", "lost", 2) in shown(report_of({"appeared": 3}, planned=1))


def test_an_article_that_is_retried_is_one_to_ask_about():
    assert shown(report_of({"retried": 1, "quarantined": 0}, planned=1)) == [
        ("articles", "changed", "total", 1),
        ("articles", "to ask about", "left", 1),
    ]


def test_articles_in_another_language_are_lost_whether_they_came_tonight_or_waited():
    lost = ("articles", "other language", "lost", 3)
    assert shown(report_of({"appeared": 5, "renamed": 1}, planned=2, left_out={"other_language": 3})) == [
        ("articles", "changed", "total", 6),
        ("articles", "renamed", "lost", 1),
        lost,
        ("articles", "to ask about", "left", 2),
    ]
    waited = shown(report_of({"appeared": 1}, planned=2, left_out={"other_language": 3}))
    assert waited[1:3] == [("articles", "left from before", "added", 4), lost]


def test_a_night_with_nothing_has_no_steps():
    assert waterfall(report_of({"unchanged": 40, "quarantined": 0})) == []


@given(
    st.dictionaries(
        st.sampled_from(["appeared", "edited", "promoted", "retried", "renamed", "vanished", "quarantined"]), COUNTS
    ),
    *[COUNTS] * 5,
    st.dictionaries(st.sampled_from(["not_verbatim", "ambiguous", "repeated_prompt"]), COUNTS),
    st.dictionaries(st.just("other_language"), COUNTS),
)
def test_every_step_begins_where_the_one_before_it_ended(
    articles, planned, answered, deferred, dead, kept, dropped, left_out
):
    steps = waterfall(report_of(articles, planned, answered, deferred, dead, kept, dropped, left_out))
    assert all(0 <= step.start <= step.end for step in steps)
    for before, after in pairwise(steps):
        if before.stage != after.stage:
            continue
        level = before.start if before.kind == "lost" else before.end
        assert level == (after.start if after.kind == "added" else after.end)
    left = {step.stage: step.count for step in steps if step.kind == "left"}
    reached = {"articles": planned, "chunks": answered, "triples": kept}
    assert all(left[stage] == reached[stage] for stage in left)
    assert {stage for stage, count in reached.items() if count} <= left.keys()
