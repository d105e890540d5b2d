"""Sides are half and half and stay; the queue gives what is wanted, and repeats only after a while."""

from __future__ import annotations

from ownvoice.reviewing.order import BETWEEN_REPEATS, queue_of, side_shown_left
from stand_ins.review_rounds import answer, item


def ids(rows):
    return [row.item_id for row in rows]


def test_a_side_stays_for_a_reviewer_and_differs_between_reviewers():
    sides = {who: [side_shown_left(f"item-{n}", who) for n in range(400)] for who in ("ann", "bea")}
    assert sides["ann"] == [side_shown_left(f"item-{n}", "ann") for n in range(400)]
    for shown in sides.values():
        assert 160 <= shown.count("chosen") <= 240
    assert 160 <= sum(a == b for a, b in zip(*sides.values(), strict=True)) <= 240


def test_two_reviewers_share_the_items_and_both_get_the_doubled_ones_and_the_gold():
    sample = [item("a", position=0), item("b", position=1, doubled=True), item("g", "gold", position=2)]
    given = [answer("a"), answer("b"), answer("g")]
    assert sorted(ids(queue_of(sample, "bea", given))) == ["b", "g"]
    assert sorted(ids(queue_of(sample, "cid", [*given, answer("b", reviewer="bea")]))) == ["g"]
    assert queue_of(sample, "ann", given) == []


def test_what_another_skipped_is_still_wanted_and_what_one_skipped_oneself_is_not_shown_again():
    sample = [item("a", position=0)]
    assert ids(queue_of(sample, "bea", [answer("a", "skip")])) == ["a"]
    assert queue_of(sample, "ann", [answer("a", "skip")]) == []


def test_a_repeat_is_for_those_who_answered_its_pair_and_comes_after_a_while():
    first = [item(f"i{n}", position=n) for n in range(BETWEEN_REPEATS + 5)]
    repeat = item("r", "repeat", position=1, pair_id="pair-i0")
    sample = [*first, repeat]
    assert "r" not in ids(queue_of(sample, "ann", []))
    soon = [answer(f"i{n}") for n in range(2)]
    assert ids(queue_of(sample, "ann", soon))[-1] == "r"
    later = [answer(f"i{n}") for n in range(BETWEEN_REPEATS + 1)]
    assert ids(queue_of(sample, "ann", later))[0] == "r"
    assert "r" not in ids(queue_of(sample, "bea", later))
    everything = [answer(f"i{n}") for n in range(BETWEEN_REPEATS + 5)]
    assert ids(queue_of(sample, "ann", everything)) == ["r"]


def test_a_repeat_of_what_was_skipped_is_not_shown():
    sample = [item("a", position=0), item("r", "repeat", position=1, pair_id="pair-a")]
    assert queue_of(sample, "ann", [answer("a", "skip")]) == []


def test_reviewers_begin_at_different_places_and_keep_to_the_order_of_the_sample():
    sample = [item(f"i{n}", position=n) for n in range(50)]
    queues = {who: ids(queue_of(sample, who, [])) for who in ("ann", "bea", "cid")}
    assert len({queue[0] for queue in queues.values()}) > 1
    for queue in queues.values():
        start = queue.index("i0")
        assert [*queue[start:], *queue[:start]] == ids(sample)


def test_an_empty_sample_has_an_empty_queue():
    assert queue_of([], "ann", []) == []
