"""One row of `tables/judgements`, from a stored answer or from what needed none. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from ownvoice.config.prices import ModelPrice
from ownvoice.evaluation.judges.prompts import prompt_of
from ownvoice.evaluation.judges.verdict import Verdict, read_rating, read_verdict, verdict_for, winner_of
from ownvoice.evaluation.judges.wanted import Wanted
from ownvoice.llm.answers import AnswerRecord, completion_of
from ownvoice.llm.completion import Completion, parse_text
from ownvoice.llm.json_values import is_text
from ownvoice.storage.rows import JudgementRow

_NO_ANSWER_NEEDED = "No model was asked: an answer is empty, or both are the same."


def row_without_asking(wanted: Wanted, run_id: str, *, is_control: bool) -> JudgementRow:
    """Return the row of a judgement that needs no model."""
    winner = wanted.winner_without_asking
    found = {
        "reason": _NO_ANSWER_NEEDED,
        "verdict": verdict_for(winner, wanted.order) if winner else None,
        "winner": winner,
        "rating": wanted.rating_without_asking,
        "at": dt.datetime.now(dt.UTC).isoformat(),
    }
    return cast(JudgementRow, {**_row(wanted, run_id, is_control), **found})


def row_of_answer(
    wanted: Wanted,
    run_id: str,
    record: AnswerRecord,
    tokens: tuple[int, int],
    price: ModelPrice | None,
    *,
    is_control: bool,
) -> JudgementRow:
    """Return the row of a judgement that a stored answer holds; `tokens` were sent and received for it in this run.

    An answer that was cut off, refused or empty to the end is no verdict, whatever it had said by then.
    """
    completion = completion_of(record)
    model = record["response"].get("model")
    answered = {
        "request_key": record["request_key"],
        "answered_by": model if is_text(model) else "",
        "reason": parse_text(completion).text or (completion.refusal if is_text(completion.refusal) else ""),
        "prompt_tokens": tokens[0],
        "completion_tokens": tokens[1],
        "cost_usd": price.cost_usd(*tokens) if price else None,
        "at": record["received_at"],
    }
    return cast(JudgementRow, {**_row(wanted, run_id, is_control), **answered, **_said(wanted, completion)})


def _said(wanted: Wanted, completion: Completion) -> Mapping[str, Any]:
    answer = parse_text(completion)
    if not wanted.compares:
        return {"rating": read_rating(answer.text) if answer.usable else None}
    verdict = read_verdict(answer.text) if answer.usable else Verdict.INVALID
    return {"verdict": verdict, "winner": winner_of(verdict, wanted.order)}


def _row(wanted: Wanted, run_id: str, is_control: bool) -> JudgementRow:
    """Return a row with what is asked, and nothing answered."""
    judge, item, prompt = wanted.judge, wanted.item, prompt_of(wanted.judge)
    return {
        "judgement_id": wanted.judgement_id,
        "run_id": run_id,
        "item_id": item.item_id,
        "pair_id": item.pair_id,
        "prompt_id": item.prompt_id,
        "article_id": item.article_id,
        "dataset_version": item.dataset_version,
        "left_source": item.left.source,
        "right_source": item.right.source if item.right and wanted.compares else None,
        "order": wanted.order,
        "judge": judge.name,
        "judge_id": judge.judge_id,
        "family": judge.family,
        "prompt": prompt.name,
        "prompt_version": prompt.version,
        "question": prompt.question,
        "repeat": wanted.repeat,
        "request_key": None,
        "answered_by": "",
        "reason": "",
        "verdict": None,
        "winner": None,
        "rating": None,
        "is_control": is_control,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "cost_usd": 0.0,
        "at": "",
    }
