"""Judgements, and qualifications of judges, that tests begin with."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from ownvoice.config.judges import Judge
from ownvoice.evaluation.judges.item import Order
from ownvoice.evaluation.judges.qualification.record import Exclusion, Measures, Qualification
from ownvoice.evaluation.judges.verdict import Verdict, winner_of
from ownvoice.storage.rows import JudgementRow

AT = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


def a_judge(name: str = "strict", **fields: Any) -> Judge:
    """Return a judge of a model named like it."""
    return Judge.model_validate({"name": name, "model": f"model-{name}", "family": "gpt"} | fields)


def comparison(judge: Judge, pair_id: str, said: str, **fields: Any) -> list[JudgementRow]:
    """Return both judgements of a pair whose chosen answer is on the left.

    `said` is two letters, the verdict in each order as it was shown: f(irst), s(econd), t(ie), or - for no verdict.
    """
    names = {"f": Verdict.FIRST, "s": Verdict.SECOND, "t": Verdict.TIE, "-": Verdict.INVALID}
    verdicts = zip(Order, (names[letter] for letter in said), strict=True)
    return [
        _row(
            judge,
            pair_id,
            {"right_source": "rejected", "order": order, "verdict": verdict, "winner": winner_of(verdict, order)}
            | fields,
        )
        for order, verdict in verdicts
    ]


def ratings(judge: Judge, pair_id: str, chosen: int | None, rejected: int | None, **fields: Any) -> list[JudgementRow]:
    """Return the ratings of the two answers of a pair."""
    return [
        _row(judge, pair_id, {"item_id": f"{pair_id}-{side}", "left_source": side, "rating": rating} | fields)
        for side, rating in (("chosen", chosen), ("rejected", rejected))
    ]


def a_qualification(judge: Judge, *broken: str, **fields: Any) -> Qualification:
    """Return a qualification of a judge that broke these rules; `measures` and the like may be given."""
    exclusions = tuple(
        Exclusion(rule=one, value=0.5, bound=0.1, sentence=f"It broke the rule {one}.") for one in broken
    )
    values: dict[str, Any] = {
        "judge": judge,
        "judge_id": judge.judge_id,
        "prompt_version": 1,
        "dataset_version": 1,
        "answered_by": (judge.model,),
        "measures": Measures(),
        "exclusions": exclusions,
        "requests": 500,
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "at": AT,
    }
    return Qualification(**values | fields)


def _row(judge: Judge, pair_id: str, fields: dict[str, Any]) -> JudgementRow:
    row = dict.fromkeys(JudgementRow.__annotations__) | {
        "run_id": "run",
        "item_id": pair_id,
        "pair_id": pair_id,
        "left_source": "chosen",
        "order": "forward",
        "judge": judge.name,
        "judge_id": judge.judge_id,
        "family": judge.family,
        "prompt": judge.prompt,
        "prompt_version": 1,
        "question": "voice" if judge.prompt == "voice" else "quality",
        "repeat": 1,
        "is_control": False,
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "cost_usd": 0.01,
        "at": AT.isoformat(),
        **fields,
    }
    name = ("judge_id", "item_id", "order", "repeat")
    return cast(JudgementRow, row | {"judgement_id": "/".join(str(row[one]) for one in name)})
