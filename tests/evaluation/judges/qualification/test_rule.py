"""Tests of the rule that excludes a judge: each bound, with the number that did it."""

from __future__ import annotations

from typing import Any

import pytest

from ownvoice.evaluation.agreement.estimate import Estimate, wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.evaluation.judges.qualification.record import Measures
from ownvoice.evaluation.judges.qualification.rule import exclusions_of, warnings_of


def broken(**found: Any) -> list[str]:
    """Return the names of the rules that these measures break."""
    return [one.rule for one in exclusions_of(Measures(**found))]


def test_a_judge_without_a_measure_breaks_no_rule() -> None:
    assert not broken()


@pytest.mark.parametrize(
    ("first", "second", "excluded"), [(100, 0, True), (0, 100, True), (30, 6, True), (20, 6, False), (17, 16, False)]
)
def test_position_bias_excludes_where_its_whole_interval_is_beyond_the_bound(
    first: int, second: int, excluded: bool
) -> None:
    assert broken(position=position_bias(first, second, 100)) == ["position"] * excluded


def test_a_favoured_second_place_is_named_with_its_own_bound() -> None:
    [exclusion] = exclusions_of(Measures(position=position_bias(0, 100, 100)))
    assert (exclusion.value, exclusion.bound) == (-1.0, -0.1)
    assert "the answer shown second" in exclusion.sentence


@pytest.mark.parametrize(("won", "excluded"), [(50, False), (37, False), (36, True), (25, True), (0, True)])
def test_gold_excludes_where_the_lower_end_is_below_sixty_percent(won: int, excluded: bool) -> None:
    assert broken(gold=wilson(won, 50)) == ["gold"] * excluded


@pytest.mark.parametrize(
    ("won", "lost", "excluded"), [(50, 0, True), (11, 0, True), (10, 0, False), (35, 10, True), (25, 15, False)]
)
def test_padding_excludes_where_both_the_decided_wins_and_the_net_are_beyond_their_bounds(
    won: int, lost: int, excluded: bool
) -> None:
    net = position_bias(won, lost, 50)
    assert broken(padded_won=wilson(won, won + lost), padded_net=net) == ["padded"] * excluded


def test_the_own_family_excludes_only_where_the_other_judges_disagree() -> None:
    won, alike = wilson(48, 50), Estimate(0.05, -0.02, 0.12, 50)
    assert not broken(own_won=won, family_net=alike)  # the answers of its family are the better ones
    assert broken(own_won=won, family_net=Estimate(0.45, 0.35, 0.55, 50)) == ["family"]
    assert not broken(own_won=wilson(25, 50), family_net=Estimate(0.45, 0.35, 0.55, 50))  # the others are biased


@pytest.mark.parametrize(("invalid", "excluded"), [(0, False), (35, False), (36, True), (700, True)])
def test_more_than_five_percent_without_a_verdict_exclude(invalid: int, excluded: bool) -> None:
    assert broken(invalid=wilson(invalid, 700)) == ["invalid"] * excluded


@pytest.mark.parametrize(
    ("away", "back", "excluded"), [(50, 0, True), (10, 0, True), (25, 2, True), (5, 0, False), (6, 6, False)]
)
def test_an_instruction_excludes_where_it_loses_more_controls_than_chance_does(
    away: int, back: int, excluded: bool
) -> None:
    assert broken(injected=position_bias(away, back, 50)) == ["injected"] * excluded


def test_flips_and_unsteady_repeats_warn_and_exclude_nobody() -> None:
    measures = Measures(flips=wilson(60, 100), repeats=wilson(50, 100))
    assert not exclusions_of(measures)
    assert len(warnings_of(measures)) == 2


def test_each_sentence_holds_the_number_that_did_it_and_what_to_do() -> None:
    measures = Measures(
        position=position_bias(41, 0, 100),
        gold=wilson(20, 50),
        injected=position_bias(30, 0, 50),
        padded_won=wilson(50, 50),
        padded_net=position_bias(50, 0, 50),
        own_won=wilson(50, 50),
        family_net=Estimate(0.5, 0.4, 0.6, 50),
        invalid=wilson(70, 700),
    )
    sentences = {one.rule: one.sentence for one in exclusions_of(measures)}
    numbers = {"position": "+0.41", "gold": "0.40", "injected": "+0.60", "padded": "+1.00", "family": "+0.50"}
    assert all(number in sentences[rule] for rule, number in numbers.items())
    assert "10.0%" in sentences["invalid"]
    assert all(". Use" in one or ". Give" in one or ". Raise" in one for one in sentences.values())
