"""Folds by article."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.style.folds import article_folds

ARTICLES = st.lists(st.text(min_size=1), min_size=1)


@given(ARTICLES, st.randoms())
def test_an_article_has_one_fold_whatever_the_order_of_rows(article_ids, random):
    folds = dict(zip(article_ids, article_folds(article_ids).tolist(), strict=True))
    shuffled = random.sample(article_ids, len(article_ids))
    assert dict(zip(shuffled, article_folds(shuffled).tolist(), strict=True)) == folds


@given(ARTICLES)
def test_folds_have_as_many_articles_each_as_can_be(article_ids):
    names = sorted(set(article_ids))
    sizes = Counter(article_folds(names, 3).tolist())
    assert max(sizes.values()) - min(sizes[fold] for fold in range(3)) <= 1
