"""What was pushed, read back by `datasets.load_dataset` in a process of its own, and proved from the Hub alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ownvoice.storage.lake import scan
from ownvoice.storage.versions import latest_version

READ = """
import json, sys
from datasets import load_dataset
found = {name: load_dataset("ann/pairs", *name.split()) for name in ("", "default", "provenance")}
plain = {name: {split: rows.to_list() for split, rows in splits.items()} for name, splits in found.items()}
print(json.dumps(plain, default=str))
"""


@pytest.fixture
def run_python(hub, tmp_path, monkeypatch):
    """Run a script that knows the Hub alone, with an empty cache; return what it prints."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("OWNVOICE_LAKE", "file:///nowhere")

    def run(script):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def both_sides(nights):
    """Add articles until one lies on the test side of the split."""
    nights.write(*"cdefgh")
    nights.pass_by(2, test_share=0.5)
    return nights


def by_split(lake, *names):
    rows = (row for batch in scan(lake.table("pairs"), where="true ORDER BY pair_id") for row in batch.to_pylist())
    found = {}
    for row in rows:
        found.setdefault(row["split"], {})[row["pair_id"]] = {name: row[name] for name in names}
    return found


def test_both_configs_and_both_splits_are_loaded_as_they_were_committed(both_sides, lake, push, run_python):
    push()
    found = json.loads(run_python(READ))
    assert found[""] == found["default"]
    for name, columns in (("default", ("prompt", "chosen", "rejected")), ("provenance", ("article_id", "spans"))):
        wanted = by_split(lake, *columns)
        assert wanted.keys() == {"train", "test"}
        loaded = {
            split: {row["pair_id"]: {column: row[column] for column in columns} for row in rows}
            for split, rows in found[name].items()
        }
        assert loaded == wanted


def test_the_proof_in_the_card_gives_the_digest_of_the_version(both_sides, lake, hub, push, run_python):
    push()
    card = hub.repositories["ann/pairs"].main["README.md"].decode()
    script = card.partition("```python\n")[2].partition("```")[0]
    assert run_python(script).strip() == latest_version(lake).digest


def test_a_version_without_a_test_side_loads_too(nights, hub, push, run_python):
    push()
    assert "test-*" not in hub.repositories["ann/pairs"].main["README.md"].decode()
    assert json.loads(run_python(READ))["provenance"].keys() == {"train"}
