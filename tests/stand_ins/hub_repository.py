"""A repository of the stand-in Hub: whole trees by commit, branches, tags and pull requests. In memory."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_BORN = "2026-11-22T00:00:00.000Z"
_AUTHOR = {"name": "ann"}


class MovedError(Exception):
    """The branch is no longer where a commit was made from."""


@dataclass
class Repository:
    """Its first commit is the one that the Hub makes with every repository."""

    name: str
    private: bool = False
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    converts: dict[str, str] = field(default_factory=dict)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    lfs_files: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.branches["main"] = self.commit({".gitattributes": b"*.safetensors filter=lfs\n"})

    @property
    def main(self) -> dict[str, bytes]:
        """The files on the main branch, by path."""
        return self.commits[self.branches["main"]]

    def commit(self, tree: dict[str, bytes]) -> str:
        """Store a tree of files; return the id of its commit. The Hub lists every LFS file that it was ever sent."""
        self.lfs_files |= {oid_of(path, data): path for path, data in tree.items() if is_lfs(path)}
        sha = hashlib.sha1(f"{len(self.commits)}:{sorted(tree)}".encode()).hexdigest()
        self.commits[sha] = tree
        return sha

    def at(self, revision: str) -> str:
        """Return the commit id of a branch, a tag or a commit."""
        return self.branches.get(revision) or self.tags.get(revision) or revision

    def refs(self) -> dict[str, Any]:
        """Return branches and tags as the Hub lists them."""
        named = {
            "branches": ("heads", self.branches),
            "tags": ("tags", self.tags),
            "converts": ("convert", self.converts),
            "pullRequests": ("pr", {str(one["num"]): one["sha"] for one in self.proposals}),
        }
        return {
            kind: [{"name": name, "ref": f"refs/{folder}/{name}", "targetCommit": at} for name, at in found.items()]
            for kind, (folder, found) in named.items()
        }

    def squash(self, branch: str) -> None:
        """Give a branch one commit of its present files; commits that no ref names any more are gone."""
        self.branches[branch] = self.commit(dict(self.commits[self.branches[branch]]))
        named = {*self.branches.values(), *self.tags.values(), *self.converts.values()}
        named |= {proposal["sha"] for proposal in self.proposals}
        self.commits = {sha: tree for sha, tree in self.commits.items() if sha in named}

    def delete_lfs(self, oids: list[str]) -> None:
        """Forget LFS files, and take them out of every commit."""
        for oid in oids:
            self.lfs_files.pop(oid, None)
        self.commits = {
            sha: {path: data for path, data in tree.items() if not is_lfs(path) or oid_of(path, data) not in oids}
            for sha, tree in self.commits.items()
        }

    def listed(self, revision: str, folder: str, is_recursive: bool) -> list[dict[str, Any]]:
        """Return the files and folders in a folder, the whole repository for an empty name."""
        below = f"{folder}/" if folder else ""
        found: dict[str, dict[str, Any]] = {}
        for path, data in self.commits[self.at(revision)].items():
            inner = path.removeprefix(below)
            if is_recursive or "/" not in inner:
                found[path] = entry(path, data)
            else:
                child = below + inner.partition("/")[0]
                found[child] = {"type": "directory", "path": child, "oid": git_oid(child.encode())}
        return [one for path, one in found.items() if path.startswith(below)]

    def advance(self, lines: list[dict[str, Any]], objects: Mapping[str, bytes], branch: str = "main") -> str:
        """Move a branch by the lines of a commit. Raises `MovedError` where the commit's parent is not its head."""
        self.branches[branch] = self.commit(self._changed(lines, objects, branch))
        return self.branches[branch]

    def _changed(
        self, lines: list[dict[str, Any]], objects: Mapping[str, bytes], branch: str = "main"
    ) -> dict[str, bytes]:
        if _header(lines).get("parentCommit") not in (None, self.branches[branch]):
            raise MovedError
        tree = dict(self.commits[self.branches[branch]])
        for key, value in ((line["key"], line["value"]) for line in lines):
            if key == "file":
                tree[value["path"]] = base64.b64decode(value["content"])
            elif key == "lfsFile":
                tree[value["path"]] = objects[value["oid"]]
            elif key == "deletedFile":
                del tree[value["path"]]
        return tree

    def propose(self, lines: list[dict[str, Any]], objects: Mapping[str, bytes]) -> dict[str, Any]:
        """Open a pull request from the lines of a commit. Raises `MovedError` where its parent is not main."""
        tree = self._changed(lines, objects)
        proposal = {
            "num": len(self.proposals) + 1,
            "title": _header(lines)["summary"],
            "status": "open",
            "isPullRequest": True,
            "repo": {"name": self.name, "type": "model"},
            "author": _AUTHOR,
            "createdAt": _BORN,
            "sha": self.commit(tree),
            "base": self.branches["main"],
        }
        self.proposals.append(proposal)
        return proposal

    def merge(self, number: int) -> None:
        """Merge into main by a commit of its own, as the Hub does. Raises `MovedError` where main has moved."""
        proposal = self.proposals[number - 1]
        if proposal["base"] != self.branches["main"]:
            raise MovedError
        proposal["status"] = "merged"
        self.branches["main"] = self.commit(self.commits[proposal["sha"]])

    def close(self, number: int) -> dict[str, Any]:
        """Close a pull request; return the event that the Hub tells of."""
        self.proposals[number - 1]["status"] = "closed"
        return {
            "id": "1",
            "type": "status-change",
            "createdAt": _BORN,
            "author": _AUTHOR,
            "data": {"status": "closed"},
        }


def _header(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(line["value"] for line in lines if line["key"] == "header")


def git_oid(data: bytes) -> str:
    """Return the id under which Git keeps a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def is_lfs(path: str) -> bool:
    """Say whether the Hub keeps such a file in LFS."""
    return path.endswith((".safetensors", ".parquet"))


def oid_of(path: str, data: bytes) -> str:
    """Return the id by which a client tells whether the file has changed."""
    return hashlib.sha256(data).hexdigest() if is_lfs(path) else git_oid(data)


def entry(path: str, data: bytes) -> dict[str, Any]:
    """Return a file as listings show it."""
    lfs = {"lfs": {"oid": oid_of(path, data), "size": len(data), "pointerSize": 134}} if is_lfs(path) else {}
    return {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)} | lfs
