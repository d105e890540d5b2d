"""Checkpoints in the lake, uploaded during training; only the same recipe, data, base and image resume from them.

A checkpoint is complete once its `checkpoint.json` exists, which is written last.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel

from ownvoice.errors import DamagedError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
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


class _Marker(BaseModel):
    """`checkpoint.json`: the identity, and the SHA-256 of each other file of the checkpoint by its name."""

    recipe_id: str
    dataset_digest: str
    base_commit: str
    image: str
    step: int
    files: dict[str, str]


def keep_checkpoint(lake: Lake, keys: RunKeys, step: int, folder: Path, identity: Identity) -> None:
    """Upload the checkpoint in `folder`; then delete all but the newest few."""
    prefix = keys.checkpoint(step)
    lake.store.delete(f"{prefix}/{_MARKER}")
    upload_folder(lake.store, folder, prefix)
    marker = _Marker(**asdict(identity), step=step, files=file_hashes(folder))
    lake.write_json(f"{prefix}/{_MARKER}", marker.model_dump())
    for old in _steps(lake, keys)[_KEPT:]:
        delete_folder(lake.store, keys.checkpoint(old))


def fetch_last_checkpoint(lake: Lake, keys: RunKeys, identity: Identity, folder: Path) -> tuple[int | None, list[str]]:
    """Download the newest usable checkpoint into `folder`; return its step or None, and why others were skipped."""
    passed_over: list[str] = []
    for step in _steps(lake, keys):
        reason = _reason_against(lake, keys, step, identity, folder / f"checkpoint-{step}")
        if reason is None:
            return step, passed_over
        passed_over.append(f"checkpoint step-{step} {reason}")
    return None, passed_over


def _reason_against(lake: Lake, keys: RunKeys, step: int, identity: Identity, target: Path) -> str | None:
    """Download a checkpoint into `target`; where it cannot be used, leave nothing there and return why."""
    prefix = keys.checkpoint(step)
    try:
        marker = lake.read_record(f"{prefix}/{_MARKER}", _Marker.model_validate)
    except DamagedError:
        return f"is damaged in the lake: its {_MARKER} cannot be read"
    if marker is None:
        return "was never finished"
    if reason := next(_differences(marker, identity), None):
        return reason
    download_folder(lake.store, prefix, target)
    (target / _MARKER).unlink()
    found = file_hashes(target)
    if wrong := sorted(name for name, _ in found.items() ^ marker.files.items()):
        shutil.rmtree(target)
        return f"is damaged in the lake: {wrong[0]} is not the file that was stored"
    return None


def _differences(marker: _Marker, identity: Identity) -> Iterator[str]:
    for name, wanted in asdict(identity).items():
        if (other := getattr(marker, name)) != wanted:
            yield f"has another {name.replace('_', ' ')} ({other}, not {wanted})"


def _steps(lake: Lake, keys: RunKeys) -> list[int]:
    found = (
        re.match(r"/step-(\d+)/", one.key.removeprefix(keys.checkpoints))
        for one in lake.store.objects(keys.checkpoints)
    )
    return sorted({int(match[1]) for match in found if match}, reverse=True)
