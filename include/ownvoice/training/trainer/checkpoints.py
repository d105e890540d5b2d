"""Checkpoints in the lake, uploaded during training; only the same recipe, data, base and image resume from them.

A checkpoint is complete once its `checkpoint.json` exists, which is written last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.training.trainer.folders import delete_folder, download_folder, file_hashes, upload_folder

_MARKER = "checkpoint.json"
_KEPT = 2  # the newest, and one to fall back on if that is damaged


@dataclass(frozen=True, slots=True)
class Identity:
    """The facts that must be equal for a try to resume from a checkpoint."""

    recipe_id: str
    dataset_digest: str
    base_commit: str
    image: str


def keep_checkpoint(lake: Lake, keys: RunKeys, step: int, folder: Path, identity: Identity) -> None:
    """Upload the checkpoint in `folder`; then delete all but the newest few."""
    prefix = keys.checkpoint(step)
    lake.store.delete(f"{prefix}/{_MARKER}")
    upload_folder(lake.store, folder, prefix)
    lake.write_json(f"{prefix}/{_MARKER}", asdict(identity) | {"step": step, "files": file_hashes(folder)})
    for old in _steps(lake, keys)[_KEPT:]:
        delete_folder(lake.store, keys.checkpoint(old))


def fetch_last_checkpoint(lake: Lake, keys: RunKeys, identity: Identity, folder: Path) -> tuple[int | None, list[str]]:
    """Download the newest usable checkpoint into `folder`; return its step or None, and why others were skipped."""
    passed_over = []
    for step in _steps(lake, keys):
        prefix = keys.checkpoint(step)
        marker = lake.read_json(f"{prefix}/{_MARKER}")
        if reason := next(_reasons_against(marker, identity), None):
            passed_over.append(f"checkpoint step-{step} {reason}")
            continue
        target = folder / f"checkpoint-{step}"
        download_folder(lake.store, prefix, target)
        (target / _MARKER).unlink()
        if file_hashes(target) == marker["files"]:
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


def _steps(lake: Lake, keys: RunKeys) -> list[int]:
    found = (found.key for found in lake.store.objects(keys.checkpoints))
    return sorted({int(key.split("/step-")[1].split("/")[0]) for key in found}, reverse=True)
