"""What becomes of a further prompt: a pair, a drop, or nothing but a count."""

from __future__ import annotations

from collections import Counter

import pytest

from ownvoice.config.augment import AugmentKind
from ownvoice.config.run import recorded_run
from ownvoice.pairs.augment.further import NOT_CHECKED, NOT_WRITTEN, PASSED, FurtherPrompt, with_further_prompts
from ownvoice.pairs.evaluation import EvaluationGrams
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.staging import STAGED, Staged, read_staged
from stand_ins.night import RECIPE, Night

NO_SCREEN = Screen(frozenset(), EvaluationGrams({}, {}))
KIND = AugmentKind.HARDER


@pytest.fixture
def run_and_proved(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.list_and_plan("monday", recipe=RECIPE)
    night.generate("monday")
    run = recorded_run(lake, "monday")
    return run, read_staged(lake, run, "batch-0000", STAGED)


def prompt(staged: Staged, text: str | None, *, is_answered: bool | None = None) -> FurtherPrompt:
    return FurtherPrompt(staged.pairs[0], KIND, "asked", "answered", text, is_answered)


@pytest.mark.parametrize(
    ("text", "is_answered", "name"),
    [
        (None, None, NOT_WRITTEN),
        ("Explain the pager.", None, NOT_CHECKED),
        ("Explain the pager.", False, "not_answered_by_quote"),
        ("According to the extract: explain the pager.", True, "prompt_speaks_of_source"),
        ("Explain the pager.", True, PASSED),
    ],
)
def test_each_end_is_counted_and_only_what_was_written_and_checked_counts_as_a_triple(
    run_and_proved, text, is_answered, name
):
    run, proved = run_and_proved
    made, counts = with_further_prompts(proved, [prompt(proved, text, is_answered=is_answered)], {}, run, NO_SCREEN)
    assert counts == {KIND: Counter({name: 1})}
    drops, pairs = made.drops[len(proved.drops) :], made.pairs[len(proved.pairs) :]
    assert (len(pairs), len(drops)) == (name == PASSED, name not in (PASSED, NOT_WRITTEN, NOT_CHECKED))
    for before, after in zip(proved.chunks, made.chunks, strict=True):
        more = after["triples"] - before["triples"]
        assert more == after["kept"] - before["kept"] + sum(after["drop_reasons"].values()) - sum(
            before["drop_reasons"].values()
        )
    assert sum(row["triples"] for row in made.chunks) == sum(row["triples"] for row in proved.chunks) + len(
        pairs + drops
    )


def test_the_drop_of_a_prompt_names_its_kind_and_holds_prompt_and_quote(run_and_proved):
    run, proved = run_and_proved
    asked = prompt(proved, "Name his birthday.", is_answered=False)
    drop = with_further_prompts(proved, [asked], {}, run, NO_SCREEN)[0].drops[-1]
    assert (drop["detail"], drop["prompt"], drop["quote"]) == (
        KIND,
        "Name his birthday.",
        asked.pair["chosen"],
    )


def test_two_prompts_of_one_quote_have_ids_of_their_own_and_the_same_ones_in_a_rerun(run_and_proved):
    run, proved = run_and_proved
    both = [
        FurtherPrompt(proved.pairs[0], kind, "asked", "answered", f"Explain {kind}.", is_answered=True)
        for kind in (KIND, AugmentKind.PERSONA)
    ]
    ids = [
        [pair["pair_id"] for pair in with_further_prompts(proved, both, {}, run, NO_SCREEN)[0].pairs] for _ in range(2)
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(proved.pairs) + 2


def test_a_prompt_that_holds_words_of_the_quote_in_a_row_gives_the_voice_away_and_is_dropped(run_and_proved):
    run, proved = run_and_proved
    quote = proved.pairs[0]["chosen"]
    asked = prompt(proved, f"Say in your own words: {quote}", is_answered=True)
    made, counts = with_further_prompts(proved, [asked], {}, run, NO_SCREEN)
    assert counts == {KIND: Counter({"prompt_copies_quote": 1})}
    assert len(made.pairs) == len(proved.pairs)
    assert len(made.drops[-1]["detail"].split()) == 8
