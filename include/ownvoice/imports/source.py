"""Where the files of a set are read from: a folder or file, in a bucket or here, or the Hub at one commit.

Only data files are read. No loading script is ever run, and a branch of the Hub is looked up once: the commit that it
names is what is read and recorded.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Protocol

from ownvoice.errors import SettingsError
from ownvoice.imports.known_set import KnownSet
from ownvoice.imports.read_rows import SUFFIXES
from ownvoice.storage.hub import hub_client, hub_faults
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore


class Source(Protocol):
    """The files of one revision of a set."""

    @property
    def revision(self) -> str:
        """The commit on the Hub, or `sha256-` and a hash of the files' names and bytes."""

    @property
    def place(self) -> str:
        """Where the files stand, for people."""

    @property
    def files(self) -> Sequence[str]:
        """Their names, in order."""

    def opened(self, file: str) -> AbstractContextManager[Path]:
        """Lend one of them as a file of this machine."""


def open_source(lake: Lake, known: KnownSet, path: str | None, revision: str | None) -> Source:
    """Return the files of a set below `path`, or on the Hub at `revision`; the set's own branch where none is named.

    Raises `SettingsError` where no file is there, `HubAccessError` and `HubUnavailableError`.
    """
    if path and revision:
        raise SettingsError("give --path or --revision, not both: files have the revision that their bytes say.")
    return _stored_files(lake, known, path) if path else _hub_files(known, revision)


@dataclass(frozen=True, slots=True)
class _StoredFiles:
    store: ObjectStore
    revision: str
    files: tuple[str, ...]

    @property
    def place(self) -> str:
        return self.store.uri

    @contextmanager
    def opened(self, file: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, PurePosixPath(file).name)
            self.store.download(file, path)
            yield path


@dataclass(frozen=True, slots=True)
class _HubFiles:
    repo: str
    revision: str
    files: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.repo} on the Hub"

    @contextmanager
    def opened(self, file: str) -> Iterator[Path]:
        with hub_faults(self.repo, "read"):
            client = hub_client(os.environ.get("HF_TOKEN"))
            path = client.hf_hub_download(self.repo, file, repo_type="dataset", revision=self.revision)
        yield Path(path)


def _stored_files(lake: Lake, known: KnownSet, path: str) -> _StoredFiles:
    uri = path if "://" in path else Path(path).expanduser().resolve().as_uri()
    folder, _, name = uri.rstrip("/").rpartition("/")
    if not _is_data(name):
        folder, name = uri.rstrip("/"), ""
    store = ObjectStore(folder, lake.store.access)
    listed = [name] if name and store.stat(name) else [] if name else [one.key for one in store.objects()]
    files = tuple(listed) if name else _wanted(known, sorted(one for one in listed if _is_data(one)))
    if not files:
        raise SettingsError(
            f"{path} holds no file of {known.name}: none of {', '.join(SUFFIXES)} is there. Name a file or a folder."
        )
    return _StoredFiles(store, _hash_of(store, files), files)


def _is_data(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _wanted(known: KnownSet, files: Sequence[str]) -> tuple[str, ...]:
    """Return the files that the set declares, by path or else by name; all where none is of them."""
    by_path = [one for one in files if any(fnmatch(one, pattern) for pattern in known.files)]
    names = {PurePosixPath(pattern).name for pattern in known.files}
    by_name = [one for one in files if any(fnmatch(PurePosixPath(one).name, name) for name in names)]
    return tuple(by_path or by_name or files)


def _hash_of(store: ObjectStore, files: Sequence[str]) -> str:
    seal = hashlib.sha256()
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "file")
            store.download(file, path)
            with path.open("rb") as opened:
                seal.update(f"{file}\n{hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    return f"sha256-{seal.hexdigest()}"


def _hub_files(known: KnownSet, revision: str | None) -> _HubFiles:
    with hub_faults(known.repo, "read"):
        client = hub_client(os.environ.get("HF_TOKEN"))
        commit = client.repo_info(known.repo, repo_type="dataset", revision=revision or known.ref).sha
        tree = client.list_repo_tree(known.repo, repo_type="dataset", revision=commit, recursive=True)
        names = sorted(entry.path for entry in tree)
    files = tuple(one for one in names if any(fnmatch(one, pattern) for pattern in known.files))
    if not files:
        raise SettingsError(
            f"{known.repo} has none of the files {', '.join(known.files)} at {commit}. "
            "Name a --revision that has them, or download them and name their --path."
        )
    return _HubFiles(known.repo, str(commit), files)
