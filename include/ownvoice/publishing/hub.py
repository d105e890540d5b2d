"""A model repository on the Hub: one commit on a pull request, merged, tagged, and the branch of the champion.

Each step is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from ownvoice.errors import HubMismatchError
from ownvoice.storage.hub import CHANGED, hub_faults

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, GitRefInfo, HfApi

# Files of an earlier model that no loader may find beside this one; other files of the owner stay.
_WEIGHTS = (".safetensors", ".safetensors.index.json", ".bin", ".bin.index.json")


@dataclass(frozen=True, slots=True)
class File:
    """A file to publish: its size in bytes, and how to read it once it is needed."""

    size: int
    open: Callable[[], bytes | BinaryIO]


class HubRepository:
    """One model repository. Raises `HubAccessError`, `HubUnavailableError` and `HubMismatchError`."""

    def __init__(self, api: HfApi, repo_id: str) -> None:
        self._api = api
        self.repo_id = repo_id

    def publish(self, tag: str, title: str, files: Mapping[str, File], *, private: bool) -> str:
        """Publish `files` as the model, tag the commit and return it.

        An interrupted call is continued: from its tag, its open pull request or its merged commit.
        """
        with hub_faults(self.repo_id):
            self._api.create_repo(self.repo_id, private=private, exist_ok=True)
            if revision := self._tagged(tag):
                return revision
            number = self._proposed(title) or self._propose(title, files)
            if number is not None:
                self._merge(number)
            revision = self._head()
            self._check(revision, files)
            self._api.create_tag(self.repo_id, tag=tag, revision=revision, exist_ok=True)
            return revision

    def point(self, branch: str, revision: str, title: str, description: str) -> str:
        """Let `branch` hold the files of `revision` and no others: made there, or moved in one commit.

        Return the commit of the branch that holds them, which has an id of its own where it was moved.

        A reader of the branch finds the files of before or all of these; one that holds them already gets no commit. A
        tag could only be deleted and made again, so that a reader in between found neither (docs/decisions/0048).
        """
        with hub_faults(self.repo_id):
            refs = self._api.list_repo_refs(self.repo_id)
            self._refuse_tag(branch, refs.tags)
            head: str | None = next((found.target_commit for found in refs.branches if found.name == branch), None)
            if head is None:
                self._api.create_branch(self.repo_id, branch=branch, revision=revision)
                return revision
            if operations := self._difference(head, revision):
                moved = self._api.create_commit(
                    self.repo_id,
                    operations,
                    commit_message=title,
                    commit_description=description,
                    revision=branch,
                    parent_commit=head,
                )
                return str(moved.oid)
            return head

    def _refuse_tag(self, branch: str, tags: Iterable[GitRefInfo]) -> None:
        if any(found.name == branch for found in tags):
            raise HubMismatchError(
                f"{self.repo_id} has a tag {branch}, and a branch of that name would be taken for it. Delete the tag "
                "or rename it, then run again."
            )

    def _difference(self, head: str, revision: str) -> list[CommitOperationCopy | CommitOperationDelete]:
        """Return what turns the files at `head` into those at `revision`; weights are copied on the Hub, not sent."""
        from huggingface_hub import CommitOperationCopy, CommitOperationDelete

        held, wanted = self._blobs(head), self._blobs(revision)
        gone = [CommitOperationDelete(path) for path in sorted(held.keys() - wanted.keys())]
        changed = sorted(path for path, blob in wanted.items() if held.get(path) != blob)
        return [*gone, *(CommitOperationCopy(path, path, src_revision=revision) for path in changed)]

    def _blobs(self, revision: str) -> dict[str, str]:
        """Return the id of each file's content by path."""
        tree = self._api.list_repo_tree(self.repo_id, revision=revision, recursive=True)
        return {entry.path: entry.blob_id for entry in tree if hasattr(entry, "blob_id")}  # a folder has none

    def _tagged(self, tag: str) -> str | None:
        tags = self._api.list_repo_refs(self.repo_id).tags
        return next((found.target_commit for found in tags if found.name == tag), None)

    def _head(self) -> str:
        return str(self._api.repo_info(self.repo_id, revision="main").sha)

    def _proposed(self, title: str) -> int | None:
        found = self._api.get_repo_discussions(self.repo_id, discussion_type="pull_request", discussion_status="open")
        return next((one.num for one in found if one.title == title), None)

    def _propose(self, title: str, files: Mapping[str, File]) -> int | None:
        """Upload, and open the pull request; None where the Hub has all of it already."""
        head = self._head()
        operations = [*self._stale(head, files), *_additions(files)]
        commit = self._api.create_commit(
            self.repo_id, operations, commit_message=title, parent_commit=head, create_pr=True
        )
        number: int | None = commit.pr_num
        return number

    def _merge(self, number: int) -> None:
        from huggingface_hub.errors import HfHubHTTPError

        try:
            self._api.merge_pull_request(self.repo_id, number, comment="Published by Ownvoice.")
        except HfHubHTTPError as error:
            if error.response.status_code in CHANGED:  # it will never merge: the next call has to open another
                self._api.change_discussion_status(self.repo_id, number, new_status="closed")
            raise

    def _stale(self, head: str, files: Mapping[str, File]) -> Iterator[CommitOperationDelete]:
        from huggingface_hub import CommitOperationDelete

        for entry in self._api.list_repo_tree(self.repo_id, revision=head):
            if entry.path.endswith(_WEIGHTS) and entry.path not in files:
                yield CommitOperationDelete(entry.path)

    def _check(self, revision: str, files: Mapping[str, File]) -> None:
        tree = self._api.list_repo_tree(self.repo_id, revision=revision)
        sizes = {entry.path: getattr(entry, "size", None) for entry in tree}  # a folder has none
        wrong = sorted(path for path, file in files.items() if sizes.get(path) != file.size)
        foreign = sorted(path for path in sizes.keys() - files.keys() if path.endswith(_WEIGHTS))
        if wrong or foreign:
            raise HubMismatchError(
                f"{self.repo_id} at {revision} is not the model of this run "
                f"(missing or of another size: {', '.join(wrong) or 'nothing'}; foreign weights: "
                f"{', '.join(foreign) or 'none'}). Somebody else wrote to it at the same time; publish again."
            )


def _additions(files: Mapping[str, File]) -> Iterator[CommitOperationAdd]:
    from huggingface_hub import CommitOperationAdd

    for path, file in files.items():
        yield CommitOperationAdd(path, file.open())
