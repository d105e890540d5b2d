"""More than half of those who did not skip a pair decide it, and what they wrote is taken where the pair stays."""

from __future__ import annotations

import random

import pytest

from ownvoice.errors import SettingsError
from ownvoice.pairs.reviewed import decisions_of
from ownvoice.reports.text.review import folded_lines
from ownvoice.reviewing.answers import give_answer
from ownvoice.reviewing.fold import decide, fold_round, preview
from ownvoice.reviewing.sample import Closed, close_round, find_round, write_sample
from stand_ins.review_rounds import AT, ROUND, a_round, answer, item

# Each is shown with the chosen answer on the left.
CHOSEN, REJECTED = "left", "right"


def said(*choices, item_id="a", **last):
    """Return an answer of one reviewer each; `last` are fields of the last one."""
    names = ("ann", "bea", "cid", "dan", "eva")
    answers = [answer(item_id, choice, name) for choice, name in zip(choices, names, strict=False)]
    return [*answers[:-1], answers[-1].model_copy(update=last)]


@pytest.mark.parametrize(
    ("choices", "what"),
    [
        ([CHOSEN], "kept"),
        (["tie"], "kept"),
        ([REJECTED], "overturned"),
        (["both_bad"], "both_bad"),
        ([REJECTED, REJECTED, CHOSEN], "overturned"),
        ([REJECTED, "skip"], "overturned"),
        ([CHOSEN, "tie", REJECTED], "kept"),
        (["both_bad", "both_bad", REJECTED], "both_bad"),
        ([CHOSEN, REJECTED], None),
        ([REJECTED, "both_bad"], "both_bad"),
        ([REJECTED, "both_bad", CHOSEN], "both_bad"),
        ([REJECTED, REJECTED, CHOSEN, "both_bad"], "overturned"),
        ([REJECTED, "both_bad", CHOSEN, "tie"], None),
    ],
)
def test_more_than_half_of_those_who_did_not_skip_decide(choices, what):
    decisions, undecided = decide([item("a")], said(*choices))
    assert [one.what for one in decisions] == ([what] if what else [])
    assert [sum(one.votes.values()) for one in undecided] == ([] if what else [len(choices)])


def test_a_pair_that_all_skipped_or_nobody_answered_is_not_decided():
    assert decide([item("a"), item("b")], [answer("a", "skip")]) == ((), ())


def test_sides_are_turned_back_before_votes_are_counted():
    votes = [answer("a", "left", "ann"), answer("a", "right", "bea", shown_left="rejected")]
    assert [one.what for one in decide([item("a")], votes)[0]] == ["kept"]


def test_an_answer_that_was_changed_counts_as_it_is_now_and_one_that_was_taken_back_by_skipping_does_not():
    changed = [answer("a", REJECTED), answer("a", CHOSEN, number=2)]
    assert [one.what for one in decide([item("a")], changed)[0]] == ["kept"]
    assert decide([item("a")], [answer("a", REJECTED), answer("a", "skip", number=2)]) == ((), ())


def test_the_newest_edit_of_those_who_keep_the_pair_replaces_its_rejected_answer():
    edits = [
        answer("a", CHOSEN, "ann", edited="The newest.", edit_source="human"),
        answer("a", "tie", "bea", edited="An older one.", edit_source="edited").model_copy(update={"at": AT}),
        answer("a", REJECTED, "cid", edited="By one who prefers it.", edit_source="edited"),
    ]
    ((decision,), _) = decide([item("a")], edits)
    assert (decision.what, decision.rejected, decision.rejected_source) == ("edited", "The newest.", "human")
    assert decision.review_id == edits[0].review_id
    assert decision.reviewers == ["ann", "bea"]


def test_an_edit_that_was_made_when_the_pair_was_shown_again_is_taken_and_the_second_answer_has_no_vote():
    sample = [item("a"), item("r", "repeat", pair_id="pair-a")]
    edit = answer("r", CHOSEN, edited="Written later.", edit_source="edited")
    ((decision,), _) = decide(sample, [answer("a", CHOSEN), edit])
    assert (decision.what, decision.review_id, decision.pair_id) == ("edited", edit.review_id, "pair-a")
    ((decision,), _) = decide(sample, [answer("a", REJECTED), edit])
    assert decision.what == "overturned"


