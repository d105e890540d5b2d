"""The generation recipe: everything that decides which pairs come out of an article."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ownvoice.config.generators import REASONING_EFFORT, Generator, RejectedBy, pick

Cleaning = Literal["faithful", "chapter"]

TRIPLES_PER_CHUNK = 5
"""How many triples every prompt version asks for (chapter 6: five)."""


class GenerationRecipe(BaseModel):
    """How articles are cut, what the model is asked, and which answers are kept.

    The defaults are those of chapter 6 of the LLM Engineer's Handbook, but for `cleaning`: the chapter's own
    cleaning breaks contractions and is kept for comparison. The trigger form of the refresh is made from these fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field("gpt-4o-mini", min_length=1, description="Model name, as the endpoint knows it.")
    prompt_version: str = Field(
        "1",
        min_length=1,
        description="Version in the prompt registry: 1 is the chapter's, 2 varies the kind of instruction.",
    )
    temperature: float | None = Field(
        0.7,
        ge=0,
        le=2,
        description="Sampling temperature (chapter 6: 0.7). Empty, or `none` in a variable: not sent, for models that "
        "take none.",
    )
    reasoning_effort: str | None = REASONING_EFFORT
    max_output_tokens: int = Field(2000, ge=100, le=32_000, description="Longest answer, in tokens (chapter 6: 2,000).")
    response_format: Literal["json_object", "json_schema", "text"] = Field(
        "json_object",
        description="JSON mode as in chapter 6, a JSON schema where the endpoint enforces one, or neither (`text`).",
    )
    cleaning: Cleaning = Field(
        "faithful", description="How the model's reading is made: `faithful` keeps the author's typography."
    )
    min_chunk_chars: int = Field(1000, ge=100, description="Shortest chunk aimed at, in characters.")
    max_chunk_chars: int = Field(2000, le=20_000, description="Longest chunk, in characters.")
    languages: str | None = Field(
        None,
        pattern=r"^[a-z]{2,3}( *, *[a-z]{2,3})*$",
        description="ISO codes of the languages to write in, such as `en, de`; empty: all.",
    )
    min_chosen_chars: int = Field(100, ge=1, description="Shortest chosen answer kept, in characters.")
    generators: tuple[Generator, ...] | None = Field(
        None,
        description="Several models in the place of `model`, `temperature` and `reasoning_effort`, as JSON: a list of "
        "objects with `model`, and where wanted `weight`, `temperature`, `reasoning_effort` and `endpoint` (an Airflow "
        "connection, `llm_...`).",
    )
    rejected_by: RejectedBy | None = Field(
        None,
        description="The model that writes the rejected answers, as JSON: an object with `model`, and where wanted "
        "`temperature`, `reasoning_effort`, `max_output_tokens` and `endpoint`. Empty: they come with the triples.",
    )

    @field_validator("generators", "rejected_by", mode="before")
    @classmethod
    def _may_be_json(cls, value: Any) -> Any:
        if isinstance(value, str):
            return json.loads(value) if value.strip() else None
        return value

    @model_validator(mode="after")
    def _generators_can_be_told_apart(self) -> Self:
        if self.generators is not None:
            names = {generator.name for generator in self.generators}
            if not names or len(names) < len(self.generators):
                raise ValueError("generators must name at least one model, and each model and temperature once")
        return self

    @field_validator("languages", "temperature", "reasoning_effort", mode="before")
    @classmethod
    def _an_emptied_field_is_empty(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("temperature", mode="before")
    @classmethod
    def _none_is_a_word_in_variables(cls, value: Any) -> Any:
        return None if value == "none" else value  # an empty variable counts as not set

    @model_validator(mode="after")
    def _chunk_bounds_leave_room(self) -> Self:
        if self.max_chunk_chars < 2 * self.min_chunk_chars:
            raise ValueError("max_chunk_chars must be at least twice min_chunk_chars, so that any text can be cut")
        return self

    def takes(self, language: str) -> bool:
        """Whether articles in `language` (an ISO code) are asked about."""
        return not self.languages or language in self.languages.replace(",", " ").split()

    @property
    def recipe_id(self) -> str:
        """Twelve hex digits over all fields: two recipes with the same id make the same requests.

        A field that is empty does not count, so that ids stay when recipes learn something new.
        """
        return hashlib.sha256(json.dumps(self.model_dump(exclude_none=True), sort_keys=True).encode()).hexdigest()[:12]

    @property
    def mix(self) -> tuple[Generator, ...]:
        """The models that make triples: mostly one."""
        return self.generators or (
            Generator(model=self.model, temperature=self.temperature, reasoning_effort=self.reasoning_effort),
        )

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Every endpoint that is asked, each once."""
        return tuple(dict.fromkeys(one.endpoint for one in self.asked))

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that is asked, each once."""
        return tuple(dict.fromkeys(one.model for one in self.asked))

    @property
    def asked(self) -> tuple[Generator | RejectedBy, ...]:
        """Every model with its parameters: those that make triples, then the second model."""
        return (*self.mix, self.rejected_by) if self.rejected_by else self.mix

    def generator_of(self, chunk_key: str) -> Generator:
        """Return the model that the chunk is asked of: the same one in every run of this recipe."""
        return pick(self.mix, chunk_key)
