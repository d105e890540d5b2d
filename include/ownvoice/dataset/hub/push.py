"""The push: the newest version becomes one commit of a dataset repository on the Hub, or nothing does.

Shards are written, sent and removed a few at a time, so memory holds a few and the disk one refresh at most. A push
that is killed leaves the repository as it was; what it has sent is not sent again. The commit is made only on top of
the one that was looked at, and a repeated push finds nothing to commit.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.card import dataset_card
from ownvoice.dataset.hub.facts import facts_of
from ownvoice.dataset.hub.record import Pushed, dates_changed, last_push, record_push
from ownvoice.dataset.hub.shards import is_shard, shards_of, write_shards
from ownvoice.storage.hub import hub_faults
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, version_or_latest

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

_SENT_AT_ONCE_BYTES = 64 << 20
_SENT_AT_ONCE_FILES = 100

CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be pushed: the card, and the size in bytes of each shard by its path."""

    version: DatasetVersion
    card: str
    sizes: dict[str, int]


def draft(lake: Lake, target: HubDataset) -> Draft:
    """Put together what the newest version would be on the Hub, which is not asked. Raises as `push_to_hub` does."""
    version = version_or_latest(lake, None)
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for path, file in _written(lake, version, None, Path(folder)):
            sizes[path] = file.stat().st_size
            file.unlink()
    return Draft(version, _card(lake, version, target), sizes)


def push_to_hub(lake: Lake, api: HfApi, target: HubDataset) -> Pushed:
    """Push the newest version to `target` and record it in the lake; the repository is made where it is not there.

    Raises `StorageError` where there is no version, `HubAccessError` where the Hub refuses, and `HubUnavailableError`
    where it is away or where somebody else wrote to the repository in the meantime.
    """
    version = version_or_latest(lake, None)
    card = _card(lake, version, target)
    with hub_faults(target.repo_id), tempfile.TemporaryDirectory() as folder:
        repository = _Repository(api, target)
        dates = _dates_to_look_at(lake, version, target.repo_id, repository.head)
        kept = set()
        for path, file in _written(lake, version, dates, Path(folder)):
            kept.add(path)
            repository.put(path, file)
        gone = [path for path in repository.present if is_shard(path, dates) and path not in kept]
        revision = repository.commit(f"Version {version.number}: {version.pairs} pairs", card, gone)
    pushed = Pushed(target.repo_id, version.number, version.digest, revision)
    record_push(lake, pushed)
    return pushed


def _card(lake: Lake, version: DatasetVersion, target: HubDataset) -> str:
    return dataset_card(target, facts_of(lake, version))


def _dates_to_look_at(lake: Lake, version: DatasetVersion, repo_id: str, head: str) -> set[str] | None:
    """Return the refresh dates whose shards may differ from what the Hub holds at `head`; None for all of them."""
    last = last_push(lake, repo_id)
    if last is None or last.revision != head:  # a first push, a killed one, or another writer's commit
        return None
    return dates_changed(lake, last.version, version.number)


def _written(
    lake: Lake, version: DatasetVersion, dates: Collection[str] | None, folder: Path
) -> Iterator[tuple[str, Path]]:
    table = lake.table("pairs", version.number)
    assert table is not None, "a committed version has its table"
    for shards in shards_of(lake, version, dates):
        yield from write_shards(table, shards, folder)


class _Repository:
    """The dataset repository at its head: the files there by path, and the commit that is being made."""

    def __init__(self, api: HfApi, target: HubDataset) -> None:
        self._api = api
        self._repo_id = target.repo_id
        api.create_repo(target.repo_id, repo_type="dataset", private=target.private, exist_ok=True)
        self.head = str(api.repo_info(target.repo_id, repo_type="dataset", revision="main").sha)
        self.present: Mapping[str, str | None] = dict(self._tree())
        self._additions: list[CommitOperationAdd] = []
        self._waiting: dict[Path, CommitOperationAdd] = {}

    def _tree(self) -> Iterator[tuple[str, str | None]]:
        """Yield each path and the SHA-256 of its content, which is None where it is a folder or Git keeps it itself."""
        for entry in self._api.list_repo_tree(self._repo_id, repo_type="dataset", revision=self.head, recursive=True):
            lfs = getattr(entry, "lfs", None)
            yield entry.path, str(lfs.sha256) if lfs else None

    def put(self, path: str, file: Path) -> None:
        """Send `file`, now or with others, unless it is there already; then remove the local file."""
        from huggingface_hub import CommitOperationAdd

        if self.present.get(path) == _sha256(file):
            file.unlink()
            return
        self._waiting[file] = CommitOperationAdd(path, file)
        if (
            len(self._waiting) >= _SENT_AT_ONCE_FILES
            or sum(one.stat().st_size for one in self._waiting) >= _SENT_AT_ONCE_BYTES
        ):
            self._send()

    def _send(self) -> None:
        self._api.preupload_lfs_files(self._repo_id, list(self._waiting.values()), repo_type="dataset")
        for file, addition in self._waiting.items():
            if addition.path_or_fileobj == b"":  # so the client says that it has sent it; Git's own go with the commit
                file.unlink()
        self._additions += self._waiting.values()
        self._waiting.clear()

    def commit(self, title: str, card: str, gone: list[str]) -> str:
        """Commit the files, the card and the removal of `gone`; return the commit, or the head if nothing changes."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        if self._waiting:
            self._send()
        deletions: list[CommitOperationDelete] = [CommitOperationDelete(path) for path in gone]
        operations = [*self._additions, CommitOperationAdd(CARD, card.encode()), *deletions]
        done = self._api.create_commit(
            self._repo_id, operations, commit_message=title, repo_type="dataset", parent_commit=self.head
        )
        return str(done.oid)


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
