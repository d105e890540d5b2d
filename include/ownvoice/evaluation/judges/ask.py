"""Asking a panel about items: through the store, the pace, a spending limit and the batch API, like all that is asked.

Grading notes come first, once for each prompt and model. An item without them is not judged by the judge they are for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from ownvoice.answering.asking import Work, ask, usable_answer
from ownvoice.answering.progress import OnProgress
from ownvoice.config.judges import Judge
from ownvoice.config.options import Mode
from ownvoice.config.prices import ModelPrice
from ownvoice.evaluation.judges.item import Item
from ownvoice.evaluation.judges.judgement import row_of_answer, row_without_asking
from ownvoice.evaluation.judges.notes import Notes, make_notes
from ownvoice.evaluation.judges.request import request_body
from ownvoice.evaluation.judges.wanted import Wanted, wanted_of
from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.budget import UNLIMITED, Spend
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.request import request_key
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import JudgementRow

_READS_AT_ONCE = 32
_REQUESTS_WITH_NOTES = 3  # the notes, and two orders: notes may spend a third


class _Asked(NamedTuple):
    wanted: Wanted
    request: ChunkRequest


def judge_items(
    lake: Lake,
    run_id: str,
    name: str,
    panel: Sequence[Judge],
    items: Sequence[Item],
    endpoints: Endpoints,
    *,
    repeats: int = 1,
    share: Spend = UNLIMITED,
    prices: Mapping[str, ModelPrice] | None = None,
    mode: Mode = "realtime",
    on_progress: OnProgress | None = None,
    task_try: TaskTry = NO_TASK,
    is_control: bool = False,
    concurrent_tasks: int = 1,
) -> list[JudgementRow]:
    """Return what each judge says of each item, by judge, item, repeat and order; what is stored is not asked again.

    `name` is that of the work within the run, safe as a file's name; `concurrent_tasks` of its kind share rate limits.
    What the endpoint refused, left without an answer or the share did not allow is not among the rows, nor is an item
    that a judge's prompt does not fit. Where all answers are cut off, empty or refusals, the verdict is invalid.
    Raises what `ask` raises.
    """
    work = Work(lake, run_id, name, mode, share, prices or {}, task_try, "judgements", concurrent_tasks)
    wanted = list(wanted_of(panel, items, repeats))
    notes = make_notes(_for_notes(work), wanted, endpoints, on_progress)
    asked = _requests(wanted, notes)
    outcomes = ask(replace(work, share=share - notes.spent), [one.request for one in asked], endpoints, on_progress)
    given = (one for one in wanted if not one.needs_a_model)
    rows = {one.judgement_id: row_without_asking(one, run_id, is_control=is_control) for one in given}
    for (one, _), outcome, record in zip(asked, outcomes, _records(lake, asked, outcomes), strict=True):
        if record:
            sent, received = notes.bill(one)
            tokens = outcome.prompt_tokens + sent, outcome.completion_tokens + received
            price = work.prices.get(one.judge.model)
            rows[one.judgement_id] = row_of_answer(one, run_id, record, tokens, price, is_control=is_control)
    return [rows[one.judgement_id] for one in wanted if one.judgement_id in rows]


def _for_notes(work: Work) -> Work:
    """Return the work of making notes: under a name of its own, so that it has batch jobs of its own."""
    part = work.share / _REQUESTS_WITH_NOTES
    return replace(work, name=f"{work.name}-notes", share=part, unit="grading notes")


def _requests(wanted: Sequence[Wanted], notes: Notes) -> list[_Asked]:
    """Return the requests that can be made; each has the same place in every try, so that its answers are found."""
    asked = []
    for place, one in enumerate(wanted):
        text = notes.of(one) if one.needs_a_model else None
        if text is not None:
            body = request_body(one.judge, one.item, one.order, one.repeat, text)
            key = request_key(body)
            asked.append(_Asked(one, ChunkRequest(one.item.article_id, place, key, body, endpoint=one.judge.endpoint)))
    return asked


def _records(lake: Lake, asked: Sequence[_Asked], outcomes: Sequence[ChunkOutcome]) -> list[AnswerRecord | None]:
    """Return the answer that counts of each request; for a store far away, many are read at a time."""

    def record_of(one: _Asked, outcome: ChunkOutcome) -> AnswerRecord | None:
        if outcome.event in (ChunkEvent.ANSWER_ARRIVED, ChunkEvent.STORED_ANSWER_FOUND):
            return usable_answer(lake, one.request, outcome)
        if outcome.event is ChunkEvent.TRIES_USED_UP and outcome.attempts:
            return next(reversed(AnswerStore(lake.store).read_all(outcome.request_key)), None)
        return None

    with ThreadPoolExecutor(_READS_AT_ONCE) as readers:
        return list(readers.map(record_of, asked, outcomes))
