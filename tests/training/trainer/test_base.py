"""The base model: found, named by its content, or refused in one sentence."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("torch")

from huggingface_hub import constants

from ownvoice.errors import BadBaseError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.base import fetch_base

ANSWERS = {
    "none": (404, "RepoNotFound"),
    "gated": (403, "GatedRepo"),
    "old": (404, "RevisionNotFound"),
    "ill": (500, ""),
}


class RefusingHub(BaseHTTPRequestHandler):
    """A Hub whose every model is refused, each in its own way: GET /api/models/owner/NAME/..."""

    def do_GET(self):
        status, code = ANSWERS[self.path.split("/")[4]]
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), RefusingHub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none", "does not exist, or HF_TOKEN may not see it"),
        ("old", "does not exist, or HF_TOKEN may not see it"),
        ("gated", "is gated. Accept its licence"),
        ("ill", "could not be fetched: Server error '500"),
    ],
)
def test_a_base_that_the_hub_refuses_is_one_sentence(hub, lake, tmp_path, name, reason):
    with pytest.raises(BadBaseError) as caught:
        fetch_base(lake, TrainingRecipe(base_model=f"owner/{name}"), tmp_path / "base")
    assert str(caught.value).startswith(f"base model owner/{name} at main {reason}")


def test_a_hub_that_cannot_be_reached_is_one_sentence(hub, lake, tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(BadBaseError, match="Check the network"):
        fetch_base(lake, TrainingRecipe(base_model="owner/any"), tmp_path / "base")


def test_a_base_in_the_lake_is_named_by_its_bytes(lake, tmp_path):
    recipe = TrainingRecipe(base_model="lake:models/mine")
    lake.store.write("models/mine/config.json", b"{}")
    lake.store.write("models/mine/model.safetensors", b"one")
    first = fetch_base(lake, recipe, tmp_path / "first")
    assert (tmp_path / "first" / "model.safetensors").read_bytes() == b"one"
    assert fetch_base(lake, recipe, tmp_path / "again").commit == first.commit
    lake.store.write("models/mine/model.safetensors", b"two")
    assert fetch_base(lake, recipe, tmp_path / "second").commit != first.commit
