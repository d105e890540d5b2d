"""Which prompts a voice is judged on, and when it is not judged."""

from __future__ import annotations

from collections import Counter

import pytest

from ownvoice.errors import SettingsError, StorageError
from ownvoice.evaluation.held_out import held_out_pairs, pairs_asked
from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.two_authors import two_authors_lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("two-authors").as_uri())
    two_authors_lake(lake)
    return lake


def test_the_author_with_the_most_pairs_is_judged_on_all_her_held_out_pairs(lake):
    found = held_out_pairs(lake)
    assert (found.author_id, len(found.pairs), len(found.article_ids), found.why_not) == ("ann", 61, 12, None)
    assert all(name.startswith("ann-") for name in found.article_ids)


def test_fewer_prompts_are_taken_from_all_articles_alike(lake):
    found = held_out_pairs(lake, limit=24)
    assert set(Counter(pair.article_id for pair in found.pairs).values()) == {2}
    assert found.pairs == held_out_pairs(lake).pairs[:24], "the same prompts whatever the limit"


def test_a_named_author_is_taken(lake):
    assert held_out_pairs(lake, author_id="bob").author_id == "bob"


def test_an_author_without_pairs_is_refused_with_those_there_are(lake):
    with pytest.raises(SettingsError, match="'carol'. It holds: ann, bob"):
        held_out_pairs(lake, author_id="carol")
    with pytest.raises(SettingsError, match="O'Hara"):
        held_out_pairs(lake, author_id="O'Hara")


def test_no_such_version_is_a_sentence(lake):
    with pytest.raises(StorageError, match="no dataset version 7"):
        held_out_pairs(lake, 7)


@pytest.mark.parametrize(("articles", "pairs_an_article"), [(9, 10), (12, 3), (0, 5)])
def test_below_ten_articles_or_fifty_prompts_nothing_is_judged_and_it_says_what_to_do(
    tmp_path, articles, pairs_an_article
):
    lake = Lake(tmp_path.as_uri())
    two_authors_lake(lake, articles, train_articles=3, pairs_an_article=pairs_an_article)
    why_not = held_out_pairs(lake, author_id="bob").why_not
    assert f"{articles * pairs_an_article} prompts from {articles} articles of bob" in why_not
    assert "Add articles" in why_not and "OWNVOICE_TEST_SHARE" in why_not


def test_pairs_that_name_one_article_are_not_judged_however_many_they_are(tmp_path):
    lake = Lake(tmp_path.as_uri())
    commit_pairs(lake, small_dataset(train=2, test=60))
    assert "60 prompts from 1 articles" in held_out_pairs(lake).why_not


def test_the_pairs_that_were_asked_about_are_found_again_in_their_order(lake):
    pairs = held_out_pairs(lake, limit=5).pairs
    found = pairs_asked(lake, 1, [pair.pair_id for pair in pairs] + ["gone"])
    assert (found.author_id, found.pairs) == ("ann", pairs)
