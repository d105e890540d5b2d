"""Tombstones refuse what was taken down, under whatever name it comes back, and hold neither name nor text of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ownvoice.articles.article import Article
from ownvoice.articles.tombstones import Withheld, lift_tombstone, put_tombstone, stored_tombstones, tombstones
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.takedown_keys import tombstone_key

_WORDS = random.Random(7)
_TEXT = " ".join(_WORDS.choice([f"word{number}" for number in range(900)]) for _ in range(600))
_OTHER = " ".join(_WORDS.choice([f"other{number}" for number in range(900)]) for _ in range(600))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(f"file://{tmp_path}/lake")
    withheld = Withheld(frozenset({"essay-1"}), frozenset({"a/essay.md"}), frozenset({"ann"}), (_TEXT,))
    put_tombstone(lake, "td1", withheld, least_jaccard=0.5)
    return lake


def _article(**changes: str | None) -> Article:
    fields: dict[str, str | None] = {"source_key": "b/new.md", "metadata_id": None, "author_id": "bob"}
    fields |= {"title": "", "language": "", "content": _OTHER} | changes
    return Article(**fields)  # type: ignore[arg-type]  # the fields of the test's own


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata_id": "essay-1"},
        {"source_key": "essay-1"},
        {"source_key": "a/essay.md"},
        {"author_id": "ann"},
        {"content": _TEXT},
        {"content": f"## {_TEXT.upper()}\r\n"},
        {"content": f"A new beginning. {_TEXT} And another end of it, said at some length."},
        {"content": _TEXT[: len(_TEXT) * 7 // 10]},
    ],
    ids=["id", "id as first key", "key edited", "author", "text", "text in capitals", "text with more", "most of it"],
)
def test_what_was_taken_down_is_refused_in_every_dress(lake: Lake, changes: dict[str, str | None]) -> None:
    assert tombstones(lake).refuses_article(_article(**changes)) == "td1"


def test_what_is_another_article_is_not_refused(lake: Lake) -> None:
    found = tombstones(lake)
    assert found.refuses_article(_article()) is None
    assert found.refuses_article(_article(content=_TEXT[: len(_TEXT) * 3 // 10] + " " + _OTHER)) is None
    assert found.refuses(article_id="", source_key="", author_id="", text="") is None


def test_a_tombstone_holds_neither_names_nor_words(lake: Lake) -> None:
    stored = lake.store.read(tombstone_key("td1")) or b""
    assert not any(word.encode() in stored for word in ("essay", "ann", *_TEXT.split()[:50]))


def test_two_lakes_do_not_say_the_same_of_one_text(lake: Lake, tmp_path: Path) -> None:
    other = Lake(f"file://{tmp_path}/other")
    put_tombstone(other, "td1", Withheld(texts=(_TEXT,)), least_jaccard=0.5)
    assert stored_tombstones(lake)[0].marks.isdisjoint(stored_tombstones(other)[0].marks)


def test_putting_a_tombstone_again_keeps_what_it_refused(lake: Lake) -> None:
    before = stored_tombstones(lake)[0]
    put_tombstone(lake, "td1", Withheld(article_ids=frozenset({"essay-2"})), least_jaccard=0.5)
    found = tombstones(lake)
    assert found.refuses(article_id="essay-2") == found.refuses(text=_TEXT) == "td1"
    assert stored_tombstones(lake)[0].made_at == before.made_at


def test_a_lifted_tombstone_refuses_nothing_and_says_why(lake: Lake) -> None:
    lift_tombstone(lake, "td1", "the author changed her mind")
    assert tombstones(lake).refuses(article_id="essay-1") is None
    assert stored_tombstones(lake)[0].lifted_because == "the author changed her mind"


def test_lifting_what_is_not_there_names_what_is(lake: Lake) -> None:
    with pytest.raises(StorageError, match=r"no tombstone of takedown 'td9'; there are: td1"):
        lift_tombstone(lake, "td9", "")
