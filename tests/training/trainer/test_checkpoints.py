"""Checkpoints in the lake: which one a run resumes from."""

import json

import pytest

from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.trainer.checkpoints import Identity, fetch_last_checkpoint, keep_checkpoint

KEYS = RunKeys("one")
IDENTITY = Identity("recipe", "digest", "commit", "image")


@pytest.fixture
def keep(lake, tmp_path):
    def keep(step, identity=IDENTITY):
        folder = tmp_path / f"made-{step}"
        folder.mkdir()
        (folder / "weights").write_text(f"weights of {step}")
        keep_checkpoint(lake, KEYS, step, folder, identity)

    return keep


def fetch(lake, tmp_path, identity=IDENTITY):
    return fetch_last_checkpoint(lake, KEYS, identity, tmp_path / "fetched")


def test_the_newest_checkpoint_is_taken_and_all_but_two_are_removed(lake, tmp_path, keep):
    for step in (2, 10, 4):
        keep(step)
    assert fetch(lake, tmp_path) == (10, [])
    assert (tmp_path / "fetched" / "checkpoint-10" / "weights").read_text() == "weights of 10"
    assert [found.key for found in lake.store.objects("runs/one/checkpoints/step-2")] == []


@pytest.mark.parametrize("name", ["recipe_id", "dataset_digest", "base_commit", "image"])
def test_a_checkpoint_of_another_recipe_data_base_or_image_is_passed_over_with_the_reason(lake, tmp_path, keep, name):
    keep(2)
    other = Identity(
        **{"recipe_id": "recipe", "dataset_digest": "digest", "base_commit": "commit", "image": "image"} | {name: "x"}
    )
    step, passed_over = fetch(lake, tmp_path, other)
    assert step is None
    assert f"has another {name.replace('_', ' ')}" in passed_over[0]


def damages():
    """Yield what can be wrong with checkpoint step-4: the file, what it holds instead (None: gone), and the reason."""
    marker = {"recipe_id": "recipe", "dataset_digest": "digest", "base_commit": "commit", "image": "image", "step": 4}
    other = "weights is not the file that was stored"
    yield "weights", b"rotten", other
    yield "weights", b"", other
    yield "weights", None, other
    yield "ref/weights", b"another", "ref/weights is not the file that was stored"
    for text in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', json.dumps(marker).encode()):
        yield "checkpoint.json", text, "its checkpoint.json cannot be read"
    for files in (None, [], {"weights": None}):
        yield "checkpoint.json", json.dumps(marker | {"files": files}).encode(), "its checkpoint.json cannot be read"
    yield "checkpoint.json", json.dumps(marker | {"files": {}}).encode(), other
    yield "checkpoint.json", json.dumps(marker | {"files": {"../up": "0"}}).encode(), "../up is not the file"


@pytest.mark.parametrize(("name", "data", "reason"), damages())
def test_a_damaged_checkpoint_is_named_and_the_one_before_it_is_taken(lake, tmp_path, keep, name, data, reason):
    keep(2)
    keep(4)
    key = f"runs/one/checkpoints/step-4/{name}"
    if data is None:
        lake.store.delete(key)
    else:
        lake.store.write(key, data)
    step, [passed_over] = fetch(lake, tmp_path)
    assert step == 2
    assert passed_over.startswith(f"checkpoint step-4 is damaged in the lake: {reason}")
    assert [path.name for path in (tmp_path / "fetched").iterdir()] == ["checkpoint-2"]


def test_a_checkpoint_whose_upload_was_cut_short_falls_back_to_the_one_before(lake, tmp_path, keep):
    keep(2)
    lake.store.write("runs/one/checkpoints/step-6/weights", b"no marker yet")
    assert fetch(lake, tmp_path) == (2, ["checkpoint step-6 was never finished"])


def test_what_is_no_checkpoint_is_no_step(lake, tmp_path, keep):
    keep(2)
    for name in ("README.md", "step-x/weights", "step-/weights", "old/step-9/weights", "step-9"):
        lake.store.write(f"runs/one/checkpoints/{name}", b"put there by hand")
    assert fetch(lake, tmp_path) == (2, [])
