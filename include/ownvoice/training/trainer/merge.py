"""Merging the adapter into its base, in a new process, where no library is patched and no memory is taken.

Run as: python -m ownvoice.training.trainer.merge BASE ADAPTER MERGED DTYPE (three folders; the third must be empty)
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ownvoice.errors import MergeMismatchError


def merge_in_new_process(base: Path, adapter: Path, merged: Path, dtype: str) -> None:
    """Write the merged model into the empty folder `merged`. Raises `MergeMismatchError` where that fails."""
    run_offline("ownvoice.training.trainer.merge", str(base), str(adapter), str(merged), dtype)


def run_offline(module: str, *arguments: str) -> str:
    """Run a module in a new process that cannot ask the Hub; return what it printed."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        last_line = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise MergeMismatchError(
            f"{module} ended with code {done.returncode}: {last_line}. The adapter is kept in the lake; the same "
            "command merges again without training."
        )
    return done.stdout


def merge(base: Path, adapter: Path, merged: Path, dtype: str) -> None:
    """Merge with PEFT, which refuses a module that is not finite; the tokenizer is the base's own, unchanged.

    Raises `OverflowError` where a weight of the base is beyond the range of `dtype`, which for float16 ends at 65,504.
    """
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if merged.exists() and any(merged.iterdir()):
        raise FileExistsError(f"{merged} is not empty")
    model = AutoModelForCausalLM.from_pretrained(base, dtype=getattr(torch, dtype))
    if beyond := [name for name, weights in model.named_parameters() if not weights.isfinite().all()]:
        raise OverflowError(f"{beyond[0]} of the base does not fit into {dtype}: set merge_dtype to bfloat16")
    model = PeftModel.from_pretrained(model, adapter).merge_and_unload(safe_merge=True)
    model.save_pretrained(merged, max_shard_size="5GB")
    AutoTokenizer.from_pretrained(base).save_pretrained(merged)


if __name__ == "__main__":
    merge(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
