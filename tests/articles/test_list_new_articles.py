"""The objects that a run lists and reads: flat folders, day folders, broken objects, wrong addresses."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from ownvoice.articles.changeset import read_listing
from ownvoice.articles.cursor import advance_cursor, read_cursor
from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.commit import commit_version
from ownvoice.errors import SettingsError, StorageError
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.stores import ObjectStore

TODAY = dt.date(2026, 3, 10)


@pytest.fixture
def source(tmp_path):
    return ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)


def night(lake, source, run_id, day=TODAY, **fields):
    """List, then commit without asking a model: every article stays pending, but is known."""
    run = RefreshRun(run_id=run_id, refresh_date=day, articles_uri=source.uri, **fields)
    counts = list_new_articles(lake, source, run)
    plan_batches(lake, run_id)
    commit_version(lake, run_id)
    advance_cursor(lake, run_id)
    return {event: count for event, count in counts.items() if count}


def test_a_flat_layout_is_listed_whole_by_every_run(lake, source):
    source.write("a.md", b"One.")
    source.write("deep/er/b.txt", b"Two.")
    source.write("picture.png", b"\x89PNG")
    assert night(lake, source, "one") == {"appeared": 2}
    source.write("c.md", b"Three.")
    assert night(lake, source, "two", TODAY + dt.timedelta(1)) == {"appeared": 1, "unchanged": 2}


def test_an_unchanged_object_is_not_read_again(lake, source, monkeypatch):
    source.write("a.md", b"One.")
    night(lake, source, "one")
    read = []
    monkeypatch.setattr(source, "read_range", lambda stored, *_: read.append(stored.key))
    night(lake, source, "two", TODAY + dt.timedelta(1))
    assert read == []


def test_an_object_written_again_with_the_same_text_is_no_edit(lake, source, tmp_path):
    source.write("a.md", b"One.")
    night(lake, source, "one")
    os.utime(tmp_path / "articles" / "a.md", ns=(1, 1))
    assert night(lake, source, "two", TODAY + dt.timedelta(1)) == {"unchanged": 1}


def test_in_a_layout_by_day_only_the_newest_folders_are_listed(lake, source):
    source.write("dt=2026-03-01/old.md", b"Old.")
    source.write("dt=2026-03-10/new.md", b"New.")
    assert night(lake, source, "one", reconcile_every_days=30) == {"appeared": 2}
    source.write("dt=2026-03-02/late.md", b"Late.")
    source.write("dt=2026-03-09/yesterday.md", b"Yesterday.")
    source.delete("dt=2026-03-01/old.md")
    tomorrow = TODAY + dt.timedelta(1)
    assert night(lake, source, "two", tomorrow, reconcile_every_days=30) == {"appeared": 1, "unchanged": 1}
    later = tomorrow + dt.timedelta(1)
    assert night(lake, source, "three", later, reconcile=True) == {"appeared": 1, "unchanged": 2, "vanished": 1}


@pytest.mark.parametrize("beside", ["good.md", "notes/good.md", "dt=2026-13-45/odd.md"])
def test_what_lies_beside_day_folders_is_listed_too(lake, source, beside):
    source.write("dt=2026-02-01/old.md", b"Old.")
    source.write(beside, b"Good.")
    assert night(lake, source, "one") == {"appeared": 2}
    source.write(beside, b"Good, and edited.")
    source.write("dt=2026-02-02/late.md", b"Late.")
    assert night(lake, source, "two", TODAY + dt.timedelta(1)) == {"appeared": 1, "edited": 1, "unchanged": 1}


def test_a_source_whose_days_are_all_older_than_the_look_back_has_nothing_new(lake, source):
    source.write("dt=2026-02-01/old.md", b"Old.")
    assert night(lake, source, "one", reconcile_every_days=30) == {"appeared": 1}
    assert night(lake, source, "two", TODAY + dt.timedelta(1), reconcile_every_days=30) == {}


@pytest.mark.parametrize(("one", "other"), [("a:b", "a+b"), (".", ".."), ("x y", "x-y")])
def test_a_run_whose_folder_another_has_is_refused(lake, source, one, other):
    source.write("a.md", b"One.")
    night(lake, source, one)
    source.write("b.md", b"Two.")
    with pytest.raises(SettingsError, match="would share its folder with run"):
        night(lake, source, other)
    assert night(lake, source, one) == {"appeared": 1}


def test_the_whole_source_is_looked_at_at_least_once_a_week(lake, source):
    source.write("dt=2026-03-01/old.md", b"Old.")
    source.write("dt=2026-03-10/new.md", b"New.")
    night(lake, source, "one")
    source.delete("dt=2026-03-01/old.md")
    assert "vanished" not in night(lake, source, "two", TODAY + dt.timedelta(6))
    assert night(lake, source, "three", TODAY + dt.timedelta(7))["vanished"] == 1
    assert read_cursor(lake).reconciled == TODAY + dt.timedelta(7)


def test_a_prefix_looks_nowhere_else_and_moves_no_cursor(lake, source):
    source.write("blog/a.md", b"One.")
    source.write("notes/b.md", b"Two.")
    assert night(lake, source, "one", prefix="blog") == {"appeared": 1}
    assert read_cursor(lake) is None
    assert night(lake, source, "two") == {"appeared": 1, "unchanged": 1}
    source.delete("notes/b.md")
    assert night(lake, source, "three", prefix="blog") == {"unchanged": 1}


def test_a_broken_object_is_quarantined_and_costs_nobody_anything(lake, source):
    source.write("a.md", b"One.")
    source.write("b.md", b"Two.")
    night(lake, source, "one")
    source.write("a.md", b"\xff\xfe")
    source.write("c.json", b"{")
    run_id = "two"
    assert night(lake, source, run_id, TODAY + dt.timedelta(1)) == {"unchanged": 2, "quarantined": 2}
    listing = read_listing(lake, RefreshRun(run_id=run_id, refresh_date=TODAY, articles_uri=source.uri))
    assert {one.source_key: one.reason for one in listing.quarantined} == {
        "a.md": "not_utf8",
        "c.json": "bad_json",
    }


def test_an_empty_source_never_retires_a_whole_dataset(lake, source):
    source.write("a.md", b"One.")
    night(lake, source, "one")
    source.delete("a.md")
    with pytest.raises(StorageError, match="lists no article, but the lake knows 1 there. Nothing was retired"):
        night(lake, source, "two", TODAY + dt.timedelta(1))


def test_an_older_run_that_is_repeated_does_not_move_the_cursor_back(lake, source):
    source.write("a.md", b"One.")
    night(lake, source, "one")
    night(lake, source, "two", TODAY + dt.timedelta(1))
    advance_cursor(lake, "one")
    assert read_cursor(lake).listed_through == TODAY + dt.timedelta(1)


@pytest.mark.parametrize("run_id", ["../../etc", "a/b", "..", "scheduled__2026-01-01T02:00:00+00:00"])
def test_no_run_id_leads_out_of_the_runs_folder(run_id):
    folder = RunKeys(run_id).folder
    assert folder.startswith("runs/")
    assert "/" not in folder.removeprefix("runs/")
    assert ".." not in folder.split("/")
