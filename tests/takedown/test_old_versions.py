"""The rows of an article leave every version, file and log entry, and every version stays proved and readable."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from ownvoice.articles.near_duplicates.sketch_index import SketchIndex
from ownvoice.dataset.digest import from_text, to_text
from ownvoice.dataset.verify import verify
from ownvoice.errors import BadDataError
from ownvoice.pairs.grams.index import GramIndex
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.takedown_keys import withdrawn_key
from ownvoice.storage.versions import all_versions, latest_version
from ownvoice.storage.withdrawn import withdrawn_of
from ownvoice.takedown.commit import commit_without
from ownvoice.takedown.found import Found, Wanted
from ownvoice.takedown.old_versions import rewrite_old_versions
from ownvoice.takedown.rows import find_rows
from ownvoice.training.version_pairs import read_pairs

GONE = "alpha"  # of the nights in conftest.py


@pytest.fixture
def lake(old_lake: Lake) -> Lake:
    return old_lake


def _take_down(lake: Lake, article_id: str = GONE) -> Found:
    found = find_rows(lake, Wanted(article_ids=frozenset({article_id})))
    commit_without(lake, "td", found)
    rewrite_old_versions(lake, "td", found)
    return found


def _rows(lake: Lake, table: str, version: int | None = None) -> list[dict[str, object]]:
    return [row for batch in scan(lake.table(table, version)) for row in batch.to_pylist()]


def _words_in_tables(lake: Lake, folder: Path, words: set[str]) -> list[str]:
    """Return the files of the tables, log and footers included, that hold one of `words`."""
    found = []
    for path in (folder / "lake" / "tables").rglob("*.*"):
        if path.suffix == ".parquet":
            text = repr(pq.read_table(path).to_pylist()) + repr(pq.read_metadata(path).to_dict())
        else:
            text = path.read_text()
        found += [str(path)] if any(word in text for word in words) else []
    return found


def _indexed(lake: Lake) -> set[str]:
    """Return the texts that both indexes hold."""
    with GramIndex(lake).open() as segments:
        return SketchIndex(lake).texts() & {text for segment in segments for text in segment.texts}


def test_what_is_found_is_all_that_any_version_holds(lake: Lake) -> None:
    found = find_rows(lake, Wanted(article_ids=frozenset({GONE})))
    assert found.article_ids == {GONE} and found.authors == {"tests"} and not found.near_copies
    assert len(found.texts) == len(found.asked_texts) == 2  # before the edit and after it
    assert found.versions == (1, 2, 3) and found.run_ids == {"one", "three"}
    for number in found.versions:
        held = [row for row in _rows(lake, "pairs", number) if row["article_id"] == GONE]
        assert found.rows["pairs"][number] == len(held)
        assert found.pair_ids >= {row["pair_id"] for row in held}
    assert found.rows["articles"] == {1: 1, 2: 1, 3: 1}
    assert find_rows(lake, Wanted(author_ids=frozenset({"jane"}))).article_ids == {"charlie"}
    assert find_rows(lake, Wanted(article_ids=frozenset({"nobody"}))).article_ids == frozenset()


def test_every_version_stays_proved_and_none_holds_the_article(lake: Lake, tmp_path: Path) -> None:
    before = {one.number: one.digest for one in all_versions(lake)}
    originals = [lake.original(text) for text in find_rows(lake, Wanted(article_ids=frozenset({GONE}))).texts]
    others = {number: [row for row in _rows(lake, "pairs", number) if row["article_id"] != GONE] for number in before}
    assert _indexed(lake) >= find_rows(lake, Wanted(article_ids=frozenset({GONE}))).texts
    found = _take_down(lake)
    assert _indexed(lake).isdisjoint(found.texts) and _indexed(lake)

    newest = latest_version(lake)
    assert newest and newest.number == 4 and newest.retired == found.rows["pairs"][3]
    assert {one.number: one.digest for one in all_versions(lake) if one.number in before} == before
    for number in (1, 2, 3, 4):
        proved = verify(lake, number)
        assert proved.passed and proved.withdrawn == found.rows["pairs"].get(number, 0)
        kept = _rows(lake, "pairs", number)
        assert sorted(row["pair_id"] for row in kept) == sorted(row["pair_id"] for row in others.get(number, others[3]))
    sentences = {line[:40] for text in originals for line in text.splitlines() if len(line) > 40}
    assert sentences and _words_in_tables(lake, tmp_path, {*sentences, f"'{GONE}'", f'"{GONE}"'}) == []


def test_doing_it_again_changes_nothing(lake: Lake) -> None:
    found = _take_down(lake)
    there = {one.key: one.tag for one in lake.store.objects("tables/pairs")}
    assert commit_without(lake, "td", found) == latest_version(lake)
    assert rewrite_old_versions(lake, "td", found).overwritten == ()
    assert {one.key: one.tag for one in lake.store.objects("tables/pairs")} == there


def test_a_second_takedown_adds_to_the_sums_of_the_first(lake: Lake) -> None:
    first = _take_down(lake)
    second = find_rows(lake, Wanted(author_ids=frozenset({"jane"})))
    commit_without(lake, "td2", second)
    rewrite_old_versions(lake, "td2", second)
    assert withdrawn_of(lake, 3).takedowns == ("td", "td2")
    assert withdrawn_of(lake, 3).pairs == first.rows["pairs"][3] + second.rows["pairs"][3]
    assert all(verify(lake, one.number).passed for one in all_versions(lake))


def test_an_old_version_is_not_learnt_in_part_and_not_proved_without_the_sum(lake: Lake) -> None:
    _take_down(lake)
    with pytest.raises(BadDataError, match=r"version 2 is not whole: takedown td withdrew \d+ of its \d+ pairs"):
        read_pairs(lake, 2)
    stored = lake.store.read(withdrawn_key("td")) or b""
    lake.store.delete(withdrawn_key("td"))
    lacking = verify(lake, 2)
    assert not lacking.digest_matches and any("were committed" in fault for fault in lacking.faults)
    record = json.loads(stored)
    record["sums"] = [to_text(from_text(one) + np.uint16(1)) for one in record["sums"]]
    lake.write_json(withdrawn_key("td"), record)
    assert not verify(lake, 2).digest_matches


@pytest.mark.parametrize("dies_in", ["write", "delete"])
def test_a_rewriting_that_is_killed_anywhere_is_finished_by_the_next(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    found = find_rows(lake, Wanted(article_ids=frozenset({GONE})))
    commit_without(lake, "td", found)
    done, real = 0, getattr(ObjectStore, dies_in)
    for lives in range(0, 60, 4 if dies_in == "write" else 1):
        done = 0

        def dying(store: ObjectStore, key: str, *data: bytes, lives: int = lives) -> None:
            nonlocal done
            if "/tables/" in f"/{key}":
                done += 1
                if done > lives:
                    raise KeyboardInterrupt
            real(store, key, *data)

        monkeypatch.setattr(ObjectStore, dies_in, dying)
        with contextlib.suppress(KeyboardInterrupt):
            rewrite_old_versions(lake, "td", found)
            break
        for number in (1, 2, 3):  # whole at every moment: each row once, with the withdrawn ones or without
            ids = [row["pair_id"] for row in _rows(lake, "pairs", number) if row["article_id"] != GONE]
            assert len(ids) == len(set(ids))
    monkeypatch.undo()
    assert done and rewrite_old_versions(lake, "td", found).overwritten == ()
    assert all(verify(lake, one.number).passed for one in all_versions(lake))
    assert _words_in_tables(lake, tmp_path, {f"'{GONE}'", f'"{GONE}"'}) == []
