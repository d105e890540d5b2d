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

from stand_ins import hub_history
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
            self.answer(fault.body, fault.status, **fault.headers)
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
        self.answer({"error": f"no such path: {path}"}, 404)

    do_GET = do_HEAD = do_POST = do_PUT = _serve  # noqa: N815

    def answer(self, value: Any, status: int = 200, **headers: str) -> None:
        """Answer the request."""
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in ({"Content-Type": "application/json", "Content-Length": str(len(data))} | headers).items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    @property
    def json(self) -> Any:
        """The body of the request."""
        return json.loads(self._body)

    def may_write(self) -> bool:
        """Whether the caller's token may write; where it may not, the refusal is answered."""
        if self.headers.get("Authorization") == f"Bearer {WRITER}":
            return True
        self.answer({"error": "forbidden"}, 403)
        return False

    def repository(self, repo_id: str) -> Repository | None:
        """Return a repository; where there is none, that is answered."""
        found = self.hub.repositories.get(repo_id)
        if found is None:
            self.answer({"error": "Repository not found"}, 404, X_Error_Code="RepoNotFound")
        return found

    def create(self) -> None:
        owner, _, name = self.json.get("organization") or "ann", "/", self.json["name"]
        if owner not in self.hub.owners:
            self.answer({"error": f"you may not create in {owner}"}, 403)
        elif self.may_write():
            repo_id = f"{owner}/{name}"
            url = {"url": f"{self.hub.url}/{repo_id}"}
            if repo_id in self.hub.repositories:
                self.answer(url, 409)
                return
            self.hub.repositories[repo_id] = Repository(repo_id, self.json.get("visibility") == "private")
            self.answer(url)

    def refs(self, repo_id: str) -> None:
        if repository := self.repository(repo_id):
            self.answer(repository.refs())

    def discussions(self, repo_id: str) -> None:
        if repository := self.repository(repo_id):
            status = parse_qs(urlsplit(self.path).query).get("status", ["all"])[0]
            found = [one for one in repository.proposals if status in ("all", one["status"])]
            self.answer({"count": len(found), "start": 0, "discussions": found})

    def info(self, repo_id: str, revision: str = "main") -> None:
        if repository := self.repository(repo_id):
            sha = repository.at(revision)
            siblings = [{"rfilename": path} for path in repository.commits[sha]]
            described = {"id": repo_id, "sha": sha, "private": repository.private, "tags": [], "siblings": siblings}
            self.answer(described)

    def tree(self, repo_id: str, revision: str, folder: str = "") -> None:
        if repository := self.repository(repo_id):
            is_recursive = parse_qs(urlsplit(self.path).query).get("recursive", ["false"])[0].lower() == "true"
            listed = repository.listed(revision, folder, is_recursive)
            if folder and not listed:
                self.answer({"error": "no such folder"}, 404, X_Error_Code="EntryNotFound")
                return
            self.answer(listed)

    def resolve(self, repo_id: str, revision: str, path: str) -> None:
        if repository := self.repository(repo_id):
            sha = repository.at(revision)
            data = repository.commits[sha].get(path)
            if data is None:
                self.answer({"error": "Entry not found"}, 404, X_Error_Code="EntryNotFound", X_Repo_Commit=sha)
                return
            self.answer(data, ETag=f'"{oid_of(path, data)}"', X_Repo_Commit=sha)

    def validate(self) -> None:
        self.answer({"errors": [], "warnings": []})

    def preupload(self, repo_id: str, _revision: str) -> None:
        if self.may_write() and (repository := self.repository(repo_id)):
            answers = []
            for path in (file["path"] for file in self.json["files"]):
                known = repository.main.get(path)
                oid = None if known is None else oid_of(path, known)
                mode = "lfs" if is_lfs(path) else "regular"
                answers.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
            self.answer({"files": answers})

    def lfs_batch(self, _repo_id: str) -> None:
        objects = []
        for wanted in self.json["objects"]:
            upload = {"upload": {"href": f"{self.hub.url}/lfs/{wanted['oid']}"}}
            objects.append(wanted if wanted["oid"] in self.hub.objects else wanted | {"actions": upload})
        self.answer({"transfer": "basic", "objects": objects})

    def lfs_put(self, oid: str) -> None:
        if hashlib.sha256(self._body).hexdigest() != oid:
            self.answer({"error": "not what its name says"}, 400)
            return
        self.hub.objects[oid] = self._body
        self.answer({})

    def paths_info(self, repo_id: str, revision: str) -> None:
        if repository := self.repository(repo_id):
            asked = parse_qs(self._body.decode()).get("paths", [])
            self.answer([one for one in repository.listed(revision, "", True) if one["path"] in asked])

    def commit(self, repo_id: str, revision: str) -> None:
        if self.may_write() and (repository := self.repository(repo_id)):
            lines = [json.loads(line) for line in self._body.splitlines()]
            url = f"{self.hub.url}/{repo_id}"
            try:
                if "create_pr=1" in self.path:
                    proposal = repository.propose(lines, self.hub.objects)
                    sha, names = proposal["sha"], {"pullRequestUrl": f"{url}/discussions/{proposal['num']}"}
                else:
                    sha, names = repository.advance(lines, self.hub.objects, revision), {}
            except MovedError:
                self.answer({"error": "the branch has moved"}, 412)
                return
            self.answer({"commitOid": sha, "commitUrl": f"{url}/commit/{sha}"} | names)

    def merge(self, repo_id: str, number: str) -> None:
        if self.may_write() and (repository := self.repository(repo_id)):
            try:
                repository.merge(int(number))
            except MovedError:
                self.answer({"error": "it conflicts with main"}, 409)
                return
            self.answer({})

    def close(self, repo_id: str, number: str) -> None:
        if self.may_write() and (repository := self.repository(repo_id)):
            self.answer({"newStatus": repository.close(int(number))})


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
    ("POST", f"{_REPO}/branch/(.+)", hub_history.make_branch),
    ("POST", f"{_REPO}/tag/(.+)", hub_history.make_tag),
    ("POST", f"{_REPO}/super-squash/(.+)", hub_history.squash),
    ("GET", f"{_REPO}/lfs-files", hub_history.list_lfs),
    ("POST", f"{_REPO}/lfs-files/batch", hub_history.delete_lfs),
]
