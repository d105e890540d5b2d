"""A fixed sample of a version."""

from __future__ import annotations

import pytest

from ownvoice.dataset.sample import made_by_its_run, sample_pairs
from stand_ins.night import Night


@pytest.fixture
def night(lake, offline_model, tmp_path):
    made = Night(lake, tmp_path / "articles", offline_model)
    made.write("a", "b", "c")
    return made


def test_a_sample_is_the_pairs_with_the_smallest_ids(night):
    version = night.run("one")
    every = sample_pairs(night.lake, version, 10_000)
    assert len(every) == version.pairs
    assert [row["pair_id"] for row in every] == sorted(row["pair_id"] for row in every)
    assert sample_pairs(night.lake, version, 5) == every[:5]


def test_a_sample_of_a_version_stays_what_it_was_when_the_dataset_grows(night):
    first = night.run("one")
    before = sample_pairs(night.lake, first, 8, ["pair_id"])
    night.write("d", "e")
    second = night.run("two")
    assert sample_pairs(night.lake, first, 8, ["pair_id"]) == before
    grown = sample_pairs(night.lake, second, second.pairs, ["pair_id"])
    kept = [row for row in grown if row in sample_pairs(night.lake, first, first.pairs, ["pair_id"])]
    assert kept[:8] == before


def test_the_pairs_of_the_night_are_those_that_its_run_made(night):
    night.run("it's one")
    night.write("d")
    version = night.run("two")
    rows = sample_pairs(night.lake, version, 10_000, ["article_id"], made_by_its_run(version))
    assert len(rows) == version.added
    assert {row["article_id"] for row in rows} == {"d"}
