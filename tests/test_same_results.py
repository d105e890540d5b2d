"""What a refresh computes is held against a record: a change of structure or words must move none of it.

Request keys decide what is paid for again, pair ids and digests are what users and cards name. After a change that is
meant to move them, write the record again: OWNVOICE_RECORD=1 pytest tests/test_same_results.py, and say so in the
CHANGELOG.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.storage.lake import scan
from stand_ins.offline_night import offline_night
from stand_ins.places import SAMPLES, TESTS

RECORD = TESTS / "recorded" / "same_results.json"

MOVING = {"started_at", "ended_at", "duration_s", "timeline", "uri"}
"""Parts of a report that differ between two runs of the same night."""
PROSE = {"sentence", "advice"}
"""Parts of a report that are written for a reader, computed from numbers that are held."""


def digest(values):
    return hashlib.sha256("\n".join(sorted(values)).encode()).hexdigest()


def computed(report):
    if isinstance(report, dict):
        return {key: computed(value) for key, value in report.items() if key not in MOVING | PROSE}
    return [computed(value) for value in report] if isinstance(report, list) else report


def column(table, name):
    return [value for rows in scan(table, name) for value in rows.column(0).to_pylist()]


def after(lake, report):
    keys = [entry.name for entry in (Path(lake.uri.removeprefix("file://")) / "answers").rglob("*") if entry.is_file()]
    ids = column(lake.table("pairs"), "pair_id")
    return {
        "answers": digest(keys),
        "pairs": len(ids),
        "pair_ids": digest(ids),
        "report": computed(report.model_dump(mode="json")),
    }


@pytest.fixture
def articles(tmp_path):
    return Path(shutil.copytree(SAMPLES, tmp_path / "articles"))


def edit_rename_and_remove(articles):
    edited, renamed, removed = sorted(path for path in articles.rglob("*") if path.suffix == ".md")[:3]
    edited.write_text(edited.read_text() + "\n\nOne more sentence was written on the following morning, at the desk.\n")
    renamed.rename(renamed.with_name("renamed.md"))
    removed.unlink()


@pytest.mark.parametrize("cleaning", ["faithful", "chapter"])
def test_two_refreshes_of_the_samples_compute_what_is_on_record(lake, articles, cleaning):
    recipe = GenerationRecipe(model=OFFLINE_MODEL, cleaning=cleaning)
    first = after(lake, offline_night(lake, articles, recipe=recipe, run_id="first"))
    edit_rename_and_remove(articles)
    second_day = dt.date(2026, 4, 2)
    report = offline_night(lake, articles, recipe=recipe, run_id="second", refresh_date=second_day, reconcile=True)
    found = {"first": first, "second": after(lake, report)}
    record = json.loads(RECORD.read_text()) if RECORD.is_file() else {}
    if os.environ.get("OWNVOICE_RECORD"):
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(json.dumps(record | {cleaning: found}, indent=1) + "\n")
    else:
        assert json.loads(json.dumps(found)) == record[cleaning]
