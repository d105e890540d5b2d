import pytest

from ownvoice.evaluation.agreement.votes import agreement, chosen_won, chosen_won_by_people, counted, majority


def test_what_most_say_counts_and_an_even_split_says_nothing():
    said = counted([{"p": "chosen", "q": "tie"}, {"p": "chosen", "q": "rejected"}, {"p": "tie"}])
    assert majority(said, ["p", "q", "not there"]) == {"p": "chosen"}


def test_nobody_is_compared_with_a_majority_that_they_are_part_of():
    own = {"p": "chosen"}
    assert majority(counted([own, {"p": "rejected"}]), own, but=own) == {"p": "rejected"}
    assert majority(counted([own]), own, but=own) == {}


def test_agreement_is_over_the_pairs_that_both_decided():
    own = {"p": "chosen", "q": "rejected", "r": "tie"}
    found = agreement(own, {"p": "chosen", "q": "rejected", "s": "tie"})
    assert found is not None
    assert (found.value, found.n) == (1.0, 2)
    assert agreement(own, {}) is None


def test_ties_do_not_count_for_how_often_the_chosen_answer_won():
    found = chosen_won({"p": "chosen", "q": "rejected", "r": "tie"})
    assert found is not None
    assert (found.value, found.n) == (0.5, 2)
    assert chosen_won({"r": "tie"}) is None


def test_a_win_rate_is_corrected_where_people_and_the_judge_met_on_wins_and_losses():
    # The judge: 60 of 100 for the chosen one. Of 20 that people gave the chosen it found 18, of 10 rejected ones 8.
    own = {str(place): "chosen" if place < 60 else "rejected" for place in range(100)}
    people = {str(place): "chosen" for place in (*range(18), 98, 99)} | {
        str(place): "rejected" for place in (*range(60, 68), 58, 59)
    }
    found = chosen_won_by_people(own, people)
    assert found is not None
    assert found.value == pytest.approx((0.6 + 0.8 - 1) / (0.8 + 0.9 - 1))
    assert chosen_won_by_people(own, {str(place): "chosen" for place in range(20)}) is None
