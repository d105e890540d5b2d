"""The models of `quality.json`: what judges say of a training's answers, or of both sides of a version's pairs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ownvoice.evaluation.judges.prompts import Question
from ownvoice.evaluation.style_report import StyleAnswer
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.style.bootstrap import Interval
from ownvoice.training.run_files import read_file


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class JudgeRate(_Part):
    """One judge in a comparison: how often it preferred the left one (ties half), over how many items.

    `agreed` is how often it said what the jury said, where both said something.
    """

    judge: str
    judge_id: str
    family: str
    items: int
    win_rate: FiniteFloat | None
    agreed: FiniteFloat | None


class Comparison(_Part):
    """`left` against `right` in one question. Where too few items have a jury's verdict, `why_not` says so."""

    left: str
    right: str
    question: Question
    items: int
    articles: int
    verdicts: int
    win_rate: Interval | None = None
    length_controlled: FiniteFloat | None = None
    judges: tuple[JudgeRate, ...] = ()
    why_not: str | None = None

    @property
    def no_verdict(self) -> int:
        """Items on which the jury has no verdict."""
        return self.items - self.verdicts


class Without(_Part):
    """A judge that was not asked, and why."""

    judge: str
    why: str


class QualityReport(_Part):
    """The content of `quality.json`. Quality and voice are comparisons of their own, and never one number.

    `answers_digest` names the answers that were compared. `is_finished` is false while judges are asked, and stays so
    where that broke off. `strengths` are Bradley and Terry's by subject, of quality, where it can be computed.
    """

    run_id: str
    dataset_version: int | None
    answers_digest: str
    is_finished: bool = True
    why_not: str | None = None
    comparisons: tuple[Comparison, ...] = ()
    strengths: dict[str, FiniteFloat] | None = None
    left_out: tuple[Without, ...] = ()
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)
    cost_usd: FiniteFloat | None = None

    def comparison(self, left: str, right: str, question: Question = "quality") -> Comparison | None:
        """Return one comparison, or None where the two were not compared."""
        named = (left, right, question)
        return next((one for one in self.comparisons if (one.left, one.right, one.question) == named), None)


def digest_of(answers: Iterable[StyleAnswer]) -> str:
    """Return a digest (32 hex digits) of a style report's answers, in whatever order."""
    rows = sorted((one.subject, one.prompt_id, one.text) for one in answers)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


def write_quality(lake: Lake, report: QualityReport) -> None:
    """Write the `quality.json` of a run."""
    lake.write_json(RunKeys(report.run_id).quality, report.model_dump(mode="json"))


def read_quality(lake: Lake, run_id: str, faults: list[str]) -> QualityReport | None:
    """Return what judges said of a run; None where none was asked or, as `faults` then says, it cannot be read."""
    return read_file(lake, RunKeys(run_id).quality, QualityReport, faults)
