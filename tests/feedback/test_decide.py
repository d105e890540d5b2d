"""Every event has one fate, and the same events make the same rows in whatever order they are read."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.feedback.decide import Decided, Guards, decide
from ownvoice.feedback.event import Event, Salted, events_of
from ownvoice.feedback.formats.read import Refused, pieces_of
from ownvoice.feedback.reasons import REASONS
from stand_ins.feedback_exports import line, lines

RULES = FeedbackRules()


def events(*records: dict[str, Any]) -> list[Event]:
    pieces = [one for one in pieces_of("own.jsonl", lines(*records)) if not isinstance(one, Refused)]
    assert len(pieces) == len(records), "every line is read"
    return list(events_of(pieces, Salted(lambda name: name, {"jane": "jane-doe"})))


def become(found: list[Event], rules: FeedbackRules = RULES, **guards: Any) -> Decided:
    decided = decide(found, rules, Guards(lambda one: one.consent is True, **guards))
    in_rows = {one.event_id for draft in decided.drafts for one in draft.events}
    kept = {one.event_id for draft in decided.drafts if draft.held is None for one in draft.events}
    assert kept.isdisjoint(decided.fates), "an event in a row has no other fate"
    assert in_rows | decided.fates.keys() == {one.event_id for one in found}, "every event has a fate"
    return decided


def reasons(decided: Decided) -> Counter[str]:
    return Counter(fate.reason.name for fate in decided.fates.values())


def sides(decided: Decided) -> list[tuple[str | None, str | None]]:
    return [(one.chosen, one.rejected) for one in decided.drafts if one.held is None]


def test_up_and_down_of_one_person_under_one_message_are_a_pair() -> None:
    place = {"conversation": "c", "parent_id": "u1"}
    found = events(line("up", "Good.", **place), line("down", "Bad.", minutes=1, **place))
    assert sides(become(found)) == [("Good.", "Bad.")]


@pytest.mark.parametrize(
    "other",
    [
        {"conversation": "c", "parent_id": "u2"},
        {"conversation": "d", "parent_id": "u1"},
        {"conversation": "c"},
        {"conversation": "c", "parent_id": "u1", "person": "bob"},
        {"conversation": "c", "parent_id": "u1", "prompt": "Another prompt under the same id"},
    ],
)
def test_thumbs_that_do_not_share_person_prompt_and_parent_stay_alone(other: dict[str, Any]) -> None:
    found = events(line("up", "Good.", conversation="c", parent_id="u1"), line("down", "Bad.", **other))
    assert sorted(sides(become(found)), key=str) == [("Good.", None), (None, "Bad.")]


def test_three_thumbs_make_one_pair_and_one_lone_row() -> None:
    place = {"conversation": "c", "parent_id": "u1"}
    found = events(*(line(kind, answer, **place) for kind, answer in (("up", "A"), ("down", "B"), ("down", "C"))))
    assert sorted(sides(become(found)), key=str) == [("A", "B"), (None, "C")]


def test_the_edit_of_an_author_is_a_row_and_that_of_another_waits() -> None:
    own = events(line("edit", "Model's.", other="Author's.", person="jane"))
    (draft,) = become(own).drafts
    assert (draft.chosen, draft.rejected, draft.by_author, draft.held) == ("Author's.", "Model's.", True, None)
    (held,) = become(events(line("edit", "Model's.", other="Reader's."))).drafts
    assert held.held is not None and held.held.reason.name == "not_an_author" and not held.by_author


def test_an_answer_that_an_author_likes_is_not_the_authors() -> None:
    (draft,) = become(events(line("up", "Model's.", person="jane"))).drafts
    assert draft.chosen == "Model's." and not draft.by_author


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (line("up", "A", consent=None), "no_consent"),
        (line("up", "A", consent=False), "no_consent"),
        (line("up", "A", person="gone"), "withdrawn"),
        (line("model_rating", "A"), "model_rating"),
        (line("regeneration", "A"), "regeneration"),
        (line("up", "  "), "no_message"),
        (line("up", "A", prompt=None, messages=[{"role": "system", "content": "Be."}]), "no_message"),
        (line("choice", "A", other=" A "), "same_answer"),
        (line("edit", "A", other="", person="jane"), "no_message"),
        (line("up", "A", comment="my password is Hunter22!"), "secret"),
        (line("up", "A", tags=["write to ada@reader.example"]), "personal_data"),
        (line("choice", "A", other="call +49 30 1234567"), "personal_data"),
        (line("up", "From the test."), "in_evaluation_set"),
        (line("up", "Taken down."), "taken_down"),
    ],
)
def test_what_makes_no_row_is_dropped_by_its_reason(record: dict[str, Any], reason: str) -> None:
    decided = become(
        events(record),
        withdrawn={"gone"},
        evaluation_row=lambda text: "set, row 1" if "the test" in text else None,
        taken_down=lambda event: "Taken" in event.answer,
    )
    assert reasons(decided) == {reason: 1} and not decided.drafts
    assert REASONS[reason].outcome == "dropped"


def test_the_newest_vote_of_a_person_counts_however_the_conversation_is_called() -> None:
    found = events(line("up", "A", conversation="c"), line("down", "A", conversation="d", minutes=5))
    decided = become(found)
    assert sides(decided) == [(None, "A")] and reasons(decided) == {"superseded": 1}
    chosen = become(events(line("choice", "A", other="B"), line("choice", "B", other="A", minutes=1)))
    assert sides(chosen) == [("B", "A")]


def test_opposite_words_of_two_people_wait_and_each_is_a_row_to_choose_from() -> None:
    decided = become(events(line("up", "A"), line("down", "A", person="bob"), line("up", "A", person="eve")))
    assert reasons(decided) == {"contradiction": 3} and sides(decided) == []
    assert [(one.chosen, one.rejected) for one in decided.drafts] == [("A", None), (None, "A")]
    chosen = become(events(line("choice", "A", other="B"), line("choice", "B", other="A", person="bob")))
    assert reasons(chosen) == {"contradiction": 2}


def test_the_same_word_of_two_people_is_one_row() -> None:
    decided = become(events(line("up", "A"), line("up", "A", person="bob")))
    assert sides(decided) == [("A", None)] and reasons(decided) == {"duplicate": 1}


def test_a_flood_of_one_person_waits_and_holds_nobody_elses_word() -> None:
    flood = [line("down", f"A{number}", person="eve", minutes=number / 10) for number in range(30)]
    others = [line("up", f"A{number}", person=f"p{number}", minutes=60 * number) for number in range(30)]
    decided = become(events(*flood, *others))
    assert reasons(decided) == {"burst": 30}
    assert len(sides(decided)) == 30
    details = {fate.detail for fate in decided.fates.values() if fate.reason.name == "burst"}
    assert "30 in 600 s by one person" in details


def test_a_burst_across_the_border_of_two_windows_is_seen_and_a_slow_day_is_none() -> None:
    quick = [line("up", f"A{number}", minutes=5 + number / 10) for number in range(25)]
    assert reasons(become(events(*quick)))["burst"] == 25
    slow = [line("up", f"A{number}", minutes=11 * number) for number in range(25)]
    assert not reasons(become(events(*slow)))


def test_where_all_say_that_much_it_is_no_burst() -> None:
    busy = [line("up", f"{who} {number}", person=who, minutes=number / 10) for who in "abc" for number in range(25)]
    assert not reasons(become(events(*busy)))


def test_many_people_at_one_time_are_a_burst_of_all() -> None:
    crowd = [line("down", f"A{number}", person=f"p{number}", minutes=number / 100) for number in range(201)]
    assert reasons(become(events(*crowd))) == {"burst": 201}


def test_a_day_and_an_answer_have_caps() -> None:
    rules = FeedbackRules(day_cap=3, answer_cap=2)
    day = events(*(line("up", f"A{number}", minutes=20 * number) for number in range(5)))
    assert reasons(become(day, rules)) == {"over_day_cap": 2}
    answer = events(*(line("choice", "A", other=f"B{number}", person=f"p{number}") for number in range(4)))
    assert reasons(become(answer, rules)) == {"over_answer_cap": 2}
    undated = events(*(line("up", f"A{number}", at=None) for number in range(5)))
    assert reasons(become(undated, rules)) == {"over_day_cap": 2}


def test_the_order_in_which_events_are_read_changes_nothing() -> None:
    kinds = ("up", "down")
    records = [
        line(kinds[n % 2], f"A{n % 7}", person=f"p{n % 5}", minutes=n % 11, conversation="c", parent_id=f"u{n % 3}")
        for n in range(60)
    ]
    found = events(*records)
    first = become(found)
    for seed in range(5):
        random.Random(seed).shuffle(found)
        again = become(found)
        assert (again.drafts, again.fates) == (first.drafts, first.fates)


def test_every_reason_says_what_it_means_and_what_to_do() -> None:
    assert all(one.meaning and one.what_to_do and name == one.name for name, one in REASONS.items())
