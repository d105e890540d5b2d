"""Planted reuse over several nights: articles that are no near-duplicates, with paragraphs in common."""

from collections import Counter
from itertools import count

import pytest

from ownvoice.articles.cluster import split_of
from ownvoice.dataset import commit as module
from ownvoice.dataset.across_articles import Losses
from ownvoice.dataset.chunk_rows import run_chunks
from ownvoice.dataset.verify import verify
from ownvoice.pairs.grams.grams import grams, shared_words, words_key
from ownvoice.storage.lake import scan
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import all_versions, latest_version
from stand_ins.night import Night, article

REUSED = "\n\n".join(
    f"## A part that comes again\n\n{' '.join(sentences)}"
    for sentences in (
        [
            f"Whoever keeps {thing} for long learns {number} things about waiting that no shorter acquaintance could "
            f"ever have taught them, {number} at a time."
            for number in range(number * 5, number * 5 + 5)
        ]
        for number, thing in enumerate(("a garden", "a diary", "a boat"))
    )
)


HALVES = {"prefix": "", "test_share": 0.5, "near_duplicate_jaccard": 0.9}
"""Half of the articles lie on the test side, and those that reuse a third of their text are no copies."""


@pytest.fixture
def night(lake, tmp_path, offline_model):
    return Night(lake, tmp_path / "articles", offline_model)


@pytest.fixture
def run(night):
    """Go through a night."""
    numbers = count(1)
    return lambda run_id=None: night.run(run_id or f"night-{next(numbers)}", **HALVES)


def on(side, number=0):
    """Return the name of an article on that side of the split."""
    return [name for name in "abcdefghijklmnop" if split_of(name, 0.5) == side][number]


TRAIN, TEST, OTHER_TRAIN = on("train"), on("test"), on("train", 1)


def reusing(name, reused=REUSED):
    return f"{article(name)}\n\n{reused}\n"


def pairs(night):
    return [row for batch in scan(night.lake.table("pairs")) for row in batch.to_pylist()]


def holding_reused(night):
    """Return how many pairs with words of the reused parts each article has."""
    reused = grams([REUSED])
    texts = [(row["article_id"], shared_words([row["chosen"]], reused)) for row in pairs(night)]
    return Counter(article_id for article_id, words in texts if words)


def drops(night):
    """Return what the newest version dropped, of the triples of its run and of earlier pairs."""
    version = latest_version(night.lake)
    dropped = Counter()
    for row in run_chunks(night.lake, version):
        dropped.update(row["drop_reasons"])
        assert row["triples"] == row["kept"] + sum(row["drop_reasons"].values())
    names = ("in_other_split", "repeated_elsewhere")
    return {name: (dropped[name], version.retired_for.get(name, 0)) for name in names}


def is_whole(night):
    found = verify(night.lake)
    keys = Counter((words_key(row["chosen"]), row["article_id"]) for row in pairs(night))
    assert len({key for key, _ in keys}) == len(keys)
    return found.passed


def test_a_passage_that_is_on_one_side_only_drops_nothing(night, run):
    night.put(TRAIN, reusing(TRAIN))
    run()
    assert holding_reused(night)[TRAIN] > 3
    assert drops(night) == {"in_other_split": (0, 0), "repeated_elsewhere": (0, 0)}
    assert is_whole(night)


def test_a_passage_of_two_articles_of_one_night_is_kept_on_neither_side(night, run):
    for name in (TRAIN, TEST):
        night.put(name, reusing(name))
    run()
    assert holding_reused(night) == {}
    assert drops(night)["in_other_split"][0] > 6
    assert {row["article_id"] for row in pairs(night)} == {TRAIN, TEST}
    assert is_whole(night)


@pytest.mark.parametrize(("first", "then"), [(TRAIN, TEST), (TEST, TRAIN)])
def test_an_article_that_comes_later_retires_the_pairs_that_it_shares_and_no_others(night, run, first, then):
    night.put(first, reusing(first))
    run()
    before = pairs(night)
    shared = holding_reused(night)[first]
    night.put(then, reusing(then))
    version = run()
    assert holding_reused(night) == {}
    assert drops(night)["in_other_split"][1] == version.retired == shared
    assert [row for row in pairs(night) if row["article_id"] == first] == [
        row for row in before if not shared_words([row["chosen"]], grams([REUSED]))
    ]
    assert is_whole(night)


def test_what_was_dropped_does_not_come_back_by_itself(night, run):
    for name in (TRAIN, TEST):
        night.put(name, reusing(name))
    run()
    before = pairs(night)
    night.put(OTHER_TRAIN, article(OTHER_TRAIN))
    assert run().retired == 0
    assert [row for row in pairs(night) if row["article_id"] != OTHER_TRAIN] == before
    night.remove(TEST)
    run()
    assert holding_reused(night) == {}
    night.edit(TRAIN, "Another morning came, and with it another sentence.")
    run()
    assert holding_reused(night)[TRAIN] > 3
    assert is_whole(night)


def test_an_edit_that_brings_a_passage_to_the_other_side_drops_it_on_both(night, run):
    night.put(TRAIN, reusing(TRAIN))
    night.put(TEST, article(TEST))
    run()
    night.edit(TEST, REUSED)
    run()
    assert holding_reused(night) == {}
    assert is_whole(night)


