"""The measures on the book's two authors, who write about the same subjects: facts that were measured before."""

from __future__ import annotations

import numpy as np
import pytest

from ownvoice.style.bootstrap import auc
from ownvoice.style.copying import CopyIndex, copying_share
from ownvoice.style.description import describe
from ownvoice.style.distances import cosine_delta, jensen_shannon, measured, word_counts
from ownvoice.style.distort import distorted
from ownvoice.style.folds import article_folds
from ownvoice.style.words import FUNCTION_WORDS, words
from stand_ins.book import authors, passages, unseen_scores
from stand_ins.places import BOOK
from stand_ins.simulated_models import share_found_better

pytestmark = pytest.mark.skipif(not BOOK.is_dir(), reason="the book's articles are not at hand")

ANSWER_WORDS = 60


@pytest.fixture(scope="module")
def book():
    return authors()


@pytest.fixture(scope="module")
def long_passages(book):
    return [passages(articles, 250) for articles in book]


@pytest.fixture(scope="module")
def answers(book):
    return [passages(articles, ANSWER_WORDS) for articles in book]


@pytest.fixture(scope="module")
def scores(answers):
    return unseen_scores(*answers, folds=2)


@pytest.fixture(scope="module")
def counted(answers):
    """The counts of function words of each author's answers, and their folds by article: none is in two."""
    return [(word_counts(one.texts, FUNCTION_WORDS), article_folds(one.article_ids, 3), one) for one in answers]


def test_cosine_delta_tells_the_authors_apart_as_it_was_measured(long_passages):
    counts = [word_counts(one.texts, FUNCTION_WORDS) for one in long_passages]
    folds = article_folds([article for one in long_passages for article in one.article_ids])
    mine, theirs = folds[: len(counts[0])], folds[len(counts[0]) :]
    near = [np.zeros(len(one)) for one in counts]
    for fold in range(5):
        distance = cosine_delta(counts[0][mine != fold], counts[1][theirs != fold])
        for side, own in enumerate((mine, theirs)):
            near[side][own == fold] = -distance(counts[side][own == fold])
    found = auc(near[0], long_passages[0].article_ids, near[1], long_passages[1].article_ids)
    assert 0.95 <= found.low <= 0.979 <= found.high <= 1  # it was .979 [.95, 1]


def test_the_classifier_of_distorted_text_tells_the_authors_apart_by_how_they_write(answers, scores):
    found = auc(scores[0], answers[0].article_ids, scores[1], answers[1].article_ids)
    assert found.mean > 0.94
    assert found.low <= 0.959 <= found.high  # it was .959 [.942, .974] at 50 words


def test_held_out_text_of_the_author_is_in_his_band_and_the_other_author_is_not(counted):
    (mine, fold, own), (theirs, other_fold, _) = counted
    training, held_out = mine[fold == 0], mine[fold == 1]
    for distance in (cosine_delta(training, theirs[other_fold == 0]), jensen_shannon(training)):
        floor = held_out, own.where(fold == 1).article_ids
        for_own = measured(distance, taken_evenly(mine[fold == 2], 100), *floor)
        for_other = measured(distance, taken_evenly(theirs[other_fold != 0], 100), *floor)
        assert for_own.band == "author", for_own
        assert for_other.band == "another", for_other


def test_bold_letters_of_mathematics_change_nothing(book):
    articles = dict(list(book[1].items())[:5])
    bold = {name: in_bold(text, every=13) for name, text in articles.items()}
    for name, text in articles.items():
        assert bold[name] != text
        assert words(bold[name]) == words(text)
        assert distorted(bold[name], FUNCTION_WORDS) == distorted(text, FUNCTION_WORDS)
    counts = [word_counts(list(one.values()), FUNCTION_WORDS) for one in (articles, bold)]
    assert np.array_equal(*counts)
    copies = CopyIndex(articles.items())
    assert all(copies.copied(text).share > 0.9 for text in bold.values())
    plain, changed = (describe(list(one.values())) for one in (articles, bold))
    assert changed.contractions_per_100_words == plain.contractions_per_100_words


def test_an_author_copies_himself_little_once_reposts_and_stock_phrases_are_left_out(book, answers):
    own = [
        copied
        for articles, one in zip(book, answers, strict=True)
        for copied in CopyIndex(articles.items()).own(zip(one.article_ids, one.texts, strict=True))
    ]
    assert 0.09 <= copying_share(own) <= 0.16
    assert np.percentile([one.longest_run_words for one in own], 50) == 0


def test_the_rule_finds_a_difference_of_20_points_and_promotes_no_equal(answers, scores):
    pools = [by_article(found, one.article_ids) for found, one in zip(scores, answers, strict=True)]
    assert share_found_better(*pools, (0.7, 0.5), prompts=200, runs=100) >= 0.9
    assert share_found_better(*pools, (0.5, 0.5), prompts=200, runs=200) <= 0.05


def by_article(scores, article_ids):
    return [scores[np.array(article_ids) == name] for name in sorted(set(article_ids))]


def taken_evenly(counts, number):
    return counts[np.linspace(0, len(counts) - 1, number).astype(int)]


def in_bold(text, every):
    """Write each so manieth of the text's small letters as a mathematical bold one."""
    letters = [place for place, letter in enumerate(text) if "a" <= letter <= "z"]
    changed = set(letters[::every])
    return "".join(chr(0x1D41A + ord(one) - ord("a")) if at in changed else one for at, one in enumerate(text))
