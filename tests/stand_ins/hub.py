"""A stand-in for the Hugging Face Hub: model repositories in memory, behind the paths that the client calls.

A test may order faults: `hub.fail("PUT", "/lfs/", status=500)`, or `drop=True` for a connection that breaks off.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

WRITER, READER = "hf_may-write-0123456789", "hf_may-read-0123456789"


@dataclass
class Repository:
    """Commits by id, each a whole tree; branches, tags and pull requests by name."""

    private: bool = False
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    proposals: list[dict[str, Any]] = field(default_factory=list)

    def commit(self, tree: dict[str, bytes]) -> str:
        sha = hashlib.sha1(f"{len(self.commits)}:{sorted(tree)}".encode()).hexdigest()
        self.commits[sha] = tree
        return sha

    @property
    def main(self) -> dict[str, bytes]:
        return self.commits[self.branches["main"]]


@dataclass
class Fault:
    method: str
    path: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    times: int = 1


class StandInHub:
    """The server's whole state, which tests look at."""

    def __init__(self) -> None:
        self.url = ""
        self.repositories: dict[str, Repository] = {}
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.owners = {"ann"}

    def fail(self, method: str, path: str, **fault: Any) -> None:
        self.faults.append(Fault(method, path, **fault))

    def fault_for(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == method and fault.path in path:
                fault.times -= 1
                return fault
        return None

    def count(self, pattern: str) -> int:
        return sum(bool(re.search(pattern, request)) for request in self.requests)


@contextlib.contextmanager
def running_hub() -> Iterator[StandInHub]:
    hub = StandInHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: StandInHub
    protocol_version = "HTTP/1.1"
    timeout = 5

    def log_message(self, *_: Any) -> None:
        pass

    def _serve(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(f"{self.command} {path}")
        length = int(self.headers.get("Content-Length") or 0)
        if fault := self.hub.fault_for(self.command, path):
            if fault.drop:
                self.rfile.read(length // 2)
                self.connection.shutdown(2)
                self.close_connection = True
                return
            self.rfile.read(length)
            self._answer({"error": "ordered by a test"}, fault.status, **fault.headers)
            return
        self._body = self.rfile.read(length)
        for method, pattern, answer in _ROUTES:
            if method == self.command and (match := re.fullmatch(pattern, path)):
                answer(self, *match.groups())
                return
        self._answer({"error": f"no such path: {path}"}, 404)

    do_GET = do_POST = do_PUT = _serve

    def _answer(self, value: Any, status: int = 200, **headers: str) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in ({"Content-Type": "application/json", "Content-Length": str(len(data))} | headers).items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(data)

    @property
    def _json(self) -> Any:
        return json.loads(self._body)

    def _may_write(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {WRITER}":
            return True
        self._answer({"error": "forbidden"}, 403)
        return False

    def _repository(self, repo_id: str) -> Repository | None:
        found = self.hub.repositories.get(repo_id)
        if found is None:
            self._answer({"error": "Repository not found"}, 404, X_Error_Code="RepoNotFound")
        return found

    # Answers, in the order in which publishing asks.

    def create(self) -> None:
        owner, _, name = self._json.get("organization") or "ann", "/", self._json["name"]
        if owner not in self.hub.owners:
            self._answer({"error": f"you may not create in {owner}"}, 403)
        elif self._may_write():
            repo_id = f"{owner}/{name}"
            url = {"url": f"{self.hub.url}/{repo_id}"}
            if repo_id in self.hub.repositories:
                self._answer(url, 409)
                return
            repository = self.hub.repositories[repo_id] = Repository(self._json.get("visibility") == "private")
            repository.branches["main"] = repository.commit({".gitattributes": b"*.safetensors filter=lfs\n"})
            self._answer(url)

    def whoami(self) -> None:
        self._answer({"name": "ann", "type": "user", "orgs": []})

    def refs(self, repo_id: str) -> None:
        if repository := self._repository(repo_id):
            named = {"branches": ("heads", repository.branches), "tags": ("tags", repository.tags)}
            answer: dict[str, Any] = {"converts": [], "pullRequests": []}
            for kind, (folder, found) in named.items():
                answer[kind] = [{"name": n, "ref": f"refs/{folder}/{n}", "targetCommit": c} for n, c in found.items()]
            self._answer(answer)

    def discussions(self, repo_id: str) -> None:
        if repository := self._repository(repo_id):
            status = parse_qs(urlsplit(self.path).query).get("status", ["all"])[0]
            found = [one for one in repository.proposals if status in ("all", one["status"])]
            self._answer({"count": len(found), "start": 0, "discussions": found})

    def info(self, repo_id: str, revision: str) -> None:
        if repository := self._repository(repo_id):
            sha = repository.branches.get(revision) or repository.tags.get(revision) or revision
            self._answer({"id": repo_id, "sha": sha, "private": repository.private, "tags": [], "siblings": []})

    def tree(self, repo_id: str, revision: str) -> None:
        if repository := self._repository(repo_id):
            files = repository.commits[repository.branches.get(revision) or revision]
            self._answer(
                [
                    {"type": "file", "path": path, "size": len(data), "oid": _git_oid(data)}
                    for path, data in files.items()
                ]
            )

    def validate(self) -> None:
        self._answer({"errors": [], "warnings": []})

    def preupload(self, repo_id: str, _revision: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            answers = []
            for file in self._json["files"]:
                is_lfs = file["path"].endswith(".safetensors")
                known = repository.main.get(file["path"])
                oid = None if known is None else hashlib.sha256(known).hexdigest() if is_lfs else _git_oid(known)
                mode = "lfs" if is_lfs else "regular"
                answers.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
            self._answer({"files": answers})

    def lfs_batch(self, _repo_id: str) -> None:
        objects = []
        for wanted in self._json["objects"]:
            upload = {"upload": {"href": f"{self.hub.url}/lfs/{wanted['oid']}"}}
            objects.append(wanted if wanted["oid"] in self.hub.objects else wanted | {"actions": upload})
        self._answer({"transfer": "basic", "objects": objects})

    def lfs_put(self, oid: str) -> None:
        if hashlib.sha256(self._body).hexdigest() != oid:
            self._answer({"error": "not what its name says"}, 400)
            return
        self.hub.objects[oid] = self._body
        self._answer({})

    def commit(self, repo_id: str, _revision: str) -> None:
        repository = self._repository(repo_id)
        if not repository or not self._may_write():
            return
        lines = [json.loads(line) for line in self._body.splitlines()]
        header = next(line["value"] for line in lines if line["key"] == "header")
        if header.get("parentCommit") not in (None, repository.branches["main"]):
            self._answer({"error": "the branch has moved"}, 412)
            return
        tree = dict(repository.main)
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                tree[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                tree[value["path"]] = self.hub.objects[value["oid"]]
            elif line["key"] == "deletedFile":
                del tree[value["path"]]
        sha, number = repository.commit(tree), len(repository.proposals) + 1
        repo = {"name": repo_id, "type": "model"}
        repository.proposals.append(
            {"num": number, "title": header["summary"], "status": "open", "isPullRequest": True, "repo": repo,
             "author": {"name": "ann"}, "createdAt": "2026-11-22T00:00:00.000Z", "sha": sha,
             "base": repository.branches["main"]}
        )  # fmt: skip
        url = f"{self.hub.url}/{repo_id}"
        self._answer(
            {"commitOid": sha, "commitUrl": f"{url}/commit/{sha}", "pullRequestUrl": f"{url}/discussions/{number}"}
        )

    def merge(self, repo_id: str, number: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            proposal = repository.proposals[int(number) - 1]
            if proposal["base"] != repository.branches["main"]:
                self._answer({"error": "it conflicts with main"}, 409)
                return
            proposal["status"] = "merged"
            # The Hub makes a commit of its own; it has another id than the proposal's.
            repository.branches["main"] = repository.commit(repository.commits[proposal["sha"]])
            self._answer({})

    def change_status(self, repo_id: str, number: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            repository.proposals[int(number) - 1]["status"] = self._json["status"]
            event = {"id": "1", "type": "status-change", "createdAt": "2026-11-22T00:00:00.000Z",
                     "author": {"name": "ann"}, "data": {"status": self._json["status"]}}  # fmt: skip
            self._answer({"newStatus": event})

    def tag(self, repo_id: str, revision: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            if self._json["tag"] in repository.tags:
                self._answer({"error": "the tag exists"}, 409)
                return
            repository.tags[self._json["tag"]] = revision
            self._answer({})


def _git_oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


_MODEL = r"/api/models/([^/]+/[^/]+)"
_ROUTES = [
    ("POST", "/api/repos/create", _Handler.create),
    ("GET", "/api/whoami-v2", _Handler.whoami),
    ("GET", f"{_MODEL}/refs", _Handler.refs),
    ("GET", f"{_MODEL}/discussions", _Handler.discussions),
    ("GET", f"{_MODEL}/revision/(.+)", _Handler.info),
    ("GET", f"{_MODEL}/tree/([^/]+)", _Handler.tree),
    ("POST", "/api/validate-yaml", _Handler.validate),
    ("POST", f"{_MODEL}/preupload/(.+)", _Handler.preupload),
    ("POST", r"/([^/]+/[^/]+)\.git/info/lfs/objects/batch", _Handler.lfs_batch),
    ("PUT", "/lfs/([0-9a-f]{64})", _Handler.lfs_put),
    ("POST", f"{_MODEL}/commit/(.+)", _Handler.commit),
    ("POST", rf"{_MODEL}/discussions/(\d+)/merge", _Handler.merge),
    ("POST", rf"{_MODEL}/discussions/(\d+)/status", _Handler.change_status),
    ("POST", f"{_MODEL}/tag/(.+)", _Handler.tag),
]
