"""The Hub without what is withdrawn: a new version first, then a history of one commit, then the old files for good.

What the Hub keeps in spite of that, or refuses, is named and not promised: tags, pull requests, its own converted
copies, and every download.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.push import push_to_hub
from ownvoice.dataset.hub.shards import is_shard
from ownvoice.errors import HubAccessError, HubUnavailableError, OwnvoiceError
from ownvoice.storage.hub import hub_faults
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import PUSHES
from ownvoice.storage.versions import latest_version

if TYPE_CHECKING:
    from huggingface_hub import GitRefs, HfApi
    from huggingface_hub.hf_api import LFSFileInfo

Client = Callable[[], "HfApi"]
"""Opens the Hub. Raises `SettingsError` where there is no token."""


@dataclass(slots=True)
class Cleared:
    """What was done with one dataset repository; `left` has a sentence for each thing that is still there."""

    repo_id: str
    version: int | None = None
    revision: str = ""
    squashed: tuple[str, ...] = ()
    files: int = 0
    size_bytes: int = 0
    left: list[str] = field(default_factory=list)


def pushed_repositories(lake: Lake) -> list[str]:
    """Return every dataset repository that a version of this lake was pushed to."""
    return sorted({str(PurePosixPath(one.key).parent.relative_to(PUSHES)) for one in lake.store.objects(PUSHES)})


def clear_hub(lake: Lake, repo_id: str, open_hub: Client, target: HubDataset | None) -> Cleared:
    """Take the rows out of a dataset repository and out of its history; repeated, it does what is left to do.

    `target` is what the settings say of the repository. A refusal of the Hub, or that it is away, is in `left`.
    """
    done = Cleared(repo_id)
    try:
        api = open_hub()
        if latest_version(lake):
            pushed = push_to_hub(lake, api, _as_named(repo_id, target))
            done.version, done.revision = pushed.version, pushed.revision
        with hub_faults(repo_id):
            _clear(api, repo_id, done)
    except OwnvoiceError as error:
        if not isinstance(error, HubAccessError | HubUnavailableError) and error.exit_code.name != "BAD_RECIPE":
            raise
        done.left.append(str(error))
    return done


def _as_named(repo_id: str, target: HubDataset | None) -> HubDataset:
    return target if target and target.repo_id.lower() == repo_id.lower() else HubDataset(repo_id)


def _clear(api: HfApi, repo_id: str, done: Cleared) -> None:
    refs = api.list_repo_refs(repo_id, repo_type="dataset", include_pull_requests=True)
    for branch in refs.branches:
        api.super_squash_history(
            repo_id,
            branch=branch.name,
            repo_type="dataset",
            commit_message="Begin a history without what was withdrawn",
        )
        done.squashed = (*done.squashed, branch.name)
    if old := list(_old_files(api, repo_id, refs)):
        api.permanently_delete_lfs_files(repo_id, old, rewrite_history=True, repo_type="dataset")
        done.files, done.size_bytes = len(old), sum(file.size for file in old)
    done.left += _left(api, repo_id, refs)


def _old_files(api: HfApi, repo_id: str, refs: GitRefs) -> Iterator[LFSFileInfo]:
    """Yield the shards that Ownvoice pushed and that the main branch has no more."""
    kept = _present(api, repo_id, "main")
    for file in api.list_lfs_files(repo_id, repo_type="dataset"):
        if file.file_oid not in kept and is_shard(file.filename or "", None):
            yield file


def _present(api: HfApi, repo_id: str, revision: str) -> set[str]:
    tree = api.list_repo_tree(repo_id, repo_type="dataset", revision=revision, recursive=True)
    return {str(entry.lfs.sha256) for entry in tree if getattr(entry, "lfs", None)}


def _left(api: HfApi, repo_id: str, refs: GitRefs) -> Iterator[str]:
    """Yield a sentence for each thing that may still hold rows, as the Hub says after all is done."""
    if old := list(_old_files(api, repo_id, refs)):
        yield f"{len(old)} old files are still listed by the Hub; run the takedown again, or write to its support"
    for kind, found in (
        ("tag", refs.tags),
        ("pull request", refs.pull_requests or ()),
        ("converted copy, which the Hub makes and removes itself", refs.converts),
    ):
        for ref in found:
            yield f"{ref.ref} ({kind}) keeps commits of before; delete it in the Hub's settings of {repo_id}"
