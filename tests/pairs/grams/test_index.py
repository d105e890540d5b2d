import hashlib
from itertools import pairwise

import pytest

from ownvoice.errors import StorageError
from ownvoice.pairs.grams import index as module
from ownvoice.pairs.grams.index import MAX_GRAM, GramIndex, text_grams


@pytest.fixture
def keep(lake):
    """Keep originals of so many words; return their hashes."""

    def kept(*texts):
        hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        for name, text in zip(hashes, texts, strict=True):
            lake.keep_original(name, text)
        return hashes

    return kept


def words(name, count=40):
    return " ".join(f"{name}{number}" for number in range(count)) + "."


def indexed(lake):
    """Return the grams of each text as the index has them."""
    with GramIndex(lake).open() as segments:
        return {text: found.tolist() for segment in segments for text, found in segment.by_text()}


def segments(lake):
    return [found.key for found in lake.store.objects("grams")]


def test_every_text_is_indexed_with_the_grams_of_what_its_pairs_may_quote(lake, keep):
    texts = keep(words("a"), f"*{words('b')}*", "Nothing.")
    GramIndex(lake).complete(texts)
    assert indexed(lake) == {text: text_grams(lake, text).tolist() for text in texts}
    assert text_grams(lake, texts[1]).tolist() == text_grams(lake, keep(words("b"))[0]).tolist()


def test_a_text_is_read_and_indexed_once(lake, keep, monkeypatch):
    (text,) = keep(words("a"))
    GramIndex(lake).complete([text])
    before = segments(lake)
    monkeypatch.setattr(module, "text_grams", lambda *_: pytest.fail("it is indexed already"))
    GramIndex(lake).complete([text])
    assert segments(lake) == before


def test_an_index_that_is_lost_is_made_again_from_the_originals(lake, keep):
    texts = keep(words("a"), words("b"))
    GramIndex(lake).complete(texts)
    before = indexed(lake)
    for key in segments(lake):
        lake.store.delete(key)
    GramIndex(lake).complete(texts)
    assert indexed(lake) == before


def test_small_segments_are_merged_and_lose_nothing(lake, keep):
    texts = [keep(words(f"text{number}word"))[0] for number in range(module._MAX_SMALL_SEGMENTS + 1)]
    for text in texts:
        GramIndex(lake).complete([text])
    assert len(segments(lake)) == 1
    assert indexed(lake) == {text: text_grams(lake, text).tolist() for text in texts}


def test_a_merge_that_is_killed_before_it_deletes_leaves_an_index_that_holds_the_same(lake, keep, monkeypatch):
    texts = [keep(words(f"text{number}word"))[0] for number in range(module._MAX_SMALL_SEGMENTS + 1)]
    monkeypatch.setattr("ownvoice.storage.stores.ObjectStore.delete", lambda *_: None)
    for text in texts:
        GramIndex(lake).complete([text])
    assert indexed(lake) == {text: text_grams(lake, text).tolist() for text in texts}


def test_many_texts_are_written_in_segments_of_a_bounded_size(lake, keep, monkeypatch):
    monkeypatch.setattr(module, "_SEGMENT_ENTRIES", 100)
    texts = keep(*(words(f"text{number}word") for number in range(10)))
    GramIndex(lake).complete(texts)
    with GramIndex(lake).open() as found:
        assert sorted(segment.file.metadata.num_rows for segment in found) == [56, 112, 112]


def test_a_range_holds_exactly_the_grams_between_its_ends(lake, keep, monkeypatch):
    monkeypatch.setattr(module, "_GROUP_ENTRIES", 7)
    GramIndex(lake).complete(keep(*(words(f"text{number}word") for number in range(5))))
    with GramIndex(lake).open() as (segment,):
        everything = segment.between(0, MAX_GRAM)[0].tolist()
        assert everything == sorted(everything)
        edges = [0, everything[3], everything[20], everything[20] + 1, MAX_GRAM + 1]
        parts = [segment.between(first, last - 1)[0].tolist() for first, last in pairwise(edges)]
        assert [one for part in parts for one in part] == everything
        assert [len(part) for part in parts] == [3, 17, 1, len(everything) - 21]


def test_an_original_that_is_gone_is_named(lake):
    with pytest.raises(StorageError, match=f"originals/{'0' * 64} is gone"):
        GramIndex(lake).complete(["0" * 64])
