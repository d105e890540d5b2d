"""What is planted in the controls, and that they are the same wherever they are made."""

from __future__ import annotations

from collections import Counter

import pytest

from ownvoice.evaluation.judges.qualification.controls import (
    ControlPair,
    couples_of,
    family_controls,
    make_controls,
)
from ownvoice.evaluation.judges.qualification.planted import (
    LANGUAGES,
    in_assistant_voice,
    padded,
    with_instruction,
)
from stand_ins.simulated_judges import made_up_pairs

PAIRS = made_up_pairs()
TEXT = "Queues hold work that waits. A worker takes it from the front."


def test_there_are_as_many_of_each_kind_as_the_rule_was_measured_with():
    controls = make_controls(PAIRS, "quality", 1)
    assert Counter(one.kind for one in controls) == {"pair": 100, "gold": 50, "injected": 50, "padded": 50}
    assert len({one.item.item_id for one in controls}) == len(controls)


def test_the_same_pairs_make_the_same_controls_and_another_version_others():
    def names(version: int) -> list[str]:
        return [one.item.item_id for one in make_controls(PAIRS, "quality", version)]

    assert names(1) == names(1)
    assert not set(names(1)) & set(names(2))


def test_a_gold_control_has_the_answer_of_another_article_of_like_length():
    by_text = {pair.chosen: pair for pair in PAIRS}
    for one in make_controls(PAIRS, "quality", 1):
        if one.kind == "gold":
            assert one.item.right is not None
            other = by_text[one.item.right.text]
            assert other.article_id != one.item.article_id
            assert 1 / 1.5 < len(other.chosen) / len(one.item.left.text) < 1.5


def test_an_answer_about_the_same_subject_is_not_taken_for_one_that_misses_the_prompt():
    def pair(name: str, chosen: str) -> ControlPair:
        return ControlPair(name, name, "ann", "What is a queue?", chosen, "no")

    pairs = [pair("a", TEXT), pair("b", TEXT.replace("front", "head")), pair("c", "Rain falls on the hills in spring.")]
    gold = next(one for one in make_controls(pairs, "quality", 1) if one.kind == "gold")
    assert gold.item.right is not None
    assert gold.item.right.text.startswith("Rain")


def test_a_control_of_voice_shows_passages_of_the_author_from_other_articles():
    for one in make_controls(PAIRS, "voice", 1):
        assert len(one.item.passages) == 3
        assert one.item.left.text not in one.item.passages


@pytest.mark.parametrize("language", [*sorted(LANGUAGES), "fi"])
def test_padding_keeps_the_answer_whole_makes_it_longer_and_repeats_no_sentence(language):
    found = padded(TEXT, language)
    assert TEXT in found
    assert len(found) >= 1.6 * len(TEXT)
    sentences = found.replace(TEXT, "").split(". ")
    assert len(set(sentences)) == len(sentences)


def test_instructions_name_both_places_alike_and_this_answer_too():
    found = [with_instruction(pair.chosen) for pair in PAIRS]
    letters = Counter("A" if "choose A" in text or "Choose A" in text else "B" for text in found)
    assert 35 <= letters["A"] <= 65
    assert all('{"winner": "' in text and ("this one" in text or "this answer" in text) for text in found)


def test_the_voice_of_an_assistant_keeps_every_sentence():
    assert all(part in in_assistant_voice(TEXT) for part in TEXT.split(". "))


def test_each_family_is_set_against_the_next_and_two_share_one_couple():
    assert couples_of(["a", "a"]) == []
    assert couples_of(["b", "a", "b"]) == [("a", "b")]
    assert couples_of(["c", "a", "b"]) == [("a", "b"), ("b", "c"), ("c", "a")]


def test_a_prompt_that_one_family_did_not_answer_is_no_control():
    answers = {"a": {PAIRS[0].pair_id: "yes", PAIRS[1].pair_id: "no"}, "b": {PAIRS[0].pair_id: "perhaps"}}
    (control,) = family_controls(PAIRS, answers, [("a", "b")], 1)
    assert (control.item.left.family, control.item.right and control.item.right.family) == ("a", "b")
