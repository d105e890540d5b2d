"""An article that was taken down is refused every night, whatever it is called, and nothing is asked about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ownvoice.articles.changeset import read_listing
from ownvoice.articles.tombstones import Withheld, put_tombstone
from ownvoice.config.run import recorded_run
from ownvoice.offline_model.server import OfflineModel
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import latest_version
from ownvoice.takedown.commit import commit_without
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.lift import lift
from ownvoice.takedown.rows import find_rows
from stand_ins.night import Night, article


@pytest.fixture
def night(lake: Lake, tmp_path: Path, offline_model: OfflineModel) -> Night:
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("alpha", "bravo")
    return night


def _bury(lake: Lake, name: str = "alpha") -> None:
    withheld = Withheld(frozenset({name}), frozenset({f"{name}.md"}), texts=(article(name),))
    put_tombstone(lake, "td", withheld, 0.5)


def _refused(lake: Lake, run_id: str) -> int:
    return read_listing(lake, recorded_run(lake, run_id)).passed_over.get("taken down", 0)


def _articles(lake: Lake) -> set[str]:
    version = latest_version(lake)
    rows = scan(lake.table("articles", version.articles_version if version else None), "article_id")
    return {name for batch in rows for name in batch["article_id"].to_pylist()}


def _take_down(lake: Lake, name: str = "alpha") -> None:
    _bury(lake, name)
    commit_without(lake, "td", find_rows(lake, Wanted(article_ids=frozenset({name}))))


def test_put_back_it_is_refused_and_counted_every_night_and_read_once(night: Night) -> None:
    night.run("one")
    asked = night.model.requests_served
    _take_down(night.lake)
    for run_id in ("two", "three", "four"):
        night.run(run_id)
        assert _refused(night.lake, run_id) == 1
    night.put("other-name", article("alpha").upper(), author_id="jane")
    night.run("five")
    assert _refused(night.lake, "five") == 2
    assert _articles(night.lake) == {"bravo"} and night.model.requests_served == asked


def test_a_refused_text_is_not_even_kept(night: Night) -> None:
    _bury(night.lake)
    night.run("one")
    assert len(list(night.lake.store.objects("originals"))) == 1


def test_an_unchanged_object_with_a_refused_article_is_not_opened_again(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bury(night.lake)
    night.run("one")
    opened: list[str] = []
    monkeypatch.setattr("ownvoice.articles.source._begin", lambda _, one: opened.append(one.key))
    night.list_and_plan("two")
    assert opened == [] and _refused(night.lake, "two") == 1


def test_one_of_many_articles_in_an_object_is_refused_and_the_others_stay(night: Night, tmp_path: Path) -> None:
    rows = [{"id": name, "author_id": "tests", "content": article(name)} for name in ("delta", "echo", "foxtrot")]
    (tmp_path / "articles" / "many.jsonl").write_text("\n".join(map(json.dumps, rows)))
    night.run("one")
    _take_down(night.lake, "echo")
    assert [_night_refused(night, run_id) for run_id in ("two", "three")] == [1, 1]
    assert _articles(night.lake) == {"alpha", "bravo", "delta", "foxtrot"}


def _night_refused(night: Night, run_id: str) -> int:
    night.run(run_id)
    return _refused(night.lake, run_id)


def test_one_that_was_listed_before_its_tombstone_is_neither_sent_nor_committed(night: Night) -> None:
    night.list_and_plan("one")
    _bury(night.lake)
    night.generate("one")
    version = night.commit("one")
    assert version and {
        row["article_id"] for batch in scan(night.lake.table("pairs")) for row in batch.to_pylist()
    } == {"bravo"}
    assert _articles(night.lake) == {"bravo"}
    chunks = [row["article_id"] for batch in scan(night.lake.table("chunks")) for row in batch.to_pylist()]
    assert set(chunks) == {"bravo"} and night.model.requests_served == len(chunks)


def test_once_lifted_it_is_an_article_like_any_other(night: Night) -> None:
    night.run("one")
    _take_down(night.lake)
    night.run("two")
    lift(night.lake, "td", "it was the wrong one")
    night.run("three")
    assert _refused(night.lake, "three") == 0 and _articles(night.lake) == {"alpha", "bravo"}