def test_an_answer_of_two_articles_on_one_side_is_kept_once_by_the_older_pair(night, run):
    night.put(OTHER_TRAIN, reusing(OTHER_TRAIN))
    run()
    before = pairs(night)
    night.put(TRAIN, reusing(TRAIN))
    assert run().retired == 0
    assert drops(night)["repeated_elsewhere"][0] > 3
    assert [row for row in pairs(night) if row["article_id"] == OTHER_TRAIN] == before
    assert is_whole(night)


def test_an_answer_of_two_articles_of_one_night_is_kept_once(night, run):
    for name in (TRAIN, OTHER_TRAIN):
        night.put(name, reusing(name))
    run()
    assert len(holding_reused(night)) == 1
    assert is_whole(night)


def test_an_article_that_is_asked_again_loses_no_answer_to_one_that_came_with_it(night, run):
    night.put(OTHER_TRAIN, reusing(OTHER_TRAIN))
    run()
    night.edit(OTHER_TRAIN, "Another morning came, and with it another sentence.")
    night.put(TRAIN, reusing(TRAIN))
    run()
    assert holding_reused(night).keys() == {OTHER_TRAIN}


def test_a_commit_that_is_repeated_changes_nothing(night, run):
    night.put(TRAIN, reusing(TRAIN))
    night.put(OTHER_TRAIN, reusing(OTHER_TRAIN))
    run()
    night.put(TEST, reusing(TEST))
    version = run("again")
    before = pairs(night)
    assert night.commit("again") == version
    assert pairs(night) == before
    assert len(all_versions(night.lake)) == 2


@pytest.mark.parametrize("killed_at", ["write_articles", "write_chunks", "write_pairs"])
def test_a_commit_that_is_killed_and_begun_again_comes_to_the_same(night, run, monkeypatch, killed_at):
    night.put(TRAIN, reusing(TRAIN))
    run()
    night.put(TEST, reusing(TEST))
    night.list_and_plan("killed", **HALVES)
    night.generate("killed")

    def dies(*_args, **_fields):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(module, killed_at, dies)
        night.commit("killed")
    version = night.commit("killed")
    assert holding_reused(night) == {}
    assert version.retired == version.retired_for["in_other_split"] > 3
    assert is_whole(night)


def test_a_version_of_a_release_that_did_not_look_is_judged_as_a_whole_by_the_next_commit(night, run, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(module, "find_losses", lambda *_: Losses({}, []))
        patched.setattr(module, "GRAM_VERSION", None)
        for name in (TRAIN, OTHER_TRAIN, TEST):
            night.put(name, reusing(name))
        run()
    assert len(holding_reused(night)) == 3
    assert verify(night.lake).passed  # it promised nothing
    night.put(on("train", 2), article(on("train", 2)))
    version = run()
    assert holding_reused(night) == {}
    assert version.retired_for.keys() == {"in_other_split"}
    assert is_whole(night)


def test_answers_that_an_older_release_kept_twice_are_kept_once_by_the_next_commit(night, run, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(module, "find_losses", lambda *_: Losses({}, []))
        patched.setattr(module, "GRAM_VERSION", None)
        for name in (TRAIN, OTHER_TRAIN):
            night.put(name, reusing(name))
        run()
    night.put(TEST, article(TEST))
    version = run()
    assert version.retired_for["repeated_elsewhere"] == version.retired > 3
    assert is_whole(night)


def test_a_lost_index_is_made_again_and_the_promise_holds(night, run):
    night.put(TRAIN, reusing(TRAIN))
    run()
    for found in list(night.lake.store.objects("grams")):
        night.lake.store.delete(found.key)
    night.put(TEST, reusing(TEST))
    run()
    assert holding_reused(night) == {}
    assert is_whole(night)


def test_an_article_whose_new_text_has_no_answers_yet_keeps_no_pair_that_the_other_side_shares(night, run):
    night.put(TRAIN, reusing(TRAIN))
    run()
    night.edit(TRAIN, "Another morning came, and with it another sentence.")
    night.put(TEST, reusing(TEST))
    night.list_and_plan("half", **HALVES, max_generation_tasks=100)
    night.commit("half")  # no batch was answered
    assert holding_reused(night) == {}
    assert latest_version(night.lake).retired_for["in_other_split"] > 3
    assert is_whole(night)


def test_a_commit_fetches_the_index_once_and_looks_at_its_ends_first(night, run, monkeypatch):
    night.write(TRAIN, TEST)
    run()
    night.write(OTHER_TRAIN)
    fetched, read = Counter(), Counter()
    download, read_range = ObjectStore.download, ObjectStore.read_range

    def counted_download(store, key, path):
        fetched[key] += 1
        download(store, key, path)

    def counted_range(store, stored, start, length):
        read[stored.key] += 1
        return read_range(store, stored, start, length)

    monkeypatch.setattr(ObjectStore, "download", counted_download)
    monkeypatch.setattr(ObjectStore, "read_range", counted_range)
    run()
    segments = {found.key for found in night.lake.store.objects("grams")}
    assert len(segments) == 2 and {key: fetched[key] for key in segments} == dict.fromkeys(segments, 1)
    assert sum(read[key] for key in segments) == 1  # the one that was there
