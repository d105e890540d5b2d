"""A night over a thousand articles of which fifty are poison: the others are committed, and the fifty are named."""

from __future__ import annotations

import random

import pytest

from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import latest_version
from stand_ins.listing_nights import Nights
from stand_ins.offline_night import offline_night
from stand_ins.poison import POISON, write_poison

_ARTICLES, _POISONED = 1000, 50
_WORDS = (
    *("lantern", "ledger", "ferry", "marsh", "rivet", "cello", "harbour", "quarry", "linen", "belfry", "hinge", "weir"),
    *("tram", "mill", "pear", "map", "thaw", "strike"),
)


def write_source(folder, seed, articles=_ARTICLES, poisoned=_POISONED):
    """Write the source; return the places of the good articles and of the poison, by which kinds it is."""
    chance = random.Random(seed)
    kinds = [*POISON, *chance.choices(list(POISON), k=max(0, poisoned - len(POISON)))][:poisoned]
    odd = dict(zip(chance.sample(range(articles), poisoned), kinds, strict=True))
    for number in range(articles):
        place = folder / f"{number % 10}" / f"{number:04d}"
        place.parent.mkdir(parents=True, exist_ok=True)
        if number in odd:
            write_poison(place, odd[number])
        else:
            place.with_suffix(".md").write_text(prose(chance, number))
    return {f"{number % 10}/{number:04d}.md" for number in range(articles) if number not in odd}, odd


def prose(chance, number):
    """Return a short article that is like no other."""
    sentences = (f"The {' '.join(chance.choices(_WORDS, k=9))} of {number} went on." for _ in range(4))
    return " ".join(sentences)


def places_named(listing):
    """Return the numbers of the places that the listing names as quarantined."""
    return {one.source_key.rsplit("/", 1)[-1][:4] for one in listing.quarantined}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_good_articles_are_committed_and_the_poison_is_named_every_time(lake, tmp_path, seed):
    good, odd = write_source(tmp_path / "articles", seed)
    night = Nights(lake, ObjectStore((tmp_path / "articles").as_uri()))
    counts = night()
    assert set(night.articles) == good
    assert counts["appeared"] + counts.get("copied", 0) == len(good)
    to_be_named = {f"{number:04d}" for number, kind in odd.items() if not is_counted(kind)}
    assert places_named(night.listing) == to_be_named
    assert sum(night.listing.passed_over.values()) == _POISONED - len(to_be_named)


def is_counted(kind):
    """Whether poison is passed over, and counted instead of named."""
    return kind.startswith(("a form", "a file of a mac"))


def test_a_whole_night_with_every_kind_of_poison_makes_pairs_of_the_good_articles(lake, tmp_path):
    folder = tmp_path / "articles"
    good, _ = write_source(folder, seed=4, articles=60, poisoned=len(POISON))
    report = offline_night(lake, folder)
    assert report.articles["quarantined"] + sum(report.passed_over.values()) == len(POISON)
    assert report.articles["appeared"] + report.articles.get("copied", 0) == len(good)
    assert latest_version(lake).pairs == report.pairs.total
