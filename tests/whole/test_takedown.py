"""An article is taken down after three nights, a push and trainings: nothing of it is left, and the rest is proved."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ownvoice.articles.near_duplicates.shingles import words
from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.push import push_to_hub
from ownvoice.dataset.verify import verify
from ownvoice.errors import SettingsError
from ownvoice.offline_model.server import OfflineModel
from ownvoice.storage.hub import hub_client
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import all_versions
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.lift import lift
from ownvoice.takedown.record import TakedownRecord, takedowns
from ownvoice.takedown.steps import STEPS, Asked
from ownvoice.takedown.take_down import take_down
from ownvoice.training.results.publication import Publication, write_publication
from stand_ins.hub import WRITER, StandInHub
from stand_ins.hub_dataset import REPOSITORY
from stand_ins.hub_repository import Repository
from stand_ins.night import Night
from stand_ins.places import TESTS
from stand_ins.trained import trained_run

GONE = "b"
MODEL = "ann/voice"
ASKED = Asked(Wanted(article_ids=frozenset({GONE})), {"kept": "its author agreed in writing"}, "ann")


def let_pass(nights: int, lake: Lake, folder: Path, model: OfflineModel) -> tuple[list[str], Night]:
    """Let nights pass, of which all but the first find the article changed; return every text that it had."""
    night = Night(lake, folder, model)
    night.write("a", "b", "s")  # the last one is of the test split
    texts = []
    for day in range(nights):
        night.run(f"night-{day}", refresh_date=dt.date(2026, 2, 1 + day))
        texts.append((folder / "b.md").read_text(encoding="utf-8").rpartition("---\n")[2])
        night.edit("b", f"In its {day}. year it says what no other article of the folder says at all.")
    return texts, night


def objects_with(lake: Lake, runs: set[str]) -> list[str]:
    """Return the keys of the objects that hold one of the runs, read without what the takedown itself reads with."""
    found = []
    for stored in lake.store.objects():
        data = lake.store.read(stored.key) or b""
        said = data.decode("utf-8", "replace")
        if stored.key.endswith(".parquet"):
            said += repr(pq.read_table(io.BytesIO(data)).to_pylist())
        if runs & runs_in(said.replace("\\n", " ")):
            found.append(stored.key)
    return found


def runs_in(text: str) -> set[str]:
    """Return the runs of eight words of a text."""
    said = words(text)
    return {" ".join(said[at : at + 8]) for at in range(len(said) - 7)}


def hub_says(hub: StandInHub) -> str:
    """Return every row that any commit or stored object of the Hub holds."""
    kept = [data for repository in hub.repositories.values() for tree in repository.commits.values()
            for data in tree.values()]  # fmt: skip
    files = [data for data in (*kept, *hub.objects.values()) if data[:4] == b"PAR1"]
    return repr([pq.read_table(io.BytesIO(data)).to_pylist() for data in files])


def test_after_a_takedown_nothing_is_left_and_every_version_is_proved(
    lake: Lake, tmp_path: Path, offline_model: OfflineModel, hub: StandInHub
) -> None:
    texts, _ = let_pass(3, lake, tmp_path / "articles", offline_model)
    target = HubDataset(REPOSITORY)
    push_to_hub(lake, hub_client(WRITER), target)
    hub.repositories[MODEL] = Repository(MODEL)
    hub.repositories[MODEL].main["README.md"] = b"# voice"
    for run_id, version in (("retrained", 1), ("kept", 3)):
        run = trained_run(lake, version, run_id)
        write_publication(lake, run, Publication(MODEL, "c0ffee" * 6, run_id))
    others = [(tmp_path / "articles" / f"{name}.md").read_text(encoding="utf-8") for name in "as"]
    runs = set[str]().union(*map(runs_in, texts)).difference(*map(runs_in, others))
    assert len(runs) > 100
    assert len(objects_with(lake, runs)) > 10

    record = take_down(lake, ASKED, lambda: hub_client(WRITER), target)

    assert (record.state, record.open, record.outside) == ("closed", {}, {})
    assert record.step("search").counts["hits"] == 0  # type: ignore[union-attr]
    assert objects_with(lake, runs) == []
    assert [run for run in _rows(lake, "pairs") + _rows(lake, "articles") if run["article_id"] == GONE] == []
    assert [verify(lake, version.number).faults for version in all_versions(lake)] == [()] * 4
    assert [(use.run_id, use.decision) for use in record.models] == [("kept", "keep"), ("retrained", "retrain")]
    assert all(use.train_pairs + use.test_pairs for use in record.models)
    card = hub.repositories[MODEL].main["README.md"].decode()
    assert "its author agreed in writing" in card
    assert "is to be trained again" in card
    assert f"'{GONE}'" not in hub_says(hub)
    assert not runs & runs_in(hub_says(hub))
    assert len(hub.repositories[REPOSITORY].commits) == 1
    assert take_down(lake, ASKED, lambda: hub_client(WRITER), target) == record  # done is done


def test_put_back_under_another_name_it_is_refused_and_counted_every_night(
    lake: Lake, tmp_path: Path, offline_model: OfflineModel
) -> None:
    night = let_pass(1, lake, tmp_path / "articles", offline_model)[1]
    with pytest.raises(SettingsError, match="no model of training kept"):
        take_down(lake, ASKED, lambda: hub_client(WRITER))
    assert not list(lake.store.objects("tombstones")), "a wrong name is refused before anything is changed"
    take_down(lake, Asked(ASKED.wanted), lambda: hub_client(WRITER))
    back = (tmp_path / "articles" / "b.md").read_text(encoding="utf-8").replace("id: b", "id: another")
    (tmp_path / "articles" / "back.md").write_text(back, encoding="utf-8")
    for day in (8, 9):
        night.write(f"new-{day}")
        night.run(f"night-{day}", refresh_date=dt.date(2026, 2, day))
        assert lake.read_json(f"runs/night-{day}/listing.json")["passed_over"] == {"taken down": 2}
    assert {row["article_id"] for row in _rows(lake, "pairs")} == {"a", "s", "new-8", "new-9"}

    (tmp_path / "articles" / "back.md").unlink()
    (takedown,) = takedowns(lake)
    lift(lake, takedown.takedown_id, "it was a mistake")
    night.run("night-10", refresh_date=dt.date(2026, 2, 10))
    assert GONE in {row["article_id"] for row in _rows(lake, "pairs")}
    again = take_down(lake, Asked(ASKED.wanted), lambda: hub_client(WRITER))
    assert (again.state, again.step("rows").counts["version"]) == ("closed", 6)  # type: ignore[union-attr]
    night.write("new-11")
    night.run("night-11", refresh_date=dt.date(2026, 2, 11))
    assert GONE not in {row["article_id"] for row in _rows(lake, "pairs")}


def _rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    return [row for batch in scan(lake.table(table)) for row in batch.to_pylist()]


def test_a_takedown_that_is_killed_anywhere_and_run_again_ends_the_same(
    lake: Lake, tmp_path: Path, offline_model: OfflineModel
) -> None:
    let_pass(2, lake, tmp_path / "articles", offline_model)
    undisturbed = Lake((tmp_path / "undisturbed").as_uri())
    shutil.copytree(tmp_path / "lake", tmp_path / "undisturbed", dirs_exist_ok=True)
    # At each step, before it is written down, and in the midst of those that change much.
    within = {"find": (2,), "objects": (5,), "versions": (3,)}
    places = [place for step in STEPS for place in (*(f"write:{at}" for at in within.get(step, ())), step)]

    assert _killed_at(lake, places) == [-signal.SIGKILL] * len(places) + [0]
    assert _killed_at(undisturbed, []) == [0]

    assert _end(lake) == _end(undisturbed)


def _killed_at(lake: Lake, places: list[str]) -> list[int]:
    script = TESTS / "stand_ins" / "takedown_and_die.py"
    done = subprocess.run(
        [sys.executable, str(script), lake.uri, GONE, *places], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _end(lake: Lake) -> dict[str, Any]:
    """Return all that a takedown comes to, but for times, names of files and how often it began."""
    keys = sorted(one.key for one in lake.store.objects() if not one.key.startswith(("tables/", "lease/")))
    record = TakedownRecord.model_validate(lake.read_json(next(key for key in keys if key.endswith("record.json"))))
    assert (record.state, record.open) == ("closed", {})
    versions = all_versions(lake)
    return {
        "keys": [key for key in keys if not key.startswith("probe")],
        "versions": [(one.number, one.digest, one.pairs) for one in versions],
        "faults": [verify(lake, one.number).faults for one in versions],
        "rows": {name: sorted(map(repr, _rows(lake, name))) for name in ("pairs", "articles", "chunks")},
    }
