"""What a judge is asked: the request about one item in one order, and the request for its grading notes. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ownvoice.config.judges import Judge
from ownvoice.evaluation.judges.item import Item, Order
from ownvoice.evaluation.judges.prompts import prompt_of, words
from ownvoice.evaluation.judges.prompts.few_shot import Example
from ownvoice.llm.material import Part, code_for, fenced, shown
from ownvoice.llm.request import Message, RequestBody

PASSAGES = 3
"""How many passages of the author a judge of voice is shown, at most."""


def orders_of(judge: Judge) -> tuple[Order, ...]:
    """Return the orders that a judge is asked in: both, or the one that a single answer has."""
    return (Order.FORWARD,) if prompt_of(judge).form == "absolute" else tuple(Order)


def request_body(judge: Judge, item: Item, order: Order, repeat: int, notes: str = "") -> RequestBody:
    """Return the request about `item` with the sides in that order.

    `notes` are the grading notes of a prompt that needs them. Each `repeat` but the first has its number as the seed,
    so that it is a request of its own.
    """
    prompt = prompt_of(judge)
    examples = [part for example in prompt.examples for part in _parts_of(example)]
    parts = _parts(judge, item, order, notes)
    code = code_for([text for _, text in (*examples, *parts)], judge.revision)
    turns = [turn for example in prompt.examples for turn in _turns(example, code)]
    body = _body(judge, [*turns, {"role": "user", "content": fenced(parts, code)}], prompt.system)
    return {**body, "seed": repeat} if repeat > 1 else body


def notes_body(judge: Judge, item: Item) -> RequestBody:
    """Return the request for the grading notes of an item: the same for all items of one prompt and ground truth."""
    parts = [("instruction", shown(item.prompt)), *_reference(item)]
    code = code_for([text for _, text in parts], judge.revision)
    return _body(judge, [{"role": "user", "content": fenced(parts, code)}], words.NOTES)


def _body(judge: Judge, turns: Sequence[Message], system: str) -> RequestBody:
    body = RequestBody(
        model=judge.model,
        messages=[{"role": "system", "content": system}, *turns],
        max_tokens=judge.max_output_tokens,
    )
    if judge.temperature is not None:
        body["temperature"] = judge.temperature
    if judge.reasoning_effort is not None:
        body["reasoning_effort"] = judge.reasoning_effort
    return body


def _parts(judge: Judge, item: Item, order: Order, notes: str) -> list[Part]:
    prompt = prompt_of(judge)
    answers = list(zip(("answer A", "answer B"), map(shown, item.shown(order)), strict=True))
    if prompt.question == "voice":
        passages = enumerate(item.passages[:PASSAGES], 1)
        return [*((f"passage {number}", shown(text)) for number, text in passages), *answers]
    asked = ("instruction", shown(item.prompt))
    if prompt.form == "absolute":
        return [asked, ("answer", shown(item.left.text))]
    told = [("grading notes", shown(notes))] if prompt.needs_notes else []
    return [asked, *told, *(_reference(item) if prompt.shows_truth else ()), *answers]


def _reference(item: Item) -> Iterator[Part]:
    """Yield the ground truth, unless a side is that very text: it would say which of the two to choose."""
    truth = _folded(item.ground_truth)
    sides = [_folded(side.text) for side in (item.left, item.right) if side]
    if truth and not any(truth in side or (side and side in truth) for side in sides):
        yield "reference", shown(item.ground_truth)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _parts_of(example: Example) -> list[Part]:
    return [("instruction", example.instruction), ("answer A", example.a), ("answer B", example.b)]


def _turns(example: Example, code: str) -> list[Message]:
    verdict = json.dumps({"winner": example.winner})
    return [
        {"role": "user", "content": fenced(_parts_of(example), code)},
        {"role": "assistant", "content": f"{example.reason}\n{verdict}"},
    ]
