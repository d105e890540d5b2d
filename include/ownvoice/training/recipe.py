"""The training recipe: everything that decides which model comes out of a dataset version. Needs no torch."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ownvoice.training.mixture.shares import Mixture, as_mixture

SUPERVISED_LOSS = "supervised_loss"
"""The metric of the supervised term, in nats a token of a chosen answer, as a mean over pairs."""

ANSWER_WEIGHT = "answer_weight"
"""The metric of the mean weight of the answers of a batch of KTO; on the test split each counts 1."""

LOSS_FIELDS = ("beta", "label_smoothing", "rpo_alpha", "ld_alpha")
"""Fields that give a loss another meaning: that of two recipes is compared where they agree in them."""

# These fields act around or after the training and do not change the adapter.
_NOT_IN_THE_ADAPTER = {
    *("tracker", "hub_repository", "promote", "sample_tokens", "stop_when_blocked", "merge_dtype"),
    *("precompute_ref_log_probs", "padding_free"),  # the same numbers, by another way
}

# Fields that came later: one that is off is left out, so that the recipes of before keep their ids.
_OFF = {"label_smoothing": 0.0, "rpo_alpha": 0.0, "ld_alpha": 1.0, "mixture": None, "subset_pairs": None}


class TrainingRecipe(BaseModel):
    """Base model, LoRA, DPO, optimizer, data and merge settings of one training.

    The defaults are those of chapter 6 of the LLM Engineer's Handbook. The trigger form of the training DAG is made
    from these fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backend: Literal["unsloth", "trl"] = Field(
        "unsloth", description="unsloth needs a GPU; trl is plain TRL and PEFT, on a CPU or any GPU."
    )
    base_model: str = Field(
        "mlabonne/TwinLlama-3.1-8B",
        min_length=1,
        description="The model that is trained: a Hub id, or lake:KEY for a folder of the lake.",
    )
    base_revision: str = Field("main", description="Branch, tag or commit of a Hub base; resolved to a commit.")
    load_in_4bit: bool = Field(False, description="QLoRA: hold the frozen base in 4 bits. Less memory, lower quality.")
    lora_rank: int = Field(32, ge=1, le=512, description="Rank of the LoRA matrices (chapter 6: 32).")
    lora_alpha: int = Field(32, ge=1, le=1024, description="LoRA scale is alpha divided by rank (chapter 6: 32).")
    lora_dropout: float = Field(0.0, ge=0, lt=1, description="Share of LoRA inputs dropped (chapter 6: 0).")
    target_modules: tuple[str, ...] = Field(
        ("q_proj", "k_proj", "v_proj", "up_proj", "down_proj", "o_proj", "gate_proj"),
        min_length=1,
        description="Linear layers that get an adapter (chapter 6: all seven).",
    )
    loss_type: Literal["sigmoid", "hinge", "ipo", "kto"] = Field(
        "sigmoid",
        description="sigmoid is DPO (Rafailov et al. 2023), hinge SLiC, ipo the loss of Azar et al. 2023; kto "
        "(Ethayarajh et al. 2024) learns from single answers that are wanted or not: lone thumbs, and both of a pair.",
    )
    mixture: Mixture | None = Field(
        None,
        description="The share of each set that is trained on, as JSON: "
        '{"own": 1.0, "capybara": 0.1}. own are the author\'s pairs, the others are imported sets, feedback or '
        "identity; drawn with the seed, a larger share holds the smaller one. Empty: the author's pairs alone.",
    )
    beta: float = Field(0.5, gt=0, le=10, description="How strongly the model is held to its base (chapter 6: 0.5).")
    label_smoothing: float = Field(
        0.0,
        ge=0,
        lt=0.5,
        description="Share of pairs whose sides may be swapped (robust DPO; Chowdhury et al. 2024, who take 0.1); "
        "0: off. For sigmoid alone.",
    )
    rpo_alpha: float = Field(
        0.0,
        ge=0,
        le=10,
        description="Weight of a supervised term, the nats a token of the chosen answer: the author's text shall not "
        "become less likely (RPO; Pang et al. 2024, who take 1); 0: off.",
    )
    ld_alpha: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Weight of an answer's tokens beyond the length of the shorter one of its pair, against learning "
        "length (LD-DPO; Liu et al. 2024); 1: off. Not for ipo.",
    )
    precompute_ref_log_probs: bool = Field(
        False,
        description="Compute the reference's log-probabilities once, before the first step (TRL's option): one pass "
        "less in every step and evaluation, for the same model.",
    )
    padding_free: bool = Field(
        False,
        description="Batches without padding (Kundu et al. 2024). TRL 1.15 has them switched off for DPO: refused "
        "until a release brings them back.",
    )
    learning_rate: float = Field(2e-6, gt=0, le=0.1, description="Highest learning rate (chapter 6: 2e-6).")
    lr_schedule: Literal["linear", "cosine"] = Field("linear", description="How it falls (chapter 6: linear).")
    warmup_steps: int = Field(10, ge=0, description="Optimizer steps in which it rises from 0 (chapter 6: 10).")
    epochs: int = Field(1, ge=1, le=20, description="Times that every pair is seen (chapter 6: 1).")
    batch_pairs: int = Field(
        2, ge=1, le=512, description="Pairs in one forward pass (chapter 6: 2); with kto single answers, at least 4."
    )
    accumulation_steps: int = Field(8, ge=1, le=512, description="Forward passes in an optimizer step (chapter 6: 8).")
    optimizer: Literal["adamw_8bit", "adamw_torch"] = Field(
        "adamw_8bit", description="AdamW with 8-bit states (chapter 6), or with full ones, as on any CPU."
    )
    weight_decay: float = Field(0.01, ge=0, lt=1, description="Weight decay of AdamW (chapter 6: 0.01).")
    max_length: int = Field(1024, ge=16, description="Longest prompt with answer, in tokens (chapter 6: 1,024).")
    max_seq_length: int = Field(2048, ge=16, description="Context that Unsloth prepares, in tokens (chapter 6: 2,048).")
    eval_every: float = Field(
        0.2, gt=0, le=1, description="Share of the run between two evaluations and checkpoints (chapter 6: 0.2)."
    )
    seed: int = Field(
        0,
        ge=0,
        description="Seed of the adapter, the order of the pairs and the draw of a mixture (chapter 6: 0).",
    )
    subset_pairs: int | None = Field(
        None,
        ge=1,
        description="Train on a part of the version: on so many train pairs at least, all those of an article or none, "
        "articles in an order drawn by the seed, so that a smaller part lies in a larger one; empty: on all.",
    )
    prompt_template: Literal["alpaca", "chat"] = Field(
        "alpaca", description="The Alpaca form of chapter 6, or the chat template of the base's tokenizer."
    )
    merge_dtype: Literal["float16", "bfloat16", "float32"] = Field(
        "float16",
        description="Type of the merged weights. float16 has three more bits for small changes than bfloat16, which "
        "rounds most of a short training away, and ends at 65,504; float32 loses nothing and is twice as large.",
    )
    sample_tokens: int = Field(256, ge=1, le=4096, description="Longest answer to a fixed question (chapter 6: 256).")
    stop_when_blocked: bool = Field(False, description="End the run as soon as its health verdict is block.")
    tracker: Literal["none", "tensorboard", "comet_ml"] = Field(
        "none", description="A second record beside metrics.jsonl; it can never fail a run."
    )
    hub_repository: str | None = Field(None, description="Where the merged model is published, as owner/name.")
    promote: Literal["style_score"] | None = Field(
        None,
        description="Publish only a model that beats the champion of hub_repository (the first: its base) in this "
        "number on the same held-out prompts, and make it the champion. style_score is the mean score of the style "
        "report. Empty: publish every healthy model.",
    )

    @field_validator("mixture", mode="before")
    @classmethod
    def _one_form(cls, value: object) -> object:
        return as_mixture(value)

    @model_validator(mode="after")
    def _fits_the_context(self) -> Self:
        if self.max_length > self.max_seq_length:
            raise ValueError(
                f"max_length ({self.max_length}) is longer than the context, max_seq_length ({self.max_seq_length})"
            )
        return self

    @property
    def recipe_id(self) -> str:
        """Twelve hex digits over all fields that reach the trained adapter."""
        unused = {name for name, off in _OFF.items() if getattr(self, name) == off}
        fields = self.model_dump(exclude=_NOT_IN_THE_ADAPTER | unused)
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def learns_from_single_answers(self) -> bool:
        """Whether an example is one answer, wanted or not, and not a pair of them."""
        return self.loss_type == "kto"

    @property
    def first_loss(self) -> float:
        """The preference loss of a model that equals its reference: for DPO, ln 2, also with smoothed labels."""
        return {"sigmoid": math.log(2), "hinge": 1.0, "ipo": 1 / (2 * self.beta) ** 2, "kto": 0.5}[self.loss_type]

    def preference_loss(self, row: Mapping[str, float], prefix: Literal["", "eval_"] = "") -> float:
        """Return the loss of a row of metrics without its supervised term, which starts at no known value.

        That of KTO is divided by the mean weight of its answers, so that it starts at the same value in every batch.
        """
        if self.loss_type == "kto":
            return row[f"{prefix}loss"] / row.get(f"{prefix}{ANSWER_WEIGHT}", 1.0)
        return row[f"{prefix}loss"] - self.rpo_alpha * row.get(f"{prefix}{SUPERVISED_LOSS}", 0.0)

    def steps(self, train_pairs: int) -> int:
        """Return the optimizer steps of a run over so many pairs (with kto answers); an epoch's last may be smaller."""
        batches = math.ceil(train_pairs / self.batch_pairs)
        return self.epochs * math.ceil(batches / self.accumulation_steps)

    def steps_between_evaluations(self, train_pairs: int) -> int:
        """Return the optimizer steps between two evaluations, which are also those between two checkpoints."""
        return max(1, round(self.eval_every * self.steps(train_pairs)))
