"""The base model: found, named by its content, or refused in one sentence."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("torch")

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import BadBaseError, HubUnavailableError
from ownvoice.training.trainer import base
from ownvoice.training.trainer.base import fetch_base

COMMIT = "c0ffee" * 6 + "c0ff"
ANSWERS = {
    "none": (404, "RepoNotFound"),
    "gated": (403, "GatedRepo"),
    "old": (404, "RevisionNotFound"),
    "ill": (500, ""),
    "busy": (429, ""),
    "odd": (400, ""),
}


class SmallHub(BaseHTTPRequestHandler):
    """A Hub that has one model of one file, owner/mine, for one token; any other is refused in a way of its own."""

    files_sent = 0

    def do_GET(self):
        owner, name, *rest = self.path.removeprefix("/api/models").split("?")[0].split("/")[1:]
        if name != "mine":
            self._refuse(*ANSWERS[name])
        elif self.headers.get("Authorization") != "Bearer mine-alone":
            self._refuse(*ANSWERS["gated"])
        else:
            self._answer_mine(f"{owner}/{name}", rest[0])

    do_HEAD = do_GET  # noqa: N815

    def _answer_mine(self, model, what):
        if what == "resolve":
            SmallHub.files_sent += self.command == "GET"
            self._answer(200, b"{}", {"ETag": '"1"', "X-Repo-Commit": COMMIT})
            return
        file = {"type": "file", "path": "config.json", "rfilename": "config.json", "size": 2, "oid": "1"}
        found = [file] if what == "tree" else {"id": model, "sha": COMMIT, "siblings": [file]}
        self._answer(200, json.dumps(found).encode(), {})

    def _refuse(self, status, code):
        self._answer(status, b"{}", {"X-Error-Code": code})

    def _answer(self, status, body, headers):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def online():
    """The environment of a process that may ask the Hub."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SmallHub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield os.environ | {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_TOKEN": "mine-alone"}
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none", "does not exist, or HF_TOKEN may not see it"),
        ("old", "does not exist, or HF_TOKEN may not see it"),
        ("gated", "is gated. Accept its licence"),
        ("odd", "could not be fetched: the Hub refuses"),
    ],
)
def test_a_base_that_the_hub_refuses_is_one_sentence(online, lake, tmp_path, name, reason):
    with pytest.raises(BadBaseError) as caught:
        fetch_base(lake, ModelName.of_base(f"owner/{name}"), tmp_path / "base", online)
    assert str(caught.value).startswith(f"base model owner/{name} at main {reason}")


@pytest.mark.parametrize(
    ("name", "reason"), [("ill", r"a fault of its own \(500\)"), ("busy", r"too many requests \(429\)")]
)
def test_a_hub_that_is_ill_or_busy_is_asked_again_by_a_later_try(online, lake, tmp_path, name, reason):
    with pytest.raises(HubUnavailableError, match=f"^base model owner/{name} at main could not be .*{reason}"):
        fetch_base(lake, ModelName.of_base(f"owner/{name}"), tmp_path / "base", online)


def test_a_hub_that_cannot_be_reached_is_asked_again_by_a_later_try(online, lake, tmp_path):
    with pytest.raises(HubUnavailableError, match=r"broke off \(ConnectError\)"):
        model = ModelName.of_base("owner/any")
        fetch_base(lake, model, tmp_path / "base", online | {"HF_ENDPOINT": "http://127.0.0.1:1"})


def test_a_base_of_the_hub_is_fetched_with_the_token_of_the_environment_that_is_named(
    online, lake, tmp_path, monkeypatch
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    model = ModelName.of_base("owner/mine")
    found = fetch_base(lake, model, tmp_path / "base", online)
    assert (found.name, found.commit) == ("owner/mine", COMMIT)
    assert (found.folder / "config.json").read_bytes() == b"{}"
    with pytest.raises(BadBaseError, match="owner/mine at main is gated"):
        fetch_base(lake, model, tmp_path / "other", online | {"HF_TOKEN": "another"})


def test_a_cache_keeps_a_base_for_the_next_training(online, lake, tmp_path):
    cached = online | {"HF_HUB_CACHE": str(tmp_path / "cache")}
    model = ModelName.of_base("owner/mine")
    first = fetch_base(lake, model, tmp_path / "first", cached)
    sent = SmallHub.files_sent
    second = fetch_base(lake, model, tmp_path / "second", cached)
    assert first == second
    assert (second.folder / "config.json").read_bytes() == b"{}"
    assert second.folder.is_relative_to(tmp_path / "cache")
    assert SmallHub.files_sent == sent, "it was fetched once"


def test_a_cache_that_cannot_be_written_is_passed_by(online, lake, tmp_path):
    (tmp_path / "file").write_text("where a folder should be")
    cached = online | {"HF_HUB_CACHE": str(tmp_path / "file")}
    found = fetch_base(lake, ModelName.of_base("owner/mine"), tmp_path / "base", cached)
    assert (found.commit, found.folder) == (COMMIT, tmp_path / "base")
    assert (found.folder / "config.json").exists()


def test_a_process_that_is_killed_while_it_fetches_is_one_sentence(online, lake, tmp_path, monkeypatch):
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(base.sys, "executable", str(killed))
    with pytest.raises(BadBaseError, match=r"owner/mine was not fetched: .* ended with code -9 \(it said nothing\)"):
        fetch_base(lake, ModelName.of_base("owner/mine"), tmp_path / "base", online)


def test_a_base_in_the_lake_is_named_by_its_bytes(lake, tmp_path):
    model = ModelName.of_base("lake:models/mine")
    lake.store.write("models/mine/config.json", b"{}")
    lake.store.write("models/mine/model.safetensors", b"one")
    first = fetch_base(lake, model, tmp_path / "first", {})
    assert (tmp_path / "first" / "model.safetensors").read_bytes() == b"one"
    assert fetch_base(lake, model, tmp_path / "again", {}).commit == first.commit
    lake.store.write("models/mine/model.safetensors", b"two")
    assert fetch_base(lake, model, tmp_path / "second", {}).commit != first.commit
