"""Every answer is there once: whoever answers together, from however many tabs, and whatever is sent again."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ownvoice.errors import DamagedError, SettingsError
from ownvoice.reviewing.answers import ReviewAnswer, answer_to, answers_of, give_answer, standing, winner_of
from ownvoice.reviewing.sample import Closed, close_round, find_round, read_sample, rounds, write_sample
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import REVIEWS
from ownvoice.storage.stores import ObjectStore
from stand_ins.review_rounds import AT, a_round, answer, item


@pytest.fixture
def open_round(lake):
    return write_sample(lake, a_round(), [item("a"), item("b")])


def test_the_four_ways_to_prefer_a_side_and_what_prefers_none():
    assert winner_of("left", "chosen") == "chosen"
    assert winner_of("left", "rejected") == "rejected"
    assert winner_of("right", "chosen") == "rejected"
    assert winner_of("right", "rejected") == "chosen"
    assert winner_of("tie", "rejected") == "tie"
    assert winner_of("both_bad", "chosen") == "both_bad"
    assert winner_of("skip", "chosen") is None


def test_an_answer_is_recorded_once_however_often_it_is_sent(lake, open_round):
    first = answer("a", choice="left")
    assert [give_answer(lake, first).recorded for _ in range(3)] == [True, True, True]
    assert answers_of(lake, open_round.round) == [first]


def test_an_answer_that_is_sent_again_late_does_not_come_back_over_its_successor(lake, open_round):
    first, second = answer("a", choice="left"), answer("a", choice="right", number=2)
    give_answer(lake, first)
    give_answer(lake, second)
    again = give_answer(lake, first)
    assert again.recorded and again.stands == second


def test_of_two_tabs_at_one_item_the_second_is_told_what_stands(lake, open_round):
    first, other_tab = answer("a", choice="left"), answer("a", choice="right")
    give_answer(lake, first)
    given = give_answer(lake, other_tab)
    assert (given.recorded, given.stands) == (False, first)
    assert answers_of(lake, open_round.round) == [first]


def test_many_at_once_for_one_number_leave_one_answer_and_all_learn_which(lake, open_round):
    tabs = [answer("a", choice="tie") for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        given = list(pool.map(lambda one: give_answer(lake, one), tabs))
    (stands,) = answers_of(lake, open_round.round)
    assert [one.stands for one in given] == [stands] * 12
    assert sum(one.recorded for one in given) == 1


def test_a_number_that_leaves_a_gap_is_refused(lake, open_round):
    assert not give_answer(lake, answer("a", number=3)).recorded
    assert answers_of(lake, open_round.round) == []


def test_reviewers_with_any_name_have_answers_of_their_own(lake, open_round):
    names = ["ann", "../ann", "ann/b", "Ann", "ann ", "名"]
    for name in names:
        assert give_answer(lake, answer("a", reviewer=name)).recorded
    assert sorted(one.reviewer for one in answers_of(lake, open_round.round)) == sorted(names)
    assert [one.reviewer for one in answers_of(lake, open_round.round, "../ann")] == ["../ann"]


def test_a_round_that_has_ended_takes_no_answer_and_keeps_those_it_has(lake, open_round):
    kept = answer("a")
    give_answer(lake, kept)
    assert not close_round(lake, open_round.round, Closed(how="rejected", by="ann", at=AT)).is_open
    late = give_answer(lake, answer("b"))
    assert (late.recorded, late.is_late) == (False, True)
    assert give_answer(lake, kept).recorded, "it was recorded before, and is told so"
    assert answers_of(lake, open_round.round) == [kept]


def test_a_round_ends_once(lake, open_round):
    close_round(lake, open_round.round, Closed(how="folded", by="ann", at=AT))
    assert close_round(lake, open_round.round, Closed(how="rejected", by="bea", at=AT)).closed.by == "ann"


def test_a_round_that_nobody_began_is_named(lake):
    with pytest.raises(SettingsError, match="no round of review 'none'"):
        give_answer(lake, answer("a", round_name="none"))


def test_a_round_that_is_drawn_again_stays_as_people_saw_it(lake, open_round):
    write_sample(lake, a_round(size=7), [item("z")])
    assert [row.item_id for row in read_sample(lake, open_round.round)] == ["a", "b"]
    assert [one.round for one in rounds(lake)] == [open_round.round]


def test_a_damaged_answer_or_round_hides_no_other(lake, open_round):
    good = answer("a")
    give_answer(lake, good)
    lake.store.write(answer("b").review_id, b"{")
    lake.store.write(f"{REVIEWS}/other/round.json", b"[")
    faults: list[str] = []
    assert answers_of(lake, open_round.round, faults=faults) == [good]
    assert [one.round for one in rounds(lake, faults)] == [open_round.round]
    assert len(faults) == 2 and all("cannot be read" in fault for fault in faults)
    with pytest.raises(DamagedError):
        answers_of(lake, open_round.round)


def test_a_store_that_grants_one_number_twice_has_one_answer_and_both_learn_which(lake, open_round, monkeypatch):
    def overwrite(store, key, data):
        store.write(key, data)
        return True

    monkeypatch.setattr(ObjectStore, "create", overwrite)
    mine, theirs = answer("a", choice="left"), answer("a", choice="right")
    real_write = ObjectStore.write

    def race(store, key, data):
        real_write(store, key, data)
        if mine.answer_id.encode() in data:
            real_write(store, key, theirs.model_dump_json().encode())

    monkeypatch.setattr(ObjectStore, "write", race)
    given = give_answer(lake, mine)
    assert (given.recorded, given.stands) == (False, theirs)


@pytest.mark.parametrize(
    "wrong",
    [
        {"edited": "x"},
        {"edit_source": "human"},
        {"edited": "  ", "edit_source": "edited"},
        {"choice": "chosen"},
        {"seconds": float("nan")},
        {"seconds": -1},
        {"supersedes": 1},
        {"number": 0},
        {"answer_id": "../../x"},
        {"reviewer": ""},
    ],
)
def test_an_answer_that_does_not_hold_together_is_refused(wrong):
    good = answer("a").model_dump(exclude={"winner"})
    with pytest.raises(ValidationError):
        ReviewAnswer.model_validate(good | wrong)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_any_interleaving_of_tabs_and_reviewers_every_recorded_answer_is_there_once(tmp_path_factory, data):
    """Tabs answer, undo and edit by what they saw last, send again, and are told what stands when another was first."""
    lake = Lake((tmp_path_factory.mktemp("lake")).as_uri())
    write_sample(lake, a_round(), [item("a"), item("b")])
    seen: dict[tuple[str, int, str], int] = {}
    recorded: dict[str, ReviewAnswer] = {}
    sent: list[ReviewAnswer] = []
    step = st.tuples(
        *(st.sampled_from(["ann", "bea"]), st.integers(0, 1), st.sampled_from("ab")),
        st.sampled_from(["left", "right", "tie", "skip", "edit", "again", "reload"]),
    )
    for reviewer, tab, item_id, what in data.draw(st.lists(step, max_size=25)):
        place = reviewer, tab, item_id
        if what == "reload":
            found = answer_to(lake, a_round().round, reviewer, item_id)
            seen[place] = found.number if found else 0
            continue
        if what == "again" and sent:
            one = sent[len(recorded) % len(sent)]
        else:
            edit = {"edited": "Another text.", "edit_source": "edited"} if what == "edit" else {}
            choice = what if what in ("left", "right", "tie", "skip") else "left"
            one = answer(item_id, choice=choice, reviewer=reviewer, number=seen.get(place, 0) + 1, **edit)
            sent.append(one)
        given_ = give_answer(lake, one)
        if given_.recorded:
            recorded[one.answer_id] = one
        assert given_.stands is not None
        seen[place] = (
            given_.stands.number if one.item_id == item_id and one.reviewer == reviewer else seen.get(place, 0)
        )
    found = answers_of(lake, a_round().round)
    assert {one.answer_id: one for one in found} == recorded
    assert len(found) == len(recorded)
    for one in standing(found):
        same = [other.number for other in found if (other.reviewer, other.item_id) == (one.reviewer, one.item_id)]
        assert sorted(same) == list(range(1, one.number + 1)), "each supersedes the one before it"


def test_the_time_of_a_round_has_a_zone(lake, open_round):
    assert find_round(lake, open_round.round).at == dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
