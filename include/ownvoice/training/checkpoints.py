"""Checkpoints in the lake: kept while training goes on, and taken up only by the same recipe, data, base and image.

A checkpoint counts from the moment its `checkpoint.json`, written last, stands beside its files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ownvoice.lake import Lake
from ownvoice.training.folders import delete_folder, download_folder, upload_folder

_MARKER = "checkpoint.json"
_KEPT = 2  # the newest, and one to fall back on where it is damaged


@dataclass(frozen=True, slots=True)
class Identity:
    """What has to be equal for one run to go on from a checkpoint of another try."""

    recipe_id: str
    dataset_digest: str
    base_commit: str
    image: str


def keep_checkpoint(lake: Lake, run_folder: str, step: int, folder: Path, identity: Identity) -> None:
    """Put the checkpoint in `folder` into the lake; then remove all but the newest few."""
    prefix = f"{run_folder}/checkpoints/step-{step}"
    lake.store.delete(f"{prefix}/{_MARKER}")
    upload_folder(lake.store, folder, prefix)
    lake.write_json(f"{prefix}/{_MARKER}", asdict(identity) | {"step": step, "files": _hashes(folder)})
    for old in _steps(lake, run_folder)[_KEPT:]:
        delete_folder(lake.store, f"{run_folder}/checkpoints/step-{old}")


def fetch_last_checkpoint(
    lake: Lake, run_folder: str, identity: Identity, folder: Path
) -> tuple[int | None, list[str]]:
    """Bring the newest usable checkpoint into `folder`; return its step, or None, and why others were passed over."""
    passed_over = []
    for step in _steps(lake, run_folder):
        prefix = f"{run_folder}/checkpoints/step-{step}"
        marker = lake.read_json(f"{prefix}/{_MARKER}")
        if reason := next(_reasons_against(marker, identity), None):
            passed_over.append(f"checkpoint step-{step} {reason}")
            continue
        target = folder / f"checkpoint-{step}"
        download_folder(lake.store, prefix, target)
        (target / _MARKER).unlink()
        if _hashes(target) == marker["files"]:
            return step, passed_over
        passed_over.append(f"checkpoint step-{step} is damaged in the lake")
    return None, passed_over


def _reasons_against(marker: dict[str, Any] | None, identity: Identity) -> Iterator[str]:
    if marker is None:
        yield "was never finished"
        return
    for name, wanted in asdict(identity).items():
        if marker[name] != wanted:
            yield f"has another {name.replace('_', ' ')} ({marker[name]}, not {wanted})"


def _steps(lake: Lake, run_folder: str) -> list[int]:
    names = lake.store.folders(f"{run_folder}/checkpoints")
    return sorted((int(name.removeprefix("step-")) for name in names), reverse=True)


def _hashes(folder: Path) -> dict[str, str]:
    hashes = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            hashes[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes
