import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.fold import fold

TEXT = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("é’“” \u00a0\u0301\n'\"aA1")))


def letters_and_digits(text):
    decomposed = unicodedata.normalize("NFD", text).replace("ʼ", "'")  # an apostrophe that Unicode counts as a letter
    return [c for c in decomposed if unicodedata.category(c)[0] in "LN"]


def test_curly_quotes_and_straight_ones_fold_to_the_same():
    assert fold("“Don’t,” she said.").text == fold('"Don\'t," she said.').text


def test_composed_and_decomposed_letters_fold_to_the_same():
    assert fold("caf\u00e9").text == fold("cafe\u0301").text


def test_a_run_of_white_space_folds_to_one_space():
    assert fold("one\u00a0 \n two").text == "one two"


def test_case_dashes_and_digits_are_left_alone():
    assert fold("A–B 10—20 ²").text == "A–B 10—20 ²"


def test_a_span_that_would_cut_a_composed_letter_is_none():
    assert fold("caf\u00e9").source_span(0, 4) is None
    assert fold("caf\u00e9").source_span(0, 5) == (0, 4)


@given(TEXT)
def test_folding_never_changes_a_letter_or_a_digit(text):
    assert letters_and_digits(fold(text).text) == letters_and_digits(text)


@given(TEXT)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text).text).text == fold(text).text


@given(TEXT)
def test_the_whole_folded_text_maps_back_to_the_whole_source(text):
    folded = fold(text)
    assert len(folded.origins) == len(folded.text) + 1
    assert folded.source_span(0, len(folded.text)) == (0, len(text))


@given(TEXT, st.data())
def test_a_span_of_the_source_folds_to_the_part_it_came_from(text, data):
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    span = folded.source_span(start, end)
    if span:
        assert fold(text[slice(*span)]).text == folded.text[start:end]
