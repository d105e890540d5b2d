"""The judges: models that say which of two answers is better, or how good one is.

A judge is no part of what it judges: its settings change no pair and no training. A tuple of judges is a panel.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from ownvoice.config.generators import ENDPOINT, IN_STORES, REASONING_EFFORT, Route

PromptName = Literal["pairwise", "pairwise_truth", "pairwise_notes", "pairwise_few_shot", "absolute", "voice"]

PROMPT_VERSIONS: dict[PromptName, int] = dict.fromkeys(get_args(PromptName), 1)
"""The version of each judge prompt of this release; their words are in `evaluation/judges/prompts`."""

_NOT_IN_A_NIGHT: tuple[PromptName, ...] = ("pairwise_truth", "voice")

_SLUG = r"^[a-z0-9][a-z0-9._-]*$"


class Judge(BaseModel):
    """One judge: a model at an endpoint, and the prompt that it is asked with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=_SLUG, max_length=64, description="Its name in reports and tables, such as `strict`.")
    model: str = Field(min_length=1, description="Model name, as the endpoint knows it.")
    endpoint: str = ENDPOINT
    family: str = Field(
        pattern=_SLUG,
        max_length=64,
        description="Who made the model, such as `gpt` or `llama`: a jury needs judges of two families, and a judge is "
        "tested for a liking for its own. A model's name does not tell it.",
    )
    prompt: PromptName = Field("pairwise", description="What it is asked, by the name of a judge prompt.")
    temperature: float | None = Field(0.0, ge=0, le=2, description="Sampling temperature; empty: not sent.")
    reasoning_effort: str | None = REASONING_EFFORT
    max_output_tokens: int = Field(1024, ge=16, le=32_000, description="Longest answer, in tokens, reasoning included.")
    revision: str = Field(
        "",
        max_length=200,
        description="Any text; changed by the user where another model now answers under the same name.",
    )

    @field_validator("model")
    @classmethod
    def _is_at_an_endpoint(cls, model: str) -> str:
        if model.startswith(IN_STORES):
            raise ValueError("a judge is asked at an endpoint: name a model there, or serve this one at an address")
        return model

    @property
    def prompt_version(self) -> int:
        """The version of its prompt in this release."""
        return PROMPT_VERSIONS[self.prompt]

    @property
    def judge_id(self) -> str:
        """12 hex digits over all that decides its requests; neither its name nor the address that it is asked at."""
        decisive = self.model_dump(exclude={"name", "endpoint", "family"}) | {"prompt_version": self.prompt_version}
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def route(self) -> Route:
        """The endpoint and model that its requests go to."""
        return self.endpoint, self.model


def _is_a_panel(judges: tuple[Judge, ...]) -> tuple[Judge, ...]:
    """Refuse what would count one opinion twice."""
    if repeated := _repeated(judge.name for judge in judges):
        raise ValueError(f"several judges are called {', '.join(repeated)}: give each a name of its own")
    if repeated := _repeated(judge.judge_id for judge in judges):
        alike = [judge.name for judge in judges if judge.judge_id in repeated]
        raise ValueError(f"the judges {', '.join(alike)} are one and the same under several names: keep one")
    families = defaultdict(set)
    for judge in judges:
        families[judge.model].add(judge.family)
    if torn := [model for model, found in families.items() if len(found) > 1]:
        raise ValueError(f"{', '.join(torn)} is given several families: a model has one")
    return judges


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


Panel = Annotated[tuple[Judge, ...], AfterValidator(_is_a_panel)]

JUDGED_BY = Field(
    None,
    description="Judges that see every pair of the night, as JSON: a list of objects with `name`, `model` and "
    "`family`, and where wanted `prompt` (`absolute` rates an answer from 1 to 5), `endpoint`, `temperature` and "
    "the like. One counts once it is qualified (`ownvoice judges qualify`). Empty: nothing is judged.",
)
QUALITY_AT_LEAST = Field(
    None,
    ge=1,
    le=5,
    description="Pairs are dropped whose chosen answer the jury rates lower as an answer to its instruction: the "
    "mean of its judges with the prompt `absolute`, who are of two families at least. Empty: none is.",
)
REJECTED_RANK = Field(
    None,
    description="`quality`: of several draws of the second model, the one that the jury finds best is taken, so "
    "that the answers of a pair differ in voice rather than in quality; of equals, the one whose length is nearest "
    "to the chosen answer's. Empty: the length alone decides.",
)
"""Judges of different names that are not the same model, asked the same, twice."""


def may_be_jury(judges: Iterable[Judge]) -> bool:
    """Whether judges are of two families at least: what one family likes is no verdict."""
    return len({judge.family for judge in judges}) > 1


def refuse_misused_judges(judges: Sequence[Judge], *, filters: bool, ranks: bool) -> None:
    """Raise `ValueError` where the judges of a night could not do what the recipe wants of them."""
    if lost := [f"{judge.name} ({judge.prompt})" for judge in judges if judge.prompt in _NOT_IN_A_NIGHT]:
        raise ValueError(
            f"{', '.join(lost)} in judged_by: a night has neither a ground truth besides the chosen answer nor "
            "passages to compare a voice with; choose pairwise, pairwise_notes, pairwise_few_shot or absolute"
        )
    told = [name for name, is_set in (("quality_at_least", filters), ("rejected_rank", ranks)) if is_set]
    if told and not may_be_jury([judge for judge in judges if judge.prompt == "absolute"]):
        raise ValueError(
            f"{' and '.join(told)} need ratings of a jury: two judges with the prompt absolute, of two families, in "
            "judged_by"
        )
