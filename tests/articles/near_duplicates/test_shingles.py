"""What two texts have in common."""

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.near_duplicates.shingles import jaccard, shingles, words


def test_words_are_compared_without_case_punctuation_and_unicode_form():
    assert words("E\u0301tudes, “THE” café!") == words("études the cafe\u0301")


def test_scripts_without_spaces_count_letters():
    assert words("我是中国人。") == list("我是中国人")
    assert len(shingles("我们今天去公园散步")) == len("我们今天去公园散步") - 4


def test_a_short_text_is_one_shingle_and_one_without_words_is_itself():
    assert shingles("Two words.") == {"two words"}
    assert shingles("…!") == {"…!"}


def test_jaccard_by_hand():
    assert jaccard(shingles("a b c d e f"), shingles("a b c d e g")) == 1 / 3


@given(st.text(), st.text())
def test_jaccard_is_one_for_the_same_and_the_same_both_ways(this, that):
    assert jaccard(shingles(this), shingles(this)) == 1
    assert jaccard(shingles(this), shingles(that)) == jaccard(shingles(that), shingles(this)) <= 1
