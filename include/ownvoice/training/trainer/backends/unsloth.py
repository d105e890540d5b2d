"""Unsloth, on one NVIDIA GPU. Tested on its CPU backend; what that cannot show stands in docs/running.md.

Importing unsloth before trl and transformers is what patches them (`PatchDPOTrainer` does nothing any more). It hands
TRL a model that already wears its adapter; `make_trainer` takes away the copy that TRL makes of it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ownvoice.errors import NoGpuError, OwnvoiceError, first_line
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.backends.protocol import Loaded


def prepare(recipe: TrainingRecipe, scratch: Path) -> None:
    """Import unsloth, with its compiled code in an empty folder of this run.

    A missing GPU is fatal, unless UNSLOTH_DISABLE_CPU_FALLBACK is 0. Unsloth is kept from reporting to its makers,
    which behind a firewall ends in an error after two minutes.
    """
    os.environ.setdefault("UNSLOTH_DISABLE_CPU_FALLBACK", "1")
    os.environ["UNSLOTH_DISABLE_STATISTICS"] = "1"
    os.environ["UNSLOTH_COMPILE_LOCATION"] = str(scratch / "unsloth_compiled_cache")
    try:
        import unsloth  # noqa: F401
    except OwnvoiceError:  # asked to stop while it imports, which takes up to a minute
        raise
    except Exception as error:  # of any kind: it checks the machine and other libraries in many ways
        reason = first_line(error).rstrip(".")
        raise NoGpuError(
            f"the unsloth backend cannot start here: {reason}. It needs the trainer image and an NVIDIA GPU; elsewhere "
            "set backend to trl."
        ) from None


def load(folder: Path, recipe: TrainingRecipe) -> Loaded:
    """Load the base and put a fresh adapter on it, as the chapter does."""
    from unsloth import FastLanguageModel

    model, tokenizer = FastLanguageModel.from_pretrained(
        model_name=str(folder), max_seq_length=recipe.max_seq_length, load_in_4bit=recipe.load_in_4bit
    )
    model = FastLanguageModel.get_peft_model(
        model,
        r=recipe.lora_rank,
        lora_alpha=recipe.lora_alpha,
        lora_dropout=recipe.lora_dropout,
        target_modules=list(recipe.target_modules),
        use_gradient_checkpointing="unsloth",
        random_state=recipe.seed,
    )
    return Loaded(model, tokenizer, None)


def for_inference(model: Any) -> None:
    """Switch to Unsloth's faster generation."""
    from unsloth import FastLanguageModel

    FastLanguageModel.for_inference(model)
