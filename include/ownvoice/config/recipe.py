"""The generation recipe: everything that decides which pairs come out of an article."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ownvoice.config.augment import AUGMENT, AugmentKinds
from ownvoice.config.generators import REASONING_EFFORT, Generator, RejectedBy, pick
from ownvoice.config.judges import JUDGED_BY, QUALITY_AT_LEAST, REJECTED_RANK, Judge, Panel, refuse_misused_judges

Cleaning = Literal["faithful", "chapter"]

TRIPLES_PER_CHUNK = 5
"""How many triples every prompt version asks for (chapter 6: five)."""


TOLD_SECOND_MODEL = ("rejected_draws", "rejected_length", "rejected_cut")
"""The fields that mean nothing without a second model."""

TOLD_JUDGES = ("judged_by", "quality_at_least", "rejected_rank")
"""The fields that are about judges, and so about no request for an answer."""


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
        description="Version in the prompt registry: 1 is the chapter's, 2 varies the kind of instruction, in "
        "3 most instructions carry the content of the quote, so that only the voice differs.",
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
    back_references: Literal["drop"] | None = Field(
        None,
        description="`drop` leaves out quotes that cannot stand alone, since they begin with a word such as `But`, "
        "`It` or `This`, which points back. Empty: they are kept and marked.",
    )
    generators: tuple[Generator, ...] | None = Field(
        None,
        description="Several models in the place of `model`, `temperature` and `reasoning_effort`, as JSON: a list of "
        "objects with `model`, and where wanted `weight`, `temperature`, `reasoning_effort` and `endpoint` (an Airflow "
        "connection, `llm_...`).",
    )
    rejected_by: RejectedBy | None = Field(
        None,
        description="The model that writes the rejected answers, as JSON: an object with `model`, and where wanted "
        "`temperature`, `reasoning_effort`, `max_output_tokens` and `endpoint`. Empty: they come with the triples. "
        "`model` may be one of the lake or the Hub that the trainer's environment loads: `run:newest`, "
        "`run:TRAINING_RUN`, `lake:KEY` or `hub:owner/name@revision`, with `prompt_template` where wanted.",
    )
    rejected_draws: int | None = Field(
        None,
        ge=1,
        le=16,
        description="Answers that the second model writes to each instruction; the one whose length is nearest to the "
        "chosen answer's is taken. Empty: one.",
    )
    rejected_length: Literal["told"] | None = Field(
        None,
        description="`told`: the second model is told how long the chosen answer is, in a system message or behind the "
        "instruction, which is no part of the pair. Empty: it is not.",
    )
    rejected_cut: Literal["sentence"] | None = Field(
        None,
        description="`sentence`: a rejected answer ends after the sentence at which its length is nearest to the "
        "chosen answer's, for small models that ramble; one that was cut off is used too. Empty: answers stay whole.",
    )

    augment: AugmentKinds = AUGMENT
    balance: bool | None = Field(
        None,
        description="Leave pairs out of training and exports until neither length nor punctuation tells chosen from "
        "rejected answers: an AUC of 0.60 at most, on each side of the split. They stay in the lake with the reason.",
    )

    judged_by: Panel | None = JUDGED_BY
    quality_at_least: float | None = QUALITY_AT_LEAST
    rejected_rank: Literal["quality"] | None = REJECTED_RANK

    @field_validator("generators", "rejected_by", "judged_by", mode="before")
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

    @model_validator(mode="after")
    def _a_second_model_is_named_where_it_is_told_something(self) -> Self:
        told = [name for name in TOLD_SECOND_MODEL if getattr(self, name)]
        if told and not self.rejected_by:
            raise ValueError(f"{' and '.join(told)} need rejected_by, the second model that they are about")
        if self.rejected_draws and self.rejected_by and self.rejected_by.temperature == 0:
            raise ValueError("rejected_draws needs a temperature above 0 in rejected_by: all draws would be the same")
        return self

    @model_validator(mode="after")
    def _a_further_prompt_needs_an_answer_of_its_own(self) -> Self:
        if self.augment and not self.rejected_by:
            raise ValueError("augment needs rejected_by: a second model that answers the further prompts")
        return self

    @field_validator("judged_by")
    @classmethod
    def _nobody_is_no_panel(cls, value: tuple[Judge, ...] | None) -> tuple[Judge, ...] | None:
        return value or None

    @model_validator(mode="after")
    def _judges_can_do_what_they_are_for(self) -> Self:
        if self.rejected_rank and not self.rejected_draws:
            raise ValueError("rejected_rank needs rejected_draws above 1: there is nothing to rank in a single answer")
        refuse_misused_judges(self.judges, filters=self.quality_at_least is not None, ranks=bool(self.rejected_rank))
        return self

    @field_validator("rejected_draws", mode="before")
    @classmethod
    def _one_draw_is_the_default(cls, value: Any) -> Any:
        return None if value in ("", "1", 1) else value

    @field_validator(
        *("languages", "temperature", "reasoning_effort", "rejected_length", "rejected_cut", "back_references"),
        *("quality_at_least", "rejected_rank"),
        mode="before",
    )
    @classmethod
    def _an_emptied_field_is_empty(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("balance")
    @classmethod
    def _no_is_empty(cls, value: bool | None) -> bool | None:
        return value or None  # a recipe that says no is the one that says nothing

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
    def prompts_per_quote(self) -> int:
        """How many prompts a quote may have: the one that it came with, and the further ones."""
        return 1 + len(self.augment or ())

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Every endpoint that is asked, each once."""
        return tuple(dict.fromkeys(one.endpoint for one in self.asked))

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that is asked at an endpoint, each once."""
        return tuple(dict.fromkeys(one.model for one in self.asked))

    @property
    def writers(self) -> tuple[Generator | RejectedBy, ...]:
        """Every model at an endpoint that writes answers: those that make triples, then the second model."""
        second = self.rejected_by
        return (*self.mix, second) if second and second.is_at_endpoint else self.mix

    @property
    def judges(self) -> tuple[Judge, ...]:
        """The judges of its nights: mostly none."""
        return self.judged_by or ()

    @property
    def is_decided_by_judges(self) -> bool:
        """Whether a jury's ratings change which pairs are kept, or which answer is rejected in them."""
        return self.quality_at_least is not None or self.rejected_rank is not None

    @property
    def asked(self) -> tuple[Generator | RejectedBy | Judge, ...]:
        """Every model at an endpoint with its parameters: those that write, then those that judge."""
        return (*self.writers, *self.judges)

    def generator_of(self, chunk_key: str) -> Generator:
        """Return the model that the chunk is asked of: the same one in every run of this recipe."""
        return pick(self.mix, chunk_key)
