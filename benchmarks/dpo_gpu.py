"""The chapter's DPO recipe on an 8B, Unsloth against plain TRL, side by side in one run of the real trainer.

Run as, with the Python of the trainer image:

    python benchmarks/dpo_gpu.py [--pairs 480] [--require-gpu]
    python benchmarks/dpo_gpu.py --tiny            # a toy on the CPU, with plain TRL alone: tries this script, no claim

The base has the shape of Llama-3.1-8B and random weights, so that nothing is fetched; the pairs are pieces of the
sample articles, of the lengths of the chapter's extracts. Each backend is a process of its own, the real
`python -m ownvoice.training`, from the reading of the version to the check of its merge. MFU counts 6 FLOP a parameter
and non-padding token and attention (`ownvoice.training.trainer.speed`), against the dense bfloat16 peak of the device.

The claim: Unsloth reaches an MFU of 40 % and is no slower than plain TRL. Exits with 1 where it does not hold. Without
a GPU nothing is measured; it has not been run on one yet.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ownvoice.storage.lake import Lake

REPOSITORY = Path(__file__).resolve().parent.parent
ARTICLES = REPOSITORY / "samples" / "articles"
sys.path.insert(0, str(REPOSITORY / "tests"))

from stand_ins.pair_lake import commit_pairs, pair  # noqa: E402

_CHOSEN_CHARS, _REJECTED_CHARS = 1500, 1200
_TEST_PAIRS = 4
_MFU = 0.4
_LLAMA_8B = {
    "vocab_size": 128_256,
    "hidden_size": 4096,
    "intermediate_size": 14_336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 8192,
    "rope_theta": 500_000.0,
}
_TINY = {
    "accumulation_steps": 1,
    "warmup_steps": 1,
    "sample_tokens": 8,
    "learning_rate": 1e-3,
    "merge_dtype": "float32",
}


def main() -> int:
    """Measure and print a table; return the exit code."""
    parser = argparse.ArgumentParser(description="Unsloth against plain TRL on an 8B.")
    parser.add_argument("--pairs", type=int, default=480, help="pairs to train on; 16 make a step")
    parser.add_argument("--tiny", action="store_true", help="a toy on the CPU, with plain TRL alone")
    parser.add_argument("--require-gpu", action="store_true", help="exit with 2 where there is no GPU")
    given = parser.parse_args()
    if not given.tiny and not _has_gpu():
        print("skipped: no GPU, and nothing else can tell what this measures (--tiny tries the script on a CPU).")
        return 2 if given.require_gpu else 0
    with tempfile.TemporaryDirectory(prefix="ownvoice-dpo-") as folder:
        lake = Lake((Path(folder) / "lake").as_uri())
        _put_base(Path(folder) / "base", lake, tiny=given.tiny)
        version = commit_pairs(lake, list(_pairs(10 if given.tiny else given.pairs)))
        backends = ["trl"] if given.tiny else ["unsloth", "trl"]
        results = {backend: _train(lake, version, backend, _TINY if given.tiny else {}) for backend in backends}
    print("\n".join(_table(results)))
    return 0 if given.tiny or _holds(results) else 1


def _has_gpu() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def _put_base(folder: Path, lake: Lake, *, tiny: bool) -> None:
    """Bring a base into the lake: the toy as it is, or its tokenizer beside random weights of an 8B's shape."""
    from ownvoice.training.trainer.folders import upload_folder
    from ownvoice.training.trainer.tiny import ToyShape, make_toy

    make_toy(ARTICLES, folder, ToyShape(reading_steps=1, instruction_steps=1))
    if not tiny:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig

        tokenizer = AutoTokenizer.from_pretrained(folder)
        ids = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
        torch.manual_seed(0)
        with torch.device("cuda"):
            model = AutoModelForCausalLM.from_config(LlamaConfig(**_LLAMA_8B, **ids), dtype=torch.bfloat16)
        model.save_pretrained(folder, max_shard_size="5GB")
        (folder / "model.safetensors").unlink(missing_ok=True)  # the toy's own
    upload_folder(lake.store, folder, "models/base")


def _pairs(train: int) -> Iterator[dict[str, Any]]:
    text = " ".join(path.read_text("utf-8") for path in sorted(ARTICLES.glob("*.md")))
    last = len(text) - _CHOSEN_CHARS - _REJECTED_CHARS
    for number in range(train + _TEST_PAIRS):
        start = number * 997 % last
        middle = start + _CHOSEN_CHARS
        texts = {"chosen": text[start:middle], "rejected": text[middle : middle + _REJECTED_CHARS]}
        yield pair(number, "train" if number < train else "test") | texts


def _train(lake: Lake, version: int, backend: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Run the trainer in a process of its own; return its result. Exits where it ended otherwise than trained."""
    from ownvoice.training.recipe import TrainingRecipe
    from ownvoice.training.run import TrainingRun, write_training_run

    recipe = TrainingRecipe(base_model="lake:models/base", **{"backend": backend} | changes)
    run = TrainingRun(run_id=backend, lake=lake.uri, dataset_version=version, recipe=recipe)
    command = [sys.executable, "-m", "ownvoice.training", "--recipe", write_training_run(lake, run)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    result: dict[str, Any] = lake.read_json(run.keys.result) or {}
    if "merge" not in result and result.get("exit") != "MERGE_MISMATCH":
        sys.exit(f"{backend} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return result


def _table(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    device = next(iter(results.values()))["device"]
    yield f"on {device}; tokens are those without padding"
    yield "backend    tokens/s     MFU  padding  first step s  step s  peak GiB  merge"
    for backend, result in results.items():
        speed, mfu = result["speed"], result["speed"]["mfu"]
        yield (
            f"{backend:9}{speed['tokens_per_s']:10,.0f}{'-' if mfu is None else f'{mfu:.1%}':>8}"
            f"{speed['padding_share']:9.1%}{speed['first_step_s']:14.2f}{speed['median_step_s']:8.2f}"
            f"{result['peak_memory_bytes'] / 2**30:10.2f}  {_merge(result)}"
        )


def _merge(result: dict[str, Any]) -> str:
    if "merge" not in result:
        return str(result["message"])
    merge = result["merge"]
    return f"{merge['dtype']}, {merge['kl_merged_nats']:.1e} nats away, {merge['kept_median']:.0%} of the change kept"


def _holds(results: dict[str, dict[str, Any]]) -> bool:
    unsloth, trl = results["unsloth"]["speed"], results["trl"]["speed"]
    return (unsloth["mfu"] or 0) >= _MFU and unsloth["tokens_per_s"] >= trl["tokens_per_s"]


if __name__ == "__main__":
    sys.exit(main())
