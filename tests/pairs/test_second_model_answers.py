"""What becomes of a chunk's pairs and of its record, by what became of each rejected answer."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.config.generators import RejectedBy
from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.llm.chunk_outcome import ChunkOutcome, Try
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.pairs.draws import Draw
from ownvoice.pairs.evaluation import EvaluationGrams, read_evaluation_sets
from ownvoice.pairs.reasons import IN_EVALUATION_SET, NO_REJECTED_ANSWER
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.second_model_answers import with_rejected
from ownvoice.pairs.staging import Staged
from ownvoice.states import ChunkEvent, ChunkState

ARRIVED, FOUND, DEAD = ChunkEvent.ANSWER_ARRIVED, ChunkEvent.STORED_ANSWER_FOUND, ChunkEvent.TRIES_USED_UP
LATER, UNAFFORDED = ChunkEvent.NOT_ANSWERED, ChunkEvent.NOT_AFFORDED
CHOSEN = (
    "Pagers were never the problem; what we did after they rang was, and nobody wanted to hear that in the morning."
)
PRICE = ModelPrice(
    input_usd_per_million_tokens=1, output_usd_per_million_tokens=1, source="a test", seen_on=dt.date(2026, 11, 1)
)
NOTHING = Screen(frozenset(), EvaluationGrams({}, {}))


def run(prices: dict[str, ModelPrice] | None = None) -> RefreshRun:
    recipe = GenerationRecipe(rejected_by=RejectedBy(model="sft"))
    return RefreshRun(
        run_id="run", refresh_date=dt.date(2026, 2, 1), articles_uri="file:///n", recipe=recipe, prices=prices or {}
    )


def curated(pairs: int, drops: int = 1) -> Staged:
    """One chunk whose stored triples were found: so many pairs that want a rejected answer, and some drops."""
    place = {"article_id": "a", "chunk_index": 0}
    record = place | {
        "task_id": "generate_batch", "map_index": 0, "try_number": 1, "requests": 0, "retries": 0,
        "event": FOUND, "state": ChunkState.REUSED, "attempts": 1, "faults": [], "tries": [{"at": "t", "result": "x"}],
        "endpoint_words": "",
        "prompt_tokens": 0, "completion_tokens": 0, "reserved_tokens": 0, "wasted_tokens": 0, "cost_usd": 0.0,
        "latency_s": 0.0, "triples": pairs + drops, "kept": pairs, "drop_reasons": {"not_verbatim": drops},
        "spend": [{"model": "gpt", "prompt_tokens": 0}],
    }  # fmt: skip
    made = [
        place
        | {
            "pair_id": f"pair-{n}",
            "triple_index": n,
            "prompt": f"Prompt {n}?",
            "chosen": CHOSEN,
            "instruction_kind": None,
        }
        for n in range(pairs)
    ]
    dropped = [place | {"triple_index": pairs + n, "reason": "not_verbatim"} for n in range(drops)]
    return Staged(made, dropped, [record])


def outcome(number: int, event: ChunkEvent) -> ChunkOutcome:
    bought = event is ARRIVED
    return ChunkOutcome(
        article_id="a",
        chunk_index=0,
        request_key=f"key-{number}",
        model="sft",
        event=event,
        task_try=TaskTry("reject_batch", 0, 2) if bought else NO_TASK,
        attempts=1,
        requests=1 * bought,
        tries=(Try("t", "answered" if event in (ARRIVED, FOUND) else "timed_out"),),
        prompt_tokens=10 * bought,
        completion_tokens=20 * bought,
        reserved_tokens=100 * bought,
        wasted_tokens=0,
        latency_s=1.0 * bought,
    )


def complete(*events: ChunkEvent, texts: dict[str, str] | None = None, **prices: ModelPrice) -> Staged:
    outcomes = [outcome(number, event) for number, event in enumerate(events)]
    draws = {f"pair-{n}": [draw(n, event, (texts or {}).get(f"key-{n}"))] for n, event in enumerate(events)}
    return with_rejected(curated(len(events)), draws, {("a", 0): outcomes}, run(prices), NOTHING)


def draw(number: int, event: ChunkEvent, text: str | None = None) -> Draw:
    fault = "" if text or event in (ARRIVED, FOUND) else "truncated"
    return Draw(1, text or f"Answer {number}.", "sft", f"key-{number}", fault=fault)


def record_of(staged: Staged) -> dict[str, Any]:
    (record,) = staged.chunks
    return record


def test_each_pair_takes_its_own_answer_and_names_who_wrote_it():
    staged = complete(ARRIVED, FOUND)
    assert [pair["rejected"] for pair in staged.pairs] == ["Answer 0.", "Answer 1."]
    assert {pair["rejected_model"] for pair in staged.pairs} == {"sft"}
    assert [pair["rejected_request_key"] for pair in staged.pairs] == ["key-0", "key-1"]


@pytest.mark.parametrize("event", [LATER, UNAFFORDED])
def test_one_answer_that_is_left_for_later_leaves_the_whole_chunk_for_later(event):
    staged = complete(ARRIVED, event, DEAD)
    record = record_of(staged)
    assert (record["state"], record["event"]) == (ChunkState.DEFERRED, event)
    assert (record["triples"], record["kept"], record["drop_reasons"]) == (0, 0, {})
    assert (staged.pairs, staged.drops) == ([], [])
    assert record["prompt_tokens"] == 10, "what was paid for stays in the ledger"


def test_an_answer_that_cannot_be_had_drops_its_pair_alone():
    staged = complete(ARRIVED, DEAD)
    assert [pair["prompt"] for pair in staged.pairs] == ["Prompt 0?"]
    assert record_of(staged)["drop_reasons"] == {"not_verbatim": 1, "no_rejected_answer": 1}
    assert staged.drops[-1]["reason"] == NO_REJECTED_ANSWER.name


def test_an_answer_that_equals_the_authors_own_words_is_dropped_as_ever():
    staged = complete(ARRIVED, texts={"key-0": f" {CHOSEN.upper()} "})
    assert staged.pairs == []
    assert record_of(staged)["drop_reasons"] == {"not_verbatim": 1, "chosen_equals_rejected": 1}


def test_a_chunk_is_answered_in_this_run_where_any_of_its_answers_was_bought_in_it():
    assert record_of(complete(FOUND, FOUND))["state"] == ChunkState.REUSED
    assert record_of(complete(FOUND, ARRIVED))["state"] == ChunkState.ANSWERED


def test_the_record_adds_what_was_paid_to_the_second_model():
    record = record_of(complete(ARRIVED, ARRIVED, FOUND, sft=PRICE))
    assert (record["prompt_tokens"], record["completion_tokens"], record["attempts"]) == (20, 40, 4)
    assert record["spend"][-1] == {
        "model": "sft", "prompt_tokens": 20, "completion_tokens": 40, "reserved_tokens": 200, "wasted_tokens": 0,
        "cost_usd": pytest.approx(60e-6),
    }  # fmt: skip
    assert record["cost_usd"] == pytest.approx(60e-6)
    assert (record["requests"], record["retries"], record["task_id"], record["try_number"]) == (2, 0, "reject_batch", 2)
    assert record_of(complete(ARRIVED))["cost_usd"] is None, "a price that is not known makes no sum"


def test_a_chunk_without_a_pair_is_handed_on_as_it_is():
    before = curated(0, drops=2)
    assert with_rejected(before, {}, {}, run(), NOTHING) == before


@given(st.lists(st.sampled_from([ARRIVED, FOUND, DEAD, LATER, UNAFFORDED]), max_size=5), st.booleans())
def test_whatever_happens_triples_are_kept_or_dropped_with_a_reason(events, same):
    staged = complete(*events, texts={"key-0": CHOSEN} if same else None)
    record = record_of(staged)
    assert record["triples"] == record["kept"] + sum(record["drop_reasons"].values())
    assert record["kept"] == len(staged.pairs)
    assert Counter(str(drop["reason"]) for drop in staged.drops) == Counter(record["drop_reasons"])


def test_an_answer_that_holds_a_row_of_an_evaluation_set_is_dropped_and_the_row_is_named(lake, tmp_path):
    row = "How many bicycles stand in the hall of the old house by the river at night"
    (tmp_path / "quiz.txt").write_text(row)
    screen = Screen(frozenset(), read_evaluation_sets(lake, [f"{tmp_path.as_uri()}/quiz.txt"]))
    staged = with_rejected(
        curated(1),
        {"pair-0": [draw(0, ARRIVED, f"I wonder: {row}?")]},
        {("a", 0): [outcome(0, ARRIVED)]},
        run(),
        screen,
    )
    drop = staged.drops[-1]  # after those of the curation
    assert (drop["reason"], drop["detail"].split("/")[-1]) == (IN_EVALUATION_SET.name, "quiz.txt, row 1")
    assert staged.pairs == []
