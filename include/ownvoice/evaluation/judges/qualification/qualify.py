"""Qualifying a panel: its models answer the family prompts, all controls are asked, and what came is measured and kept.

Every answer is stored under its request before it is used: whoever is killed goes on, and nothing is asked twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import pyarrow as pa

from ownvoice.answering.asking import Work, ask, usable_answer
from ownvoice.answering.progress import OnProgress
from ownvoice.config.judges import Judge
from ownvoice.config.options import Mode
from ownvoice.config.prices import ModelPrice
from ownvoice.evaluation.judges.ask import judge_items
from ownvoice.evaluation.judges.estimate import estimate
from ownvoice.evaluation.judges.prompts import Question, prompt_of
from ownvoice.evaluation.judges.qualification.controls import Control
from ownvoice.evaluation.judges.qualification.measures import Judged
from ownvoice.evaluation.judges.qualification.outcome import qualification
from ownvoice.evaluation.judges.qualification.plan import Answers, Part, Plan, answer_body
from ownvoice.evaluation.judges.qualification.record import Qualification
from ownvoice.evaluation.judges.qualification.stored import write_qualification
from ownvoice.evaluation.judges.table import as_recorded, record_judgements
from ownvoice.llm.answers import completion_of
from ownvoice.llm.batch.waiting import BatchJobsRunningError
from ownvoice.llm.budget import UNLIMITED, Spend
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.request import request_key
from ownvoice.storage.conditions import all_of, equals
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import controls_key
from ownvoice.storage.rows import JudgementRow

_Found = TypeVar("_Found")

_CONTROLS = pa.schema(
    [
        *(("item_id", pa.string()), ("kind", pa.string()), ("pair_id", pa.string()), ("article_id", pa.string())),
        *(("prompt", pa.string()), ("left_source", pa.string()), ("left_family", pa.string()), ("left", pa.string())),
        *(("right_source", pa.string()), ("right_family", pa.string()), ("right", pa.string())),
    ]
)


@dataclass(frozen=True)
class Asking:
    """How a plan is asked: where, within which budget, in which mode."""

    lake: Lake
    endpoints: Endpoints
    share: Spend = UNLIMITED
    prices: Mapping[str, ModelPrice] = field(default_factory=dict)
    mode: Mode = "realtime"
    on_progress: OnProgress | None = None


def qualify(asking: Asking, plan: Plan) -> list[Qualification]:
    """Return what was measured of each judge of the panel, which is kept in the lake as well.

    What the budget does not allow is not asked, and is missing among the measures. Raises what `ask` raises.
    """
    requests = plan.estimate({}).requests
    answers = _answers(asking, plan, requests)
    controls = {question: plan.controls(question, answers) for question in plan.questions}
    for question, made in controls.items():
        asking.lake.write_rows(controls_key(plan.version, question), pa.Table.from_pylist(_rows(made), _CONTROLS))
    found = _judged(asking, plan, controls, requests)
    return [_kept(asking, plan, judge, found) for judge in plan.panel]


def _answers(asking: Asking, plan: Plan, requests: int) -> Answers:
    """Return the answers of the families' models to the family prompts, by family and pair id."""
    given = _all(partial(_answered, asking, plan, judge, requests) for judge in plan.writers.values())
    return dict(zip(plan.writers, given, strict=True))


def _answered(asking: Asking, plan: Plan, judge: Judge, requests: int) -> dict[str, str]:
    asked = []
    for place, pair in enumerate(plan.family_pairs):
        body = answer_body(judge, pair.prompt)
        asked.append(ChunkRequest(pair.article_id, place, request_key(body), body, endpoint=judge.endpoint))
    share, name = _part_of(asking.share, len(asked), requests), f"answers-{judge.judge_id}"
    work = Work(asking.lake, plan.run_id, name, asking.mode, share, asking.prices, unit="answers")
    outcomes = ask(work, asked, asking.endpoints, asking.on_progress)
    records = [usable_answer(asking.lake, one, outcome) for one, outcome in zip(asked, outcomes, strict=True)]
    named = zip(plan.family_pairs, records, strict=True)
    return {pair.pair_id: completion_of(one).text.strip() for pair, one in named if one}


def _judged(
    asking: Asking, plan: Plan, controls: Mapping[Question, Sequence[Control]], requests: int
) -> dict[str, Judged]:
    """Ask all parts; return what each judge answered, by its id."""
    parts = plan.parts(controls)
    rows: dict[str, list[JudgementRow]] = defaultdict(list)
    for part, found in zip(parts, _all(partial(_asked, asking, plan, part, requests) for part in parts), strict=True):
        record_judgements(asking.lake, found)
        rows[part.judge.judge_id] += found
    return {
        judge.judge_id: Judged(
            judge.family,
            prompt_of(judge).form == "pairwise",
            controls[prompt_of(judge).question],
            as_recorded(asking.lake, rows[judge.judge_id], all_of(equals(judge_id=judge.judge_id), "is_control")),
        )
        for judge in plan.panel
    }


def _all(calls: Iterable[Callable[[], _Found]]) -> list[_Found]:
    """Return what each call returns; the batch jobs of all of them are submitted before any is waited for."""
    found, running = [], []
    for call in calls:
        try:
            found.append(call())
        except BatchJobsRunningError as waiting:
            running += [(endpoint, one) for endpoint, ids in waiting.by_endpoint.items() for one in ids]
    if running:
        raise BatchJobsRunningError(running)
    return found


def _asked(asking: Asking, plan: Plan, part: Part, requests: int) -> list[JudgementRow]:
    own = estimate([part.judge], part.items, {}, part.repeats).requests
    return judge_items(
        asking.lake,
        plan.run_id,
        part.name,
        [part.judge],
        part.items,
        asking.endpoints,
        repeats=part.repeats,
        share=_part_of(asking.share, own, requests),
        prices=asking.prices,
        mode=asking.mode,
        on_progress=asking.on_progress,
        is_control=True,
    )


def _kept(asking: Asking, plan: Plan, judge: Judge, found: Mapping[str, Judged]) -> Qualification:
    question = prompt_of(judge).question
    others = [
        found[one.judge_id]
        for one in plan.panel
        if one.judge_id != judge.judge_id and prompt_of(one).question == question
    ]
    made = qualification(judge, plan.version, found[judge.judge_id], others)
    write_qualification(asking.lake, made)
    return made


def _part_of(share: Spend, requests: int, of: int) -> Spend:
    """Return the part of the budget that so many of all requests have."""
    part = max(requests, 1) / max(of, 1)
    return Spend(share.tokens * part, share.cost_usd * part) if share != UNLIMITED else share


def _rows(controls: Sequence[Control]) -> list[dict[str, str]]:
    return [
        {
            "item_id": item.item_id,
            "kind": control.kind,
            "pair_id": item.pair_id,
            "article_id": item.article_id,
            "prompt": item.prompt,
            "left_source": item.left.source,
            "left_family": item.left.family,
            "left": item.left.text,
            "right_source": item.right.source if item.right else "",
            "right_family": item.right.family if item.right else "",
            "right": item.right.text if item.right else "",
        }
        for control in controls
        for item in (control.item,)
    ]
