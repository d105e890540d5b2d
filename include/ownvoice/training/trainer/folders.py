"""Copying folders between disk and lake, and waiting for a store that is unavailable for minutes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ownvoice.errors import StorageUnavailableError
from ownvoice.storage.stores import ObjectStore

_T = TypeVar("_T")

_PATIENCE_S = 600.0  # waiting for minutes costs less than repeating the GPU hours behind an upload
_PAUSE_S = 10.0


def patiently(call: Callable[[], _T], say: Callable[[str], None] = print, patience_s: float = _PATIENCE_S) -> _T:
    """Repeat a call until the store answers. Raises the last error once `patience_s` is over."""
    give_up = time.monotonic() + patience_s
    while True:
        try:
            return call()
        except StorageUnavailableError as error:
            if time.monotonic() > give_up:
                raise
            say(f"waiting for the store: {error}")
            time.sleep(min(_PAUSE_S, patience_s))


def upload_folder(store: ObjectStore, folder: Path, prefix: str) -> dict[str, int]:
    """Put every file below `folder` under `prefix`; return their sizes in bytes by relative name."""
    sizes = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        store.upload(f"{prefix}/{name}", path)
        sizes[name] = path.stat().st_size
    return sizes


def download_folder(store: ObjectStore, prefix: str, folder: Path) -> list[str]:
    """Write every object under `prefix` below `folder`; return their relative names, sorted."""
    names = sorted(found.key.removeprefix(f"{prefix}/") for found in store.objects(prefix))
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        store.download(f"{prefix}/{name}", path)
    return names


def delete_folder(store: ObjectStore, prefix: str) -> None:
    """Remove everything under `prefix`."""
    for found in list(store.objects(prefix)):
        store.delete(found.key)


def folder_sha256(folder: Path) -> str:
    """Return one hash over the names and bytes of all files below `folder`."""
    total = hashlib.sha256()
    for name, digest in file_hashes(folder).items():
        total.update(f"{name}\0{digest}\n".encode())
    return total.hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below `folder`, by relative name."""
    hashes = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            hashes[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes
