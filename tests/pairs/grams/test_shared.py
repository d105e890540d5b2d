import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ownvoice.pairs.grams import shared as module
from ownvoice.pairs.grams.grams import grams
from ownvoice.pairs.grams.index import GramIndex
from ownvoice.pairs.grams.shared import TEST, TRAIN, shared_grams, texts_with
from ownvoice.storage.lake import Lake

PASSAGES = [" ".join(f"{name}{number}" for number in range(14)).capitalize() + "." for name in "abcdef"]


def text_of(passages):
    return "\n\n".join(PASSAGES[number] for number in sorted(passages))


def name_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


# Which passages a text holds, and its sides before and after a run.
TEXTS = st.dictionaries(
    st.frozensets(st.integers(0, len(PASSAGES) - 1), min_size=1),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS, per_range=st.sampled_from([1, 5, 1000]))
def test_the_search_finds_what_a_comparison_of_all_texts_finds(tmp_path_factory, monkeypatch, texts, per_range):
    monkeypatch.setattr(module, "_GRAMS_AT_A_TIME", per_range)
    lake = Lake(tmp_path_factory.mktemp("lake").as_uri())
    before = {name_of(text_of(held)): sides[0] for held, sides in texts.items() if sides[0]}
    after = {name_of(text_of(held)): sides[1] for held, sides in texts.items() if sides[1]}
    for held in texts:
        lake.keep_original(name_of(text_of(held)), text_of(held))
    index = GramIndex(lake)
    index.complete(after)
    with index.open() as segments:
        found = shared_grams(segments, before, after, after)

    def holding(passage, sides):
        return [held for held in texts if passage in held and sides.get(name_of(text_of(held)), 0)]

    def on_both(passage, sides):
        found = 0
        for held in holding(passage, sides):
            found |= sides[name_of(text_of(held))]
        return found == TRAIN | TEST

    staying = {text: sides & before.get(text, 0) for text, sides in after.items()}
    now = [passage for passage in range(len(PASSAGES)) if on_both(passage, after)]
    new = [passage for passage in now if not on_both(passage, staying)]
    wanted = {one for passage in now for one in grams([PASSAGES[passage]]).tolist()}
    assert wanted <= set(found.grams.tolist())
    assert found.texts >= {name_of(text_of(held)) for passage in new for held in holding(passage, after)}
    if not now:
        assert len(found.grams) == 0
    if not new:
        assert found.texts <= {name_of(text_of(held)) for held in texts}


@pytest.fixture
def segments(lake):
    for held in ([0, 1], [1, 2], [3]):
        lake.keep_original(name_of(text_of(held)), text_of(held))
    index = GramIndex(lake)
    index.complete(name_of(text_of(held)) for held in ([0, 1], [1, 2], [3]))
    with index.open() as segments:
        yield segments


def test_only_the_grams_of_the_texts_that_are_asked_about_are_looked_for(segments):
    after = {name_of(text_of([0, 1])): TRAIN, name_of(text_of([1, 2])): TEST, name_of(text_of([3])): TRAIN}
    assert len(shared_grams(segments, {}, after, [name_of(text_of([3]))]).grams) == 0
    assert len(shared_grams(segments, {}, after, [name_of(text_of([1, 2]))]).grams) > 0


def test_what_both_sides_had_before_touches_no_text_again(segments):
    both = {name_of(text_of([0, 1])): TRAIN, name_of(text_of([1, 2])): TEST}
    assert shared_grams(segments, both, both, both).texts == frozenset()
    assert shared_grams(segments, {}, both, both).texts == both.keys()


def test_the_texts_that_hold_a_gram_are_found_among_those_that_are_asked_for(segments):
    wanted = grams([PASSAGES[1]])
    first, second, third = (name_of(text_of(held)) for held in ([0, 1], [1, 2], [3]))
    assert texts_with(segments, wanted, {first, second, third}) == {first, second}
    assert texts_with(segments, wanted, {second, third}) == {second}
    assert texts_with(segments, np.empty(0, np.uint64), {first}) == frozenset()


def test_nothing_is_shared_in_an_empty_index(lake):
    with GramIndex(lake).open() as segments:
        found = shared_grams(segments, {}, {}, [])
    assert len(found.grams) == 0
    assert found.texts == frozenset()
