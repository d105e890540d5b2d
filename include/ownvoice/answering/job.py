"""A job of answering: models of the lake or the Hub, what they are asked, and how. Written once, answered elsewhere.

Whoever asks writes the job with `answering.files`; `python -m ownvoice.training.answering --job URI` answers it in the
trainer's environment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import Exit, SettingsError
from ownvoice.storage.answer_job_keys import AnswerJobKeys
from ownvoice.storage.run_keys import RunKeys


def _a_model(text: str) -> str:
    try:
        return str(ModelName.parse(text))
    except SettingsError as error:
        raise ValueError(str(error)) from None


ExitByName = Annotated[
    Exit, BeforeValidator(lambda name: Exit.__members__.get(name, name)), PlainSerializer(lambda end: end.name)
]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sampling(_Record):
    """How tokens are drawn. At temperature 0 the likeliest token is taken each time, and `top_p` does nothing."""

    temperature: float = Field(0.0, ge=0, le=2, description="0 takes the likeliest token each time.")
    top_p: float = Field(1.0, gt=0, le=1, description="Draw from the likeliest tokens that together reach this share.")
    max_new_tokens: int = Field(256, ge=1, le=32_000, description="Longest answer, in tokens.")


class Asked(_Record):
    """One model in one role. `subject` names the role, and the rows of the prompts that belong to it.

    `draws` is how many answers each prompt gets; more than one needs a temperature above 0.
    """

    subject: str = Field(min_length=1)
    model: Annotated[str, AfterValidator(_a_model)]
    prompt_template: Literal["alpaca", "chat"] = "alpaca"
    sampling: Sampling = Sampling()
    draws: int = Field(1, ge=1, le=64)

    @model_validator(mode="after")
    def _draws_differ(self) -> Self:
        if self.draws > 1 and not self.sampling.temperature:
            raise ValueError(f"draws is {self.draws} at temperature 0, where all are the same: set a temperature")
        return self


class AnswerJob(_Record):
    """The content of `job.json`. `lake` is the URI of the lake that holds it; `name` is its own within the run.

    `digest` is that of what is asked and scored (`digest_of`), which `write_job` fills in. What answers the job names
    it: a job of the same name that was written again with other prompts does not take its result for its own.
    """

    run_id: str = Field(min_length=1)
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    lake: str
    asked: tuple[Asked, ...] = Field(min_length=1)
    digest: str = ""

    @model_validator(mode="after")
    def _subjects_are_unique(self) -> Self:
        subjects = [one.subject for one in self.asked]
        if len(set(subjects)) < len(subjects):
            raise ValueError(f"a subject is asked twice ({', '.join(subjects)}): give each its own name")
        return self

    @property
    def keys(self) -> AnswerJobKeys:
        """The keys of the job's files in the lake."""
        return RunKeys(self.run_id).answer_job(self.name)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a subject is asked. `max_new_tokens` replaces that of its sampling.

    `article_id` is the article that the prompt was made from, where there is one: an answer is kept as long as that is.
    """

    subject: str
    prompt_id: str
    prompt: str
    max_new_tokens: int | None = None
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A text that a subject scores as the answer to `prompt`; with an empty prompt, as a text by itself."""

    subject: str
    text_id: str
    prompt: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer. `draw` counts from 0, `model` is its name with the commit, and `tokens` those of the answer.

    `is_cut_off`: it reached the most tokens before it ended. `text` has no white space around it, and may be empty.
    """

    subject: str
    prompt_id: str
    draw: int
    request_key: str
    model: str
    text: str
    tokens: int
    is_cut_off: bool


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """How well a model expected a text: `nats` is the mean of -ln p over its `tokens`, each given all before it."""

    subject: str
    text_id: str
    score_key: str
    model: str
    nats: float
    tokens: int


def digest_of(asked: Sequence[Asked], prompts: Iterable[Prompt], texts: Iterable[ScoredText]) -> str:
    """Return the SHA-256 (64 hex digits) over all that the answers and scores of a job depend on, in its order."""
    rows = [*(one.model_dump(mode="json") for one in asked), *map(asdict, prompts), *map(asdict, texts)]
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


class Refused(_Record):
    """A prompt or text that this model cannot be given, and why, as a stable name such as `longer_than_context`."""

    subject: str
    id: str
    reason: str


class JobResult(_Record):
    """How a job ended, and its numbers. What was not reached is None or empty.

    `models` are the names with commits by subject. `asked` answers were made by this try, and `reused` were stored
    before. `tokens_per_s` counts the tokens of answers over the seconds in which they were made. `digest` is that of
    the job that was answered.
    """

    exit: ExitByName
    message: str | None = None
    models: dict[str, str] = {}
    engine: str | None = None
    device: str | None = None
    versions: dict[str, str] = {}
    asked: int = 0
    reused: int = 0
    scored: int = 0
    refused: list[Refused] = []
    tokens: int = 0
    tokens_per_s: float | None = None
    peak_memory_bytes: int | None = None
    seconds: dict[str, float] = {}
    total_seconds: float | None = None
    digest: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether every prompt was answered or refused, and every text scored or refused."""
        return self.exit is Exit.TRAINED
