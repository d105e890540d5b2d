"""A version explored: from its tables to the stored object, the same whenever it is repeated."""

from __future__ import annotations

import pytest

from ownvoice.errors import StorageError
from ownvoice.exploration import explore as exploring
from ownvoice.exploration.explore import explored
from ownvoice.exploration.next_to_generate import Reason, next_to_generate
from ownvoice.exploration.stored import read_exploration
from ownvoice.storage.explored_keys import explored_key
from ownvoice.storage.versions import latest_version
from stand_ins.night import RECIPE, Night
from stand_ins.pair_lake import commit_pairs, pair
from stand_ins.topic_lake import MATTERS, topic_lake


def silently(_: str) -> None:
    """Tell nobody."""


def names(matter: str, count: int, side: str = "") -> list[str]:
    return [f"{side}{matter}{number}" for number in range(count)]


@pytest.fixture
def version(lake):
    """A version of 16 articles: the stars are in test alone, and of the ferry's articles one has a pair."""
    articles = {"bread": names("bread", 6), "ferry": names("ferry", 6), "stars": names("stars", 4, "test-")}
    topic_lake(lake, articles, dict.fromkeys(names("ferry", 5), 0))
    return latest_version(lake)


def test_topics_have_the_pairs_of_their_articles_and_what_is_missing_comes_next(lake, version):
    found = explored(lake, version, silently)
    assert (found.articles, found.wordless, found.unread, found.pairs_of_others) == (16, 0, (), 0)
    by_matter = {next(m for m, words in MATTERS.items() if {*one.terms} <= {*words}): one for one in found.topics}
    bread, ferry, stars = by_matter["bread"], by_matter["ferry"], by_matter["stars"]
    assert (bread.train_pairs, bread.uncovered) == (12, 0)
    assert (ferry.train_pairs, ferry.uncovered) == (2, 5)
    assert (stars.train_pairs, stars.test_pairs, stars.gain) == (0, 8, None)
    reasons = {one.topic.number: one.reason for one in next_to_generate(found.topics)}
    assert reasons == {stars.number: Reason.NOT_IN_TRAIN, ferry.number: Reason.FEW_PAIRS}
    assert len(found.points) == 16
    assert found.diversity.earlier is None


def test_it_is_explored_once_and_the_same_when_it_is_explored_again(lake, version):
    said: list[str] = []
    first = explored(lake, version, said.append)
    assert said
    assert explored(lake, version, lambda sentence: pytest.fail(sentence)) == first
    assert explored(lake, version, said.append, again=True) == first


def test_what_was_found_of_other_rows_or_cannot_be_read_is_found_again(lake, version):
    first = explored(lake, version, silently)
    key = explored_key(version.number)
    lake.write_json(key, lake.read_json(key) | {"digest": "of other rows"})
    assert read_exploration(lake, version) is None
    assert explored(lake, version, silently) == first
    lake.store.write(key, b"{")
    said: list[str] = []
    assert explored(lake, version, said.append) == first
    assert "ownvoice explore" in said[0]


def test_of_the_articles_words_only_titles_and_terms_are_stored(lake, version):
    explored(lake, version, silently)
    stored = lake.store.read(explored_key(version.number)).decode()
    assert "On bread0" in stored
    assert "the bread" not in stored and "the dough" not in stored


def test_further_prompts_are_a_kind_of_their_own(lake):
    rows = [pair(number, "train") | {"augment_kind": "harder" if number < 2 else None} for number in range(6)]
    commit_pairs(lake, rows)
    kinds = explored(lake, latest_version(lake), silently).kinds
    assert [(one.kind, one.pairs) for one in kinds] == [("harder", 2), ("x", 4)]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_small_version_is_explored(lake, count):
    topic_lake(lake, {"bread": names("bread", count)})
    found = explored(lake, latest_version(lake), silently)
    assert (found.articles, len(found.points)) == (count, count)
    assert sum(topic.train_pairs for topic in found.topics) == 2 * count


def test_a_version_without_articles_is_explored(lake):
    commit_pairs(lake, [])
    found = explored(lake, latest_version(lake), silently)
    assert (found.articles, found.topics, found.points, found.diversity) == (0, (), (), None)


def test_articles_beyond_the_bounds_are_given_to_the_topics_and_not_drawn(lake, version, monkeypatch):
    whole = explored(lake, version, silently)
    monkeypatch.setattr(exploring, "MAX_FITTED", 12)
    monkeypatch.setattr(exploring, "MAX_POINTS", 5)
    part = explored(lake, version, silently, again=True)
    assert len(part.points) == 5
    assert part.articles == sum(topic.articles for topic in part.topics) == whole.articles


def test_an_article_whose_original_is_lost_is_named_and_the_others_are_explored(lake, version):
    lost = next(row for row in lake.store.listing() if row.key.startswith("originals/"))
    lake.store.delete(lost.key)
    found = explored(lake, version, silently)
    assert len(found.unread) == 1
    assert found.articles == 15


def test_an_earlier_version_that_cannot_be_read_is_told_and_left_out(lake, monkeypatch):
    topic_lake(lake, {"bread": names("bread", 3)})
    topic_lake(lake, {"ferry": names("ferry", 3)})
    read = exploring.read_pair_texts

    def from_before_a_migration(lake, version, topic_of):
        if version.number == 1:
            raise StorageError("missing columns")
        return read(lake, version, topic_of)

    monkeypatch.setattr(exploring, "read_pair_texts", from_before_a_migration)
    said: list[str] = []
    found = explored(lake, latest_version(lake), said.append)
    assert found.diversity.earlier is None
    assert "version 1 is not compared with: missing columns" in said


def test_a_night_tells_the_gain_and_the_version_before_it(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.run("one", recipe=RECIPE)
    night.write("c")
    night.run("two", recipe=RECIPE)
    version = latest_version(lake)
    found = explored(lake, version, silently)
    (topic,) = found.topics
    assert topic.pairs == version.pairs == found.kinds[0].pairs
    assert topic.gain == pytest.approx(100 * topic.kept / topic.requests)
    assert topic.kept >= topic.pairs > 0
    assert (found.diversity.now.version, found.diversity.earlier.version) == (version.number, version.number - 1)
