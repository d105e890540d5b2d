"""What tests of the training DAG start from: a lake with dataset version 1, and an interpreter that trains nothing."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.places import TESTS

SMALL = {"backend": "trl", "accumulation_steps": 1, "warmup_steps": 1, "base_model": "lake:models/toy"}
ALONE: dict[str, Any] = {
    "variants": {},
    "publish_variant": None,
    "learning_curve": False,
    "hub_repository": None,
    "promote": None,
}


def lake_with_a_version(folder: Path) -> Lake:
    """Make a lake with dataset version 1, which has pairs on both sides of the split, and a base in it."""
    return filled(Lake((folder / "lake").as_uri()))


def filled(lake: Lake) -> Lake:
    """Commit that version to an empty lake, and put the base into it; return the lake."""
    commit_pairs(lake, small_dataset())
    return with_a_base(lake)


def with_a_base(lake: Lake) -> Lake:
    """Put the base into a lake; return the lake."""
    for name in ("config.json", "model.safetensors"):  # a base to be found; the stand-in loads none
        lake.store.write(f"models/toy/{name}", b"{}")
    return lake


def stand_in_python(folder: Path) -> str:
    """Write an executable that takes the place of the trainer's Python; return its path."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{TESTS / "stand_ins" / "trained.py"}" "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def filled_in(dag: Any, form: dict[str, Any]) -> dict[str, Any]:
    """Return the whole form: a DAG object keeps what an earlier test() filled in."""
    return {name: param.value for name, param in dag.params.items()} | SMALL | ALONE | form


def states(dag_run: Any) -> dict[str, str]:
    """Return the state of every task."""
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}
