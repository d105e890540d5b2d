"""The pairs of a dataset version, as training reads them."""

from __future__ import annotations

import pytest

from ownvoice.errors import BadDataError
from ownvoice.training.version_pairs import read_pairs, split_sizes
from stand_ins.pair_lake import commit_pairs, left_out, small_dataset


def test_the_splits_of_a_version_are_read_as_they_are_and_in_the_order_of_their_ids(lake):
    number = commit_pairs(lake, small_dataset()[::-1])
    pairs = read_pairs(lake, number)
    assert [pair.pair_id for pair in pairs.train] == [f"{number:04}" for number in range(40)]
    assert len(pairs.test) == 8


def test_pairs_that_are_left_out_are_neither_read_nor_counted(lake):
    number = commit_pairs(lake, left_out(small_dataset(), 0, 3, 47))
    pairs = read_pairs(lake, number)
    assert [pair.pair_id for pair in pairs.train] == [f"{number:04}" for number in range(40) if number not in (0, 3)]
    sizes = split_sizes(lake, number)
    assert (sizes.train_pairs, sizes.test_pairs) == (len(pairs.train), len(pairs.test)) == (38, 7)


def test_a_version_that_is_gone_or_has_no_test_split_is_bad_data(lake):
    number = commit_pairs(lake, small_dataset(test=0))
    with pytest.raises(BadDataError, match="no test pairs"):
        read_pairs(lake, number)
    with pytest.raises(BadDataError, match="no dataset version 7"):
        read_pairs(lake, 7)


def test_rows_that_are_not_what_the_record_says_fail_the_digest(lake):
    changed = small_dataset()
    changed[3] = changed[3] | {"chosen": "Not what was committed."}
    number = commit_pairs(lake, changed, recorded=small_dataset())
    with pytest.raises(BadDataError, match="not what its digest"):
        read_pairs(lake, number)


def test_a_shard_that_is_damaged_is_bad_data(lake):
    number = commit_pairs(lake, small_dataset())
    for found in list(lake.store.objects("tables/pairs")):
        if found.key.endswith(".parquet"):
            lake.store.write(found.key, b"rotten")
    with pytest.raises(BadDataError, match="cannot be read"):
        read_pairs(lake, number)
