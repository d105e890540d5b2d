"""Plain TRL and PEFT: a CPU, or any GPU that PyTorch knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ownvoice.errors import NoGpuError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.backends.protocol import Loaded
from ownvoice.training.trainer.cpu_log_probs import use_plain_log_probs
from ownvoice.training.trainer.machine import refuse_missing_gpu


def prepare(recipe: TrainingRecipe, scratch: Path) -> None:
    """Make TRL ready for a CPU where there is no GPU; refuse 4 bits there, for which a CPU has no kernels.

    Where UNSLOTH_DISABLE_CPU_FALLBACK is 1, as in a pod, a missing GPU is fatal with this backend too.
    """
    import torch

    if torch.cuda.is_available():
        return
    refuse_missing_gpu()
    use_plain_log_probs()
    if recipe.load_in_4bit:
        raise NoGpuError("load_in_4bit needs a GPU and there is none. Turn it off, or train where there is one.")


def load(folder: Path, recipe: TrainingRecipe) -> Loaded:
    """Load the base in 16 bits on a GPU and in float32 on a CPU; TRL puts the adapter on it.

    The reference is then the same model with its adapter switched off: no second copy, and no `ref` adapter.
    """
    import torch
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    on_gpu = torch.cuda.is_available()
    sixteen_bits = torch.bfloat16 if on_gpu and torch.cuda.is_bf16_supported() else torch.float16
    dtype = sixteen_bits if on_gpu else torch.float32
    in_4bit = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        device_map={"": torch.cuda.current_device()} if on_gpu else None,
        quantization_config=in_4bit if recipe.load_in_4bit else None,
    )
    lora = LoraConfig(
        r=recipe.lora_rank,
        lora_alpha=recipe.lora_alpha,
        lora_dropout=recipe.lora_dropout,
        target_modules=list(recipe.target_modules),
        task_type="CAUSAL_LM",
    )
    return Loaded(model, AutoTokenizer.from_pretrained(folder), lora)


def for_inference(model: Any) -> None:
    """Switch off what only training needs."""
    model.eval()