def test_edits_that_are_not_taken_are_counted(lake):
    write_sample(lake, a_round(), [item("a"), item("b"), item("g", "gold")])
    for said in (
        answer("a", CHOSEN, edited="An older one.", edit_source="edited"),
        answer("a", CHOSEN, "bea", edited="A newer one.", edit_source="edited"),
        answer("b", REJECTED, edited="Of one that goes.", edit_source="human"),
        answer("g", CHOSEN, edited="Of a gold item.", edit_source="human"),
    ):
        give_answer(lake, said)
    folded = preview(lake, find_round(lake, ROUND))
    assert (folded.counts["edited"], folded.edits_not_taken) == (1, 3)
    assert any("3 edits are not taken" in line for line in folded_lines(folded))


@pytest.mark.parametrize("choice", [REJECTED, "both_bad"])
def test_an_edit_does_not_save_a_pair_that_is_overturned(choice):
    ((decision,), _) = decide([item("a")], said(choice, edited="Another text.", edit_source="edited"))
    assert (decision.what, decision.rejected) == ("both_bad" if choice == "both_bad" else "overturned", None)


def test_an_edit_that_changes_nothing_is_none():
    row = item("a")
    ((decision,), _) = decide([row], said(CHOSEN, edited=row.rejected, edit_source="edited"))
    assert decision.what == "kept"


def test_gold_items_repeats_and_items_of_no_sample_decide_nothing():
    sample = [item("g", "gold"), item("r", "repeat")]
    assert decide(sample, [answer(one, REJECTED) for one in ("g", "r", "elsewhere")]) == ((), ())


def test_the_order_in_which_answers_are_read_changes_nothing():
    sample = [item(name) for name in "abc"]
    answers = [
        *(one for name in "abc" for one in said(CHOSEN, "tie", REJECTED, item_id=name)),
        answer("a", "both_bad", "bea", number=2),
        answer("b", CHOSEN, "cid", number=2, edited="A text.", edit_source="edited"),
    ]
    expected = decide(sample, answers)
    for seed in range(20):
        random.Random(seed).shuffle(answers)
        assert decide(sample, answers) == expected


def test_a_fold_closes_the_round_and_repeated_comes_to_the_same(lake):
    write_sample(lake, a_round(), [item("a"), item("b")])
    give_answer(lake, answer("a", REJECTED))
    first = fold_round(lake, ROUND, "ann")
    assert [one.what for one in decisions_of(lake, ROUND)] == ["overturned"]
    assert (first.unanswered, first.round.closed.how) == (1, "folded")
    assert fold_round(lake, ROUND, "bea") == first
    assert give_answer(lake, answer("b")).is_late


def test_a_round_that_was_rejected_is_not_folded_and_keeps_its_answers(lake):
    write_sample(lake, a_round(), [item("a")])
    give_answer(lake, answer("a", REJECTED))
    close_round(lake, ROUND, Closed(how="rejected", by="ann", at=AT))
    with pytest.raises(SettingsError, match="rejected at 2026-11-28 00:00 UTC"):
        fold_round(lake, ROUND, "bea")
    assert decisions_of(lake, ROUND) == []
    assert [one.what for one in preview(lake, find_round(lake, ROUND)).decisions] == ["overturned"]


def test_an_answer_that_cannot_be_read_is_named_and_the_others_count(lake):
    write_sample(lake, a_round(), [item("a"), item("b")])
    give_answer(lake, answer("a", REJECTED))
    lake.store.write(answer("b").review_id, b"{")
    folded = fold_round(lake, ROUND, "ann")
    assert len(folded.decisions) == 1
    assert len(folded.faults) == 1 and answer("b").review_id in folded.faults[0]


def test_what_an_earlier_release_left_out_of_an_answer_does_not_stop_a_fold(lake):
    write_sample(lake, a_round(), [item("a")])
    one = answer("a", REJECTED)
    lake.write_json(one.review_id, one.model_dump(mode="json") | {"a_field_of_a_later_release": 1})
    assert len(fold_round(lake, ROUND, "ann").decisions) == 1
