"""The stand-in Hub's branches, tags and history: made, squashed, and LFS files deleted for good."""

from __future__ import annotations

from typing import Any

_BORN = "2026-11-22T00:00:00.000Z"


def make_branch(request: Any, repo_id: str, name: str) -> None:
    """Make a branch from a revision."""
    if request.may_write() and (repository := request.repository(repo_id)):
        start = repository.at(request.json.get("startingPoint", "main"))
        if name in repository.branches:
            request.answer({"error": "the branch exists"}, 409)
        elif start not in repository.commits:
            request.answer({"error": "no such revision"}, 404, X_Error_Code="RevisionNotFound")
        else:
            repository.branches[name] = start
            request.answer({})


def make_tag(request: Any, repo_id: str, revision: str) -> None:
    """Make a tag."""
    if request.may_write() and (repository := request.repository(repo_id)):
        if request.json["tag"] in repository.tags:
            request.answer({"error": "the tag exists"}, 409)
            return
        repository.tags[request.json["tag"]] = revision
        request.answer({})


def squash(request: Any, repo_id: str, branch: str) -> None:
    """Give a branch one commit."""
    if request.may_write() and (repository := request.repository(repo_id)):
        repository.squash(branch)
        request.answer({})


def list_lfs(request: Any, repo_id: str) -> None:
    """List every LFS file that was ever sent and not deleted."""
    if request.may_write() and (repository := request.repository(repo_id)):
        request.answer(
            [
                {"fileOid": oid, "filename": path, "oid": oid, "pushedAt": _BORN, "ref": None, "size": 1}
                for oid, path in repository.lfs_files.items()
            ]
        )


def delete_lfs(request: Any, repo_id: str) -> None:
    """Delete LFS files for good, and take them out of every commit."""
    if request.may_write() and (repository := request.repository(repo_id)):
        oids = request.json["deletions"]["sha"]
        repository.delete_lfs(oids)
        for oid in oids:
            request.hub.objects.pop(oid, None)
        request.answer({})
