"""The HTTP side of the stand-in Hub: a route for each request that publishing makes."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from stand_ins.hub import WRITER, StandInHub
from stand_ins.hub_repository import MovedError, Repository, is_lfs, oid_of


@contextlib.contextmanager
def running_hub() -> Iterator[StandInHub]:
    """Run a Hub without repositories on a free port, for as long as the block lasts."""
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
        fault = self.hub.fault_for(self.command, path)
        if fault and fault.drop:
            self.rfile.read(length // 2)
            self._break_off()
            return
        self._body = self.rfile.read(length)
        self.hub.received_bytes += length
        if fault and fault.lost:
            self.wfile = io.BytesIO()
        elif fault:
            self._answer(fault.body, fault.status, **fault.headers)
            return
        self._answer_route(path)
        if fault:
            self._break_off()

    def _break_off(self) -> None:
        self.connection.shutdown(2)
        self.close_connection = True

    def _answer_route(self, path: str) -> None:
        for method, pattern, answer in _ROUTES:
            if method == self.command and (match := re.fullmatch(pattern, path)):
                answer(self, *filter(None, match.groups()))
                return
        self._answer({"error": f"no such path: {path}"}, 404)

    do_GET = do_HEAD = do_POST = do_PUT = _serve  # noqa: N815

    def _answer(self, value: Any, status: int = 200, **headers: str) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in ({"Content-Type": "application/json", "Content-Length": str(len(data))} | headers).items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        if self.command != "HEAD":
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
            self.hub.repositories[repo_id] = Repository(repo_id, self._json.get("visibility") == "private")
            self._answer(url)

    def refs(self, repo_id: str) -> None:
        if repository := self._repository(repo_id):
            self._answer(repository.refs())

    def discussions(self, repo_id: str) -> None:
        if repository := self._repository(repo_id):
            status = parse_qs(urlsplit(self.path).query).get("status", ["all"])[0]
            found = [one for one in repository.proposals if status in ("all", one["status"])]
            self._answer({"count": len(found), "start": 0, "discussions": found})

    def info(self, repo_id: str, revision: str = "main") -> None:
        if repository := self._repository(repo_id):
            sha = repository.at(revision)
            siblings = [{"rfilename": path} for path in repository.commits[sha]]
            described = {"id": repo_id, "sha": sha, "private": repository.private, "tags": [], "siblings": siblings}
            self._answer(described)

    def tree(self, repo_id: str, revision: str, folder: str = "") -> None:
        if repository := self._repository(repo_id):
            is_recursive = parse_qs(urlsplit(self.path).query).get("recursive", ["false"])[0].lower() == "true"
            listed = repository.listed(revision, folder, is_recursive)
            if folder and not listed:
                self._answer({"error": "no such folder"}, 404, X_Error_Code="EntryNotFound")
                return
            self._answer(listed)

    def resolve(self, repo_id: str, revision: str, path: str) -> None:
        if repository := self._repository(repo_id):
            sha = repository.at(revision)
            data = repository.commits[sha].get(path)
            if data is None:
                self._answer({"error": "Entry not found"}, 404, X_Error_Code="EntryNotFound", X_Repo_Commit=sha)
                return
            self._answer(data, ETag=f'"{oid_of(path, data)}"', X_Repo_Commit=sha)

    def validate(self) -> None:
        self._answer({"errors": [], "warnings": []})

    def preupload(self, repo_id: str, _revision: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            answers = []
            for path in (file["path"] for file in self._json["files"]):
                known = repository.main.get(path)
                oid = None if known is None else oid_of(path, known)
                mode = "lfs" if is_lfs(path) else "regular"
                answers.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
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

    def paths_info(self, repo_id: str, revision: str) -> None:
        if repository := self._repository(repo_id):
            asked = parse_qs(self._body.decode()).get("paths", [])
            self._answer([one for one in repository.listed(revision, "", True) if one["path"] in asked])

    def commit(self, repo_id: str, revision: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            lines = [json.loads(line) for line in self._body.splitlines()]
            url = f"{self.hub.url}/{repo_id}"
            try:
                if "create_pr=1" in self.path:
                    proposal = repository.propose(lines, self.hub.objects)
                    sha, names = proposal["sha"], {"pullRequestUrl": f"{url}/discussions/{proposal['num']}"}
                else:
                    sha, names = repository.advance(lines, self.hub.objects, revision), {}
            except MovedError:
                self._answer({"error": "the branch has moved"}, 412)
                return
            self._answer({"commitOid": sha, "commitUrl": f"{url}/commit/{sha}"} | names)

    def merge(self, repo_id: str, number: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            try:
                repository.merge(int(number))
            except MovedError:
                self._answer({"error": "it conflicts with main"}, 409)
                return
            self._answer({})

    def close(self, repo_id: str, number: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            self._answer({"newStatus": repository.close(int(number))})

    def branch(self, repo_id: str, name: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            start = repository.at(self._json.get("startingPoint", "main"))
            if name in repository.branches:
                self._answer({"error": "the branch exists"}, 409)
            elif start not in repository.commits:
                self._answer({"error": "no such revision"}, 404, X_Error_Code="RevisionNotFound")
            else:
                repository.branches[name] = start
                self._answer({})

    def tag(self, repo_id: str, revision: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            if self._json["tag"] in repository.tags:
                self._answer({"error": "the tag exists"}, 409)
                return
            repository.tags[self._json["tag"]] = revision
            self._answer({})

    def squash(self, repo_id: str, branch: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            repository.squash(branch)
            self._answer({})

    def lfs_files(self, repo_id: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            born = "2026-11-22T00:00:00.000Z"
            self._answer(
                [
                    {"fileOid": oid, "filename": path, "oid": oid, "pushedAt": born, "ref": None, "size": 1}
                    for oid, path in repository.lfs_files.items()
                ]
            )

    def delete_lfs(self, repo_id: str) -> None:
        if self._may_write() and (repository := self._repository(repo_id)):
            oids = self._json["deletions"]["sha"]
            repository.delete_lfs(oids)
            for oid in oids:
                self.hub.objects.pop(oid, None)
            self._answer({})


_REPO = r"/api/(?:models|datasets)/([^/]+/[^/]+)"
_ROUTES: list[tuple[str, str, Callable[..., None]]] = [
    ("POST", "/api/repos/create", _Handler.create),
    ("GET", f"{_REPO}/refs", _Handler.refs),
    ("GET", f"{_REPO}/discussions", _Handler.discussions),
    ("GET", _REPO, _Handler.info),
    ("GET", f"{_REPO}/revision/(.+)", _Handler.info),
    ("GET", f"{_REPO}/tree/([^/]+)(?:/(.+))?", _Handler.tree),
    ("GET", r"/(?:datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", _Handler.resolve),
    ("HEAD", r"/(?:datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", _Handler.resolve),
    ("POST", "/api/validate-yaml", _Handler.validate),
    ("POST", f"{_REPO}/preupload/(.+)", _Handler.preupload),
    ("POST", r"/(?:datasets/)?([^/]+/[^/]+)\.git/info/lfs/objects/batch", _Handler.lfs_batch),
    ("PUT", "/lfs/([0-9a-f]{64})", _Handler.lfs_put),
    ("POST", f"{_REPO}/commit/(.+)", _Handler.commit),
    ("POST", rf"{_REPO}/discussions/(\d+)/merge", _Handler.merge),
    ("POST", rf"{_REPO}/discussions/(\d+)/status", _Handler.close),
    ("POST", f"{_REPO}/paths-info/(.+)", _Handler.paths_info),
    ("POST", f"{_REPO}/branch/(.+)", _Handler.branch),
    ("POST", f"{_REPO}/tag/(.+)", _Handler.tag),
    ("POST", f"{_REPO}/super-squash/(.+)", _Handler.squash),
    ("GET", f"{_REPO}/lfs-files", _Handler.lfs_files),
    ("POST", f"{_REPO}/lfs-files/batch", _Handler.delete_lfs),
]
