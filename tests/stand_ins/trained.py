"""What a trainer leaves in the lake, without one: the files of a run, with curves of a chosen kind.

As a script it takes the place of the trainer's Python. `OWNVOICE_TRAINER_STAND_IN_CURVES` chooses the curves;
`OWNVOICE_TRAINER_STAND_IN_EXIT` ends a first try with that code, or as `variant:code` that of one variant alone;
answering is done by `stand_ins.answered`, which
`OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT` ends with that code; publishing is the real module, which needs no torch.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import time
from pathlib import Path
from typing import Any

from ownvoice.errors import Exit
from ownvoice.storage.lake import Lake
from ownvoice.training.health.evidence import Merge
from ownvoice.training.health.judge import judge
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, read_training_run, write_training_run
from ownvoice.training.subset import subset_of
from ownvoice.training.version_pairs import read_pairs
from stand_ins.answered import answer_job, shares_from_environment

SHARD = b"\x08\x00\x00\x00\x00\x00\x00\x00{}      " + bytes(3_000_000)


def curves(kind: str, steps: int = 20) -> list[dict[str, Any]]:
    """Return the rows of a `metrics.jsonl`: `good` learns steadily, `block` makes the author's text unlikely.

    `spike` learns steadily too, with one spike of the gradient norm, of which a health rule warns; so does `learning`,
    to a margin on the test split that grows with the train pairs (`leave_trained_run`).
    """
    chosen = -0.6 if kind == "block" else 0.02
    rows: list[dict[str, Any]] = [
        {"step": step, "loss": 0.6931 - 0.012 * (step - 1), "grad_norm": 1.0, "learning_rate": 1e-6 * (steps - step),
         "rewards/chosen": chosen * step, "rewards/rejected": (chosen - 0.03) * step, "rewards/margins": 0.03 * step,
         "rewards/accuracies": min(0.9, 0.05 * step)}
        for step in range(1, steps + 1)
    ]  # fmt: skip
    if kind == "spike":
        rows[9]["grad_norm"] = 40.0
    return [*rows, {"step": steps, "eval_loss": 0.52, "eval_rewards/accuracies": 0.8, "eval_rewards/margins": 0.5}]


def leave_trained_run(
    lake: Lake, run: TrainingRun, kind: str = "good", shards: int = 2, kept_least: float = 0.7
) -> dict[str, Any]:
    """Write all that a trained run leaves; return its result. Rounding keeps `kept_least` of a module's change."""
    pairs = read_pairs(lake, run.dataset_version)
    train = subset_of(pairs.train, run.recipe)
    metrics = curves(kind)
    if kind == "learning":
        metrics[-1] |= {"eval_rewards/margins": 1 - 2 * len(train) ** -0.5 + 0.01 * (run.recipe.seed % 3)}
    merge = Merge(
        dtype="float16", kl_merged_nats=2e-7, kl_base_nats=3e-3, kept_least=kept_least,
        kept_least_module="model.layers.0.mlp.up_proj", kept_median=0.8,
    )  # fmt: skip
    result = {
        "run_id": run.run_id, "recipe_id": run.recipe.recipe_id, "recipe": run.recipe.model_dump(mode="json"),
        "device": "cpu", "image": "registry.example/trainer@sha256:0123", "versions": {"trl": "1.15.0"},
        "dataset": {"version": pairs.version.number, "digest": pairs.version.digest},
        "base": {"name": run.recipe.base_model, "commit": "c0ffee" * 6},
        "rows": {"train": run.mixture.rows if run.mixture else len(train) - 1, "test": len(pairs.test)},
        "rows_left_out": {"train": {"longer_than_max_length": 1}, "test": {}},
        "left_out_pair_ids": {"train": [train[0].pair_id], "test": []},
        "steps": metrics[-1]["step"], "resumed_from_step": None, "first_loss": metrics[0]["loss"],
        "final": metrics[-2], "test": metrics[-1],
        "health": judge(metrics, merge).model_dump(mode="json"),
        "merge": merge.model_dump(mode="json"),
        "peak_memory_bytes": 1 << 30, "speed": {"tokens_per_s": 900.0, "padding_share": 0.1, "mfu": None},
        "total_seconds": 12.5, "estimated_usd": 0.25, "exit": Exit.TRAINED.name, "message": None,
    }  # fmt: skip
    result |= _of_mixture(run)
    for number in range(1, shards + 1):
        name = f"model-{number:05}-of-{shards:05}.safetensors"
        lake.store.write(f"{run.keys.folder}/merged/{name}", SHARD + run.run_id.encode() + bytes([number]))
    lake.store.write(f"{run.keys.folder}/merged/config.json", b'{"model_type": "llama"}')
    lake.store.write(f"{run.keys.folder}/merged/ref/adapter_model.safetensors", b"never to be published")
    lake.store.write(f"{run.keys.folder}/adapter/adapter_model.safetensors", b"kept in the lake")
    lake.store.write(f"{run.keys.folder}/checkpoints/checkpoint-4/model.safetensors", b"kept in the lake")
    lake.store.write(run.keys.metrics, "".join(f"{json.dumps(row)}\n" for row in metrics).encode())
    lake.write_json(run.keys.samples, [{"question": "Why?", "base": "Because.", "trained": "I wonder."}])
    lake.write_json(run.keys.result, result)
    return result


def _of_mixture(run: TrainingRun) -> dict[str, Any]:
    """Return what differs in the result of a run with a mixture: nothing of it is left out."""
    if run.mixture is None:
        return {}
    return {
        "mixture": run.mixture.model_dump(mode="json"),
        "rows_left_out": {"train": {}, "test": {}},
        "left_out_pair_ids": {"train": [], "test": []},
    }


def trained_run(lake: Lake, version: int, run_id: str = "night", **recipe: Any) -> TrainingRun:
    """Plan a training on a version and leave all that it leaves; return it."""
    fields = TrainingRecipe(base_model="lake:models/toy", **recipe)
    run = TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=version, recipe=fields)
    write_training_run(lake, run)
    leave_trained_run(lake, run, shards=1)
    return run


def main() -> int:
    """Do what the arguments of the trainer ask for; return the exit code."""
    module, *arguments = sys.argv[2:]
    if module == "ownvoice.training.answering":
        ends = Exit(int(os.environ.get("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT", "0")))
        return answer_job(arguments[arguments.index("--job") + 1], shares_from_environment(), ends)
    if module != "ownvoice.training":
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__")
    run = read_training_run(arguments[arguments.index("--recipe") + 1])
    lake = Lake(run.lake)
    tries = (lake.read_json(f"{run.keys.folder}/tries.json") or 0) + 1
    lake.write_json(f"{run.keys.folder}/tries.json", tries)
    print(f"training {run.run_id}, try {tries}; a key is {'there' if os.environ.get('HF_TOKEN') else 'not there'}")
    variant, _, code = os.environ.get("OWNVOICE_TRAINER_STAND_IN_EXIT", "0").rpartition(":")
    if int(code) and tries == 1 and run.run_id.endswith(variant):
        return int(code)
    if marker := os.environ.get("OWNVOICE_TRAINER_STAND_IN_HANG"):
        Path(marker).write_text(str(os.getpid()))
        time.sleep(600)
    leave_trained_run(lake, run, os.environ.get("OWNVOICE_TRAINER_STAND_IN_CURVES", "good"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
