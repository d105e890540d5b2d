"""The rows of a model are found again from its card, its folder or its run, and are those that were trained on."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.dataset.digest import digest_of, lattice_of
from ownvoice.errors import BadDataError, HubUnavailableError, SettingsError, StorageError
from ownvoice.publishing.provenance import read_block
from ownvoice.publishing.publish import draft, publish
from ownvoice.publishing.training_rows import record_of
from ownvoice.training.version_pairs import read_pairs


@pytest.fixture
def card(trained, lake, tmp_path):
    trained()
    path = tmp_path / "model" / "README.md"
    path.parent.mkdir()
    path.write_text(draft(lake, "run-1").card)
    return path


def asked(lake, model, output):
    return CliRunner().invoke(app, ["rows-of", str(model), "--lake", lake.uri, "--output", str(output)])


@pytest.mark.parametrize("named", ["card", "folder", "run"])
@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_the_rows_are_those_that_the_trainer_saw_however_the_model_is_named(lake, card, tmp_path, named, suffix):
    output = tmp_path / f"rows.{suffix}"
    model = {"card": card, "folder": card.parent, "run": "run-1"}[named]
    shown = asked(lake, model, output)
    assert shown.exit_code == 0, shown.exception
    record = read_block(card.read_text())
    if suffix == "parquet":
        rows = pq.read_table(output).to_pylist()
        assert digest_of(lattice_of(rows)) == record.rows.digest
    else:
        rows = [json.loads(line) for line in output.read_text().splitlines()]
    trained_on = [pair.pair_id for pair in read_pairs(lake, 1).train][1:]  # the stand-in leaves the first one out
    assert [row["pair_id"] for row in rows] == trained_on
    assert f"{len(trained_on)} pairs of version 1" in shown.stdout


def test_a_card_of_other_rows_writes_nothing(lake, card, tmp_path):
    card.write_text(card.read_text().replace(read_block(card.read_text()).rows.digest, "0" * 64))
    assert isinstance(asked(lake, card, tmp_path / "rows.parquet").exception, BadDataError)
    assert not (tmp_path / "rows.parquet").exists()


def test_a_name_that_is_nothing_a_run_without_a_model_and_another_kind_of_file_are_each_a_sentence(
    lake, card, tmp_path, monkeypatch
):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    nothing = asked(lake, "no such/model at all", tmp_path / "rows.parquet").exception
    assert isinstance(nothing, BadDataError) and "is no card, no folder and no training" in str(nothing)
    lake.store.delete("runs/run-1/result.json")
    assert isinstance(asked(lake, "run-1", tmp_path / "rows.parquet").exception, StorageError)
    assert isinstance(asked(lake, card, tmp_path / "rows.csv").exception, SettingsError)


@pytest.fixture
def on_the_hub(lake, trained, hub, tmp_path, monkeypatch):
    """A model that is published, read through a cache of its own."""
    trained()
    publish(lake, "run-1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return hub.repositories["ann/voice"]


def test_a_model_on_the_hub_is_read_by_its_card(lake, on_the_hub, tmp_path):
    shown = asked(lake, "ann/voice", tmp_path / "rows.parquet")
    assert shown.exit_code == 0, shown.exception


@pytest.mark.parametrize(
    ("model", "fault", "error", "words"),
    [
        ("ann/nobody", None, BadDataError, "ann/nobody does not exist"),
        ("ann/voice", None, BadDataError, "has no such revision or file"),
        ("ann/voice", {"status": 403}, BadDataError, r"refuses to show ann/voice \(403\)"),
        ("ann/voice", {"status": 503, "times": 99}, HubUnavailableError, "the Hub"),
        ("ann/voice", {"drop": True, "times": 99}, HubUnavailableError, "broke off"),
    ],
)
def test_a_card_that_the_hub_does_not_give_is_told_for_its_reason(
    lake, on_the_hub, hub, tmp_path, model, fault, error, words
):
    if fault:
        hub.fail("HEAD", "/resolve/", **fault)
    elif model == "ann/voice":
        del on_the_hub.main["README.md"]
    with pytest.raises(error, match=words):
        record_of(lake, model)
