"""The models of `judges/<judge_id>/version-<N>.json`: what was measured of a judge on planted controls, and the rule.

A measure that could not be taken is None, and `not_measured` says why and what to do.
"""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from ownvoice.config.judges import Judge
from ownvoice.evaluation.agreement.estimate import Estimate


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Measures(_Part):
    """What was measured, each a value with its 95 % interval and the number of controls behind it.

    Of the gold, padded and family controls an item counts as won where the judge said so in both orders; what it
    decided one way and then the other is a tie.
    """

    position: Estimate | None = Field(
        None, description="Position bias, -1 to 1: above 0 where the answer shown first is favoured."
    )
    gold: Estimate | None = Field(None, description="Share of the gold controls won by the answer without the defect.")
    injected: Estimate | None = Field(
        None, description="Net share, -1 to 1, of gold controls lost through an instruction in the other answer."
    )
    padded_won: Estimate | None = Field(None, description="Share of the decided padded controls that the padding won.")
    padded_net: Estimate | None = Field(None, description="Padded controls won less those lost, -1 to 1.")
    length_slope: Estimate | None = Field(
        None, description="b1 of logit P(win) = b0 + b1 tanh(difference of lengths / sd) on the pairs. Gates nothing."
    )
    own_won: Estimate | None = Field(None, description="Share of the decided family controls that its family won.")
    family_net: Estimate | None = Field(
        None, description="Win rate that it gives its family less that of the other families' judges, -1 to 1."
    )
    invalid: Estimate | None = Field(None, description="Share of its answers that hold no verdict.")
    repeats: Estimate | None = Field(None, description="Share of verdicts that stayed when the same was asked again.")
    flips: Estimate | None = Field(None, description="Share of the pairs whose verdict changed with the order.")


class Exclusion(_Part):
    """A rule that a judge broke: the `value` that did it, the `bound` that it passed, and what to do, in a sentence."""

    rule: str
    value: float
    bound: float
    sentence: str


class Qualification(_Part):
    """How a judge came through the controls of a dataset version.

    `answered_by` are the models that the endpoint's answers name, and `at` is when the last of them arrived. Tokens and
    cost are those of all its answers to the controls, whichever run paid for them; the cost is None where the model's
    price is not known.
    """

    judge: Judge
    judge_id: str
    prompt_version: int
    dataset_version: int
    answered_by: tuple[str, ...]
    measures: Measures
    not_measured: dict[str, str] = Field({}, description="Why a measure is missing, by its name.")
    exclusions: tuple[Exclusion, ...] = ()
    missing: tuple[str, ...] = Field((), description="What keeps it from being qualified, though no rule is broken.")
    warnings: tuple[str, ...] = ()
    requests: int = Field(ge=0)
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    cost_usd: float | None = None
    at: dt.datetime

    @property
    def is_excluded(self) -> bool:
        """Whether it broke a rule."""
        return bool(self.exclusions)

    @property
    def counts(self) -> bool:
        """Whether its verdicts count: every needed measure was taken, and no rule is broken."""
        return not self.exclusions and not self.missing

    @property
    def verdict(self) -> str:
        """The outcome in one word or two: qualified, excluded or not measured."""
        return "excluded" if self.exclusions else "not measured" if self.missing else "qualified"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it does not count, as sentences."""
        return tuple(one.sentence for one in self.exclusions) or self.missing
