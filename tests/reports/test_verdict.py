"""Series of nights: what is new is raised, what stands is listed, and the two verdicts say different things."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.reports.verdict import judged, with_verdicts
from stand_ins.reports import audit_with, report_with

FIRST = dt.date(2026, 4, 1)
MUCH = 0.05


def night(number: int = 0, *, chunks: int = 100, kept: int = 80, triples: int = 100, **parts):
    date = FIRST + dt.timedelta(days=number)
    dead = parts.pop("dead", 0)
    given_parts = {
        "run_id": f"night-{number}",
        "refresh_date": date,
        "planned": {"articles": 10, "chunks": chunks},
        "chunks": {"total": chunks, "answered": chunks - dead, "dead": dead},
        "triples": {"total": triples, "kept": kept, "dropped": {"not_verbatim": triples - kept}},
    }
    return report_with(**given_parts | parts)


def quarantined(*keys):
    return [{"source_key": key, "articles": 1, "reason": "not_utf8", "detail": ""} for key in keys]


def told_apart(value: float, name: str = "told_apart_by_words"):
    verdict = "warn" if value > 0.8 else "pass"
    return audit_with(name=name, verdict=verdict, threshold=0.8, value=value, much=MUCH, sentence=f"AUC {value}")


def series(*reports):
    """Judge nights one after the other, each beside those before it."""
    done = []
    for report in reports:
        done.append(judged(report, done[::-1][:14]))
    return done


def raised(report):
    return [one.name for one in report.warnings if one.is_new]


def standing(report):
    return {one.name: (one.nights, one.since) for one in report.warnings if not one.is_new}


def test_a_night_of_which_no_triple_was_kept_ran_well_and_is_worthless():
    (one,) = series(night(triples=28, kept=0))
    assert (one.verdict, one.night.verdict, one.data.verdict) == ("pass", "pass", "worthless")
    assert one.data.sentence == "0 of 28 triples became pairs (0%); most were dropped as not verbatim (28)."
    assert "model" in one.data.advice or "prompt" in one.data.advice
    assert one.data.is_new


def test_worthless_nights_are_raised_every_night_for_each_is_paid_for_in_vain():
    assert [raised(one) for one in series(*(night(n, kept=0) for n in range(4)))] == [["kept_share"]] * 4


def test_five_warning_audits_make_the_data_doubtful_and_the_first_night_raises_all():
    audits = [told_apart(0.9, f"told_apart_by_{cue}") for cue in "abcde"]
    (one,) = series(night(audits=audits))
    assert (one.verdict, one.data.verdict, len(raised(one))) == ("pass", "doubtful", 5)
    assert "5 of 5 audits warn" in one.data.sentence


@pytest.mark.parametrize(
    "steady",
    [
        {"audits": [told_apart(0.93)]},
        {"dead": 3},
        {"kept": 10},
        {"quarantined": quarantined("a.md", "b.md")},
    ],
    ids=lambda steady: next(iter(steady)),
)
def test_a_steady_warning_is_raised_once_and_stands_from_then_on(steady):
    first, *later = series(*(night(number, **steady) for number in range(30)))
    (name,) = raised(first)
    assert [raised(one) for one in later] == [[]] * 29
    assert [one.verdict for one in later] == ["pass"] * 29
    assert standing(later[-1]) == {name: (30, FIRST)}
    assert not later[-1].data.is_new


@given(st.lists(st.floats(0, 1), min_size=1, max_size=25))
def test_whatever_an_audit_does_it_is_raised_only_where_it_is_worse_than_when_it_was_last_raised(values):
    values = [round(value, 4) for value in values]
    at = None
    nights = series(*(night(number, audits=[told_apart(value)]) for number, value in enumerate(values)))
    for value, one in zip(values, nights, strict=True):
        now = raised(one)
        assert bool(one.warnings) == (value > 0.8)
        if now:
            assert at is None or value > at + MUCH - 1e-9 or value > 0.8
            at = value
        assert (one.data.verdict == "doubtful") == (value > 0.8)


def test_an_audit_that_becomes_much_worse_is_new_again_and_so_is_a_slow_decline():
    values = [0.82, 0.84, 0.86, 0.88, 0.90, 0.92, 0.94]
    nights = series(*(night(n, audits=[told_apart(value)]) for n, value in enumerate(values)))
    assert [bool(raised(one)) for one in nights] == [True, False, False, True, False, False, True]


def test_a_number_that_swings_about_its_threshold_is_not_new_every_other_night():
    nights = series(*(night(n, audits=[told_apart(0.82 if n % 2 == 0 else 0.78)]) for n in range(10)))
    assert [bool(raised(one)) for one in nights] == [True] + [False] * 9


def test_what_was_mended_and_breaks_again_is_new():
    nights = series(*(night(n, audits=[told_apart(value)]) for n, value in enumerate((0.9, 0.6, 0.9))))
    assert [raised(one) for one in nights] == [["told_apart_by_words of the version"], [], raised(nights[0])]
    dead = series(night(0, dead=2), night(1), night(2, dead=2))
    assert [one.verdict for one in dead] == ["warn", "pass", "warn"]


def test_a_night_that_did_not_look_decides_nothing():
    busy = night(0, audits=[told_apart(0.9)], dead=3, kept=10)
    quiet = [night(n, chunks=0, triples=0, kept=0) for n in range(1, 6)]
    last = series(busy, *quiet, night(6, audits=[told_apart(0.9)], dead=3, kept=10))[-1]
    assert raised(last) == []
    assert set(standing(last)) == {"dead_chunks", "kept_share", "told_apart_by_words of the version"}


def test_one_object_more_that_cannot_be_read_is_named_beside_those_that_stand():
    first, second, third = series(
        night(0, quarantined=quarantined("a.md", "b.md")),
        night(1, quarantined=quarantined("a.md", "c.md")),
        night(2, quarantined=quarantined("c.md")),
    )
    assert [one.verdict for one in (first, second, third)] == ["warn", "warn", "pass"]
    assert second.warnings[0].sentence.endswith("New: c.md (not utf8).")
    assert standing(third) == {"quarantined": (3, FIRST)}


def test_an_object_of_an_old_folder_that_is_listed_once_a_week_is_new_once():
    bad = quarantined("2020/01/01/old.md")
    nights = series(*(night(n, quarantined=bad if n % 7 == 0 else []) for n in range(15)))
    assert [n for n, one in enumerate(nights) if raised(one)] == [0]


def test_each_batch_that_fails_is_new_however_often_one_failed_before():
    assert [one.verdict for one in series(*(night(n, failed_batches=["batch-0000"]) for n in range(3)))] == ["warn"] * 3


def test_a_night_without_any_answer_has_failed_and_one_without_work_has_not():
    nothing = {"total": 10, "answered": 0, "deferred": 10}
    failed = night(triples=0, kept=0).model_copy(update={"chunks": night().chunks.model_copy(update=nothing)})
    assert judged(failed).verdict == "fail"
    assert judged(night(dead=100, triples=0, kept=0)).verdict == "fail"
    idle = judged(night(chunks=0, triples=0, kept=0))
    assert (idle.verdict, idle.data.verdict) == ("pass", "nothing_new")
    dry = judged(night(triples=0, kept=0, dry_run=True).model_copy(update={"chunks": idle.chunks}))
    assert (dry.verdict, dry.data.verdict) == ("pass", "nothing_new")


def test_the_report_of_an_earlier_ownvoice_is_read_with_verdicts_and_what_it_warned_of_stands():
    older = night(0, audits=[audit_with(verdict="warn")], dead=4)
    assert older.night.sentence == ""
    shown = with_verdicts(older)
    assert (shown.verdict, shown.data.verdict) == ("warn", "doubtful")
    assert with_verdicts(shown) is shown
    now = judged(night(1, audits=[audit_with(verdict="warn", value=0.4, threshold=0.5)], dead=4), [older])
    assert standing(now) == {"dead_chunks": (2, FIRST), "authors of the version": (2, FIRST)}
