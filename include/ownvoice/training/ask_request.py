"""What `ownvoice ask` hands to the trainer's environment: models, questions and how answers are drawn."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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


def asking_arguments(request: AskRequest) -> list[str]:
    """Return the arguments after `python` that put a request to its models."""
    return ["-m", "ownvoice.training.trainer.asking", request.model_dump_json()]
