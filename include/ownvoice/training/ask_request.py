"""What `ownvoice ask` hands to the trainer's environment: models, questions and how answers are drawn."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

_MOST_BYTES = 50_000  # a system takes arguments of 128 KiB, and JSON may double them
_LEAST_TEMPERATURE = 0.01

Template = Literal["alpaca", "chat"]


class AskedModel(BaseModel):
    """A model that answers. `name` is that of a `ModelName`; without a `template` its own chat template decides."""

    model_config = ConfigDict(frozen=True)

    label: str
    name: str
    template: Template | None = None


class AskRequest(BaseModel):
    """One call. Without `questions` they are read from standard input, one a line; a `temperature` of 0 is greedy."""

    model_config = ConfigDict(frozen=True)

    lake: str
    models: tuple[AskedModel, ...] = Field(min_length=1)
    questions: tuple[str, ...] = ()
    temperature: float = Field(0.0, ge=0, le=5)
    max_new_tokens: int = Field(256, ge=1, le=16_384)

    @field_validator("questions")
    @classmethod
    def _fit_into_a_command(cls, questions: tuple[str, ...]) -> tuple[str, ...]:
        try:
            size_bytes = sum(len(question.encode()) for question in questions)
        except UnicodeEncodeError:
            raise ValueError("a question is not UTF-8: write it in a terminal that is set to UTF-8") from None
        if size_bytes > _MOST_BYTES:
            raise ValueError(f"they have more than {_MOST_BYTES:,} bytes: give them on standard input, one a line")
        return questions

    @field_validator("temperature")
    @classmethod
    def _leaves_a_choice(cls, temperature: float) -> float:
        if 0 < temperature < _LEAST_TEMPERATURE:
            raise ValueError(f"below {_LEAST_TEMPERATURE} nothing is drawn any more: take 0 for the likeliest word")
        return temperature


def asking_arguments(request: AskRequest) -> list[str]:
    """Return the arguments after `python` that put a request to its models."""
    return ["-m", "ownvoice.training.trainer.asking", request.model_dump_json()]
