"""Sketches find planted near-duplicates, in one run and across runs, and the index may be lost."""

import hashlib
import random

import numpy as np

from ownvoice.articles.near_duplicates.search import complete_index, near_candidates, near_duplicates
from ownvoice.articles.near_duplicates.shingles import jaccard, shingles
from ownvoice.articles.near_duplicates.sketch import candidates, sketches
from ownvoice.articles.near_duplicates.sketch_index import SketchIndex

VOCABULARY = [f"word{number}" for number in range(20_000)]


def planted(count, least_jaccard, seed=5):
    """Return texts and, for each, one that was edited word by word until they have just `least_jaccard` in common."""
    draw = random.Random(seed)
    return [_edited(draw.choices(VOCABULARY, k=draw.randint(60, 300)), least_jaccard, draw) for _ in range(count)]


def _edited(text, least_jaccard, draw):
    edited = text
    while jaccard(shingles(" ".join(text)), shingles(" ".join(edited))) >= least_jaccard:
        other, at = edited, draw.randrange(len(text))
        edited = [*edited[:at], draw.choice(VOCABULARY), *edited[at + 1 :]]
    return " ".join(text), " ".join(other)


def by_hash(texts):
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}


def test_at_least_99_in_100_planted_duplicates_at_jaccard_one_half_are_found():
    pairs = planted(400, 0.5)
    these, those = (sketches(map(shingles, side)) for side in zip(*pairs, strict=True))
    found = set(candidates(these, those))
    assert sum((number, number) in found for number in range(len(pairs))) >= 0.99 * len(pairs)


def test_strangers_are_no_candidates():
    strangers = sketches(shingles(" ".join(random.Random(seed).choices(VOCABULARY, k=300))) for seed in range(500))
    assert all(this == that for this, that in candidates(strangers, strangers))


def test_a_sketch_is_the_same_in_every_process_and_year():
    (sketch,) = sketches([shingles("one two three four five six seven eight nine ten")])
    assert hashlib.sha256(sketch.astype("<u2").tobytes()).hexdigest()[:16] == "d5d44eb47406ee4a"


def kept(lake, texts):
    for sha256, text in texts.items():
        lake.keep_original(sha256, text)
    return texts


def test_a_near_duplicate_of_an_earlier_night_is_found(lake):
    this, that = planted(1, 0.6)[0]
    before, after = by_hash([this]), by_hash([that])
    (first,), (second,) = before, after
    assert near_candidates(lake, kept(lake, before)) == set()
    pairs = near_candidates(lake, kept(lake, after))
    assert pairs == {(min(first, second), max(first, second))}
    assert near_duplicates(lake, pairs, 0.5) == {first: {second}, second: {first}}
    assert near_duplicates(lake, pairs, 0.9) == {}


def test_a_repeated_night_finds_the_same(lake):
    texts = by_hash(text for pair in planted(5, 0.6) for text in pair)
    assert len(near_candidates(lake, kept(lake, texts))) == 5
    assert near_candidates(lake, texts) == near_candidates(lake, texts) != set()
    assert len(list(lake.store.objects("sketches"))) == 1


def test_a_lost_index_is_rebuilt_from_the_originals(lake):
    texts = by_hash(text for pair in planted(5, 0.6) for text in pair)
    near_candidates(lake, kept(lake, texts))
    for found in list(lake.store.objects("sketches")):
        lake.store.delete(found.key)
    assert not SketchIndex(lake).is_complete()
    complete_index(lake, texts)
    assert SketchIndex(lake).is_complete()
    assert SketchIndex(lake).texts() == set(texts)


def test_completing_an_index_twice_keeps_what_the_first_time_added(lake):
    texts = by_hash(text for pair in planted(2, 0.6) for text in pair)
    complete_index(lake, list(kept(lake, texts))[:2])
    complete_index(lake, texts)
    assert SketchIndex(lake).texts() == set(texts)


def test_small_segments_are_merged_and_lose_nothing(lake):
    rows = np.random.default_rng(7).integers(0, 1 << 16, (40, 64), dtype=np.uint16)
    texts = [f"{number:064x}" for number in range(40)]
    index = SketchIndex(lake)
    for number in range(40):
        index.add([texts[number]], rows[number : number + 1])
    assert index.texts() == set(texts)
    assert len(list(lake.store.objects("sketches"))) <= 20
    assert sorted(index.candidates(rows)) == [(number, texts[number]) for number in range(40)]


def test_a_night_with_nothing_to_compare_has_no_candidates(lake):
    assert near_candidates(lake, []) == set()
