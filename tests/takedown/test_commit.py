"""The commit of a takedown: near copies go too, a cluster keeps its side, and who holds the lake is not disturbed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ownvoice.articles.table import ArticleRow, read_articles
from ownvoice.articles.tombstones import Withheld, put_tombstone
from ownvoice.dataset.verify import verify
from ownvoice.errors import LakeHeldError
from ownvoice.offline_model.server import OfflineModel
from ownvoice.states import ArticleState
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.lease import held_by_process
from ownvoice.storage.versions import latest_version
from ownvoice.takedown.commit import commit_without
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.old_versions import rewrite_old_versions
from ownvoice.takedown.rows import find_rows
from stand_ins.night import Night, article


@pytest.fixture
def night(lake: Lake, tmp_path: Path, offline_model: OfflineModel) -> Night:
    return Night(lake, tmp_path / "articles", offline_model)


def _articles(lake: Lake) -> dict[str, ArticleRow]:
    return read_articles(lake, latest_version(lake), lambda batch: batch["article_id"].is_valid())


def _cut(text: str, first: float, last: float) -> str:
    words = text.split(" ")
    return " ".join(words[int(len(words) * first) : int(len(words) * last)])


def test_near_copies_go_with_the_article_whoever_wrote_them(lake: Lake, night: Night) -> None:
    night.write("alpha", "bravo")
    night.run("one")
    night.put("copy", article("alpha") + "\nWith a few more words of somebody else at the end.\n", author_id="jane")
    night.run("two")
    found = find_rows(lake, Wanted(article_ids=frozenset({"alpha"})))
    assert found.near_copies == {"copy": "alpha"} and found.authors == {"tests", "jane"}
    commit_without(lake, "td", found)
    assert set(_articles(lake)) == {"bravo"} and verify(lake).passed
    given = find_rows(lake, Wanted(texts=(article("bravo").upper(),)))
    assert given.near_copies == {"bravo": ""}


def test_who_stays_of_a_cluster_inherits_its_side_and_is_generated_from_under_a_key_that_names_nobody(
    lake: Lake, night: Night
) -> None:
    # Each is near the middle one, and the outer two are not near each other: the first holds the cluster.
    night.put("a-middle", _cut(article("alpha"), 0.2, 0.8))
    night.run("one")
    night.put("b-first", _cut(article("alpha"), 0, 0.6))
    night.put("c-last", _cut(article("alpha"), 0.4, 1))
    night.run("two")
    before = _articles(lake)
    assert {before[name].state for name in ("b-first", "c-last")} == {ArticleState.DUPLICATE}
    found = find_rows(lake, Wanted(article_ids=frozenset({"a-middle"})), least_jaccard=None)
    commit_without(lake, "td", found)
    rewrite_old_versions(lake, "td", found)
    after = _articles(lake)
    assert {name: row.state for name, row in after.items()} == {
        "b-first": ArticleState.PENDING,
        "c-last": ArticleState.DUPLICATE,
    }
    assert {row.split for row in after.values()} == {before["a-middle"].split}
    assert len({row.cluster_key for row in after.values()}) == 1 and "a-middle" not in repr(after)
    put_tombstone(lake, "td", Withheld(article_ids=found.article_ids), 0.5)
    night.remove("a-middle")
    night.run("three")
    pairs = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    assert pairs and {row["article_id"] for row in pairs} == {"b-first"}
    assert all(verify(lake, number).passed for number in (1, 2, 3, 4))


def test_an_authors_takedown_refuses_what_the_author_writes_later(lake: Lake, night: Night) -> None:
    night.write("alpha")
    night.write_by("jane", "bravo")
    night.run("one")
    found = find_rows(lake, Wanted(author_ids=frozenset({"jane"})))
    put_tombstone(lake, "td", Withheld(article_ids=found.article_ids, author_ids=found.author_ids), 0.5)
    commit_without(lake, "td", found)
    night.write_by("jane", "charlie")
    night.run("two")
    assert set(_articles(lake)) == {"alpha"}


def test_a_takedown_waits_while_a_refresh_holds_the_lake(lake: Lake, night: Night) -> None:
    night.write("alpha")
    night.run("one")
    found = find_rows(lake, Wanted(article_ids=frozenset({"alpha"})))
    with held_by_process(lake, "a-night"):
        with pytest.raises(LakeHeldError, match="held by run a-night"):
            commit_without(lake, "td", found)
        with pytest.raises(LakeHeldError, match="held by run a-night"):
            rewrite_old_versions(lake, "td", found)
    assert set(_articles(lake)) == {"alpha"}
    commit_without(lake, "td", found)
    assert _articles(lake) == {}
