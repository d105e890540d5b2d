"""Copying from the author's articles, above what he copies himself."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.style.copying import Copied, CopyIndex, copying_share


def prose(seed, count=200):
    """Return words that no other seed's text has in the same order."""
    chosen = random.Random(seed)
    return " ".join(
        chosen.choice(("the", "model", "of", "a", "graph", "we", "learn", "it", "from", "data")) for _ in range(count)
    )


def cut(text, start, length):
    return " ".join(text.split()[start : start + length])


def test_a_copied_run_is_measured_in_words_whatever_its_case_and_marks():
    index = CopyIndex([("one", prose(1)), ("two", prose(2))])
    text = f"No {cut(prose(1), 20, 12).upper().replace(' ', ', ')}! Yes"
    assert index.copied(text) == Copied(share=12 / 14, longest_run_words=12)
    assert index.copied(cut(prose(1), 20, 7)) == Copied(0.0, 0)


def test_the_longest_run_stands_in_one_article():
    index = CopyIndex([("one", prose(1)), ("two", prose(2))])
    found = index.copied(f"{cut(prose(1), 0, 10)} {cut(prose(2), 50, 15)}")
    assert found == Copied(share=1.0, longest_run_words=15)


def test_a_footer_of_three_articles_is_no_copy():
    footer = "subscribe to my newsletter and read one article of it every week"
    articles = [(str(seed), f"{prose(seed)} {footer}") for seed in range(3)]
    assert CopyIndex(articles).copied(footer).copies is False
    assert CopyIndex(articles[:2]).copied(footer).copies is True


def test_a_piece_that_was_posted_three_times_is_copied_all_the_same():
    posts = [(f"post {place}", f"{prose(1)} {prose(10 + place, 20)}") for place in range(3)]
    index = CopyIndex([*posts, ("another", prose(2))])
    assert index.copied(cut(prose(1), 30, 40)) == Copied(1.0, 40)
    assert index.copied(cut(prose(1), 30, 40), but="post 1") == Copied(0.0, 0)


def test_the_floor_is_what_the_authors_other_articles_have_of_his_passages():
    said_twice = cut(prose(1), 0, 10)
    articles = {"one": prose(1), "two": f"{prose(2)} {said_twice}", "three": prose(3)}
    own = CopyIndex(articles.items()).own([("two", said_twice), ("two", prose(2)), ("three", cut(prose(3), 0, 60))])
    assert [one.longest_run_words for one in own] == [10, 0, 0]
    assert copying_share(own) == pytest.approx(1 / 3)
    assert copying_share([]) is None


def test_an_index_of_nothing_finds_nothing():
    for articles in ([], [("one", "")], [("one", "too short")]):
        assert CopyIndex(articles).copied(prose(1)) == Copied(0.0, 0)
        assert CopyIndex(articles).copied("", but="one") == Copied(0.0, 0)


TEXTS = st.text("ab 的书", max_size=40)


@given(st.lists(TEXTS, max_size=5), TEXTS, st.randoms())
def test_the_order_of_articles_changes_nothing_and_a_share_is_one(texts, answer, chosen):
    articles = [(str(place), text) for place, text in enumerate(texts)]
    found = CopyIndex(articles).copied(answer)
    assert CopyIndex(chosen.sample(articles, len(articles))).copied(answer) == found
    assert 0 <= found.share <= 1
    assert found.copies == (found.share > 0)
