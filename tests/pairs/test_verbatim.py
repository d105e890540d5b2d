import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import AMBIGUOUS, MAX_PARTS, NOT_VERBATIM
from ownvoice.pairs.verbatim import Place, locate
from stand_ins.plain_proof import plainly_locate

TEXT = (
    "I don’t trust a backfill that says “done” too early. It isn’t malice; it’s optimism. "
    "Most nights nothing happens. That’s the point of the whole exercise. "
    "Version 3.5 of the job ran 1,000 times — and it was non-trivial to stop. "
    "Café owners know this feeling well, I think."
)
READING = Reading.of(TEXT)


def found(quote, reading=READING):
    place = locate(quote, reading)
    assert isinstance(place, Place), place
    return [reading.text[start:end] for start, end in place.spans], place.exact


def test_a_quote_to_the_letter_is_found_exactly():
    assert found("Most nights nothing happens.") == (["Most nights nothing happens."], True)


def test_a_quote_with_straight_quotes_gives_back_the_curly_ones():
    assert found('I don\'t trust a backfill that says "done" too early.') == (
        ["I don’t trust a backfill that says “done” too early."],
        False,
    )


def test_a_quote_in_another_unicode_form_is_found():
    assert found("Cafe\u0301 owners know this feeling well, I think.")[0] == [
        "Café owners know this feeling well, I think."
    ]


def test_white_space_around_and_within_a_quote_does_not_matter():
    assert found("  Most nights\nnothing  happens. ") == (["Most nights nothing happens."], False)


def test_sentences_that_stand_apart_are_found_in_their_order():
    quote = "It isn’t malice; it’s optimism. That’s the point of the whole exercise."
    assert found(quote)[0] == ["It isn’t malice; it’s optimism.", "That’s the point of the whole exercise."]


def test_sentences_that_stand_together_are_one_span():
    quote = "Most nights nothing happens. That’s the point of the whole exercise."
    assert found(quote)[0] == [quote]


def test_sentences_in_the_wrong_order_are_no_quote():
    quote = "That’s the point of the whole exercise. It isn’t malice; it’s optimism."
    assert locate(quote, READING) is NOT_VERBATIM


@pytest.mark.parametrize(
    "quote",
    [
        "I do trust a backfill that says “done” too early.",
        "I don’t trust the backfill that says “done” too early.",
        "Version 3.6 of the job ran 1,000 times",
        "Version 3.5 of the job ran 1000 times",
        "Most nights nothing happened.",
        "most nights nothing happens.",
        "Most nights … nothing happens.",
        "Cafe owners know this feeling well, I think.",
        "",
        "   ",
    ],
)
def test_a_changed_word_number_negation_or_sign_is_refused(quote):
    assert locate(quote, READING) is NOT_VERBATIM


@pytest.mark.parametrize(
    "quote",
    ["trivial to stop.", "5 of the job ran", "000 times", "t trust a backfill", "ost nights nothing happens.",
     "Most nights nothing happen", "Version 3"],
)  # fmt: skip
def test_a_quote_that_begins_or_ends_within_a_word_or_number_is_refused(quote):
    assert locate(quote, READING) is NOT_VERBATIM


def test_a_quote_with_two_equally_good_places_is_ambiguous():
    reading = Reading.of("We wait. Then we ask again. We wait. Then we sleep.")
    assert locate("We wait.", reading) is AMBIGUOUS


def test_a_place_to_the_letter_is_better_than_one_found_by_folding():
    reading = Reading.of("It’s late. Well, it is said: It's late.")
    assert found("It's late.", reading) == (["It's late."], True)


def test_a_quote_of_a_quote_that_repeats_one_sentence_is_ambiguous():
    reading = Reading.of("We wait. Then we ask again. We wait. Then we sleep.")
    assert locate("Then we ask again. Then we sleep. We wait.", reading) is AMBIGUOUS


WORDS = st.lists(st.sampled_from(["night", "don’t", "3.5", "café", "naïve", "log", "“so”", "x-ray"]), min_size=6)


@given(WORDS, st.data())
def test_any_run_of_whole_words_is_found_or_ambiguous_and_never_altered(words, data):
    reading = Reading.of(" ".join(words) + ".")
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    quote = " ".join(words[start:end])
    place = locate(quote.replace("’", "'"), reading)
    if place is not AMBIGUOUS:
        assert isinstance(place, Place)
        (span,) = place.spans
        assert reading.text[slice(*span)] == quote


@given(WORDS, st.sampled_from(["not", "nights", "3.6", "always"]), st.data())
def test_a_word_put_into_a_quote_is_never_found(words, word, data):
    position = data.draw(st.integers(1, len(words) - 1))
    quote = " ".join([*words[:position], word, *words[position:]])
    assert locate(quote, Reading.of(" ".join(words) + ".")) is NOT_VERBATIM


SENTENCES = st.lists(
    st.sampled_from(
        ["No.", "Yes!", "“So.”", '"So."', "Don’t.", "Don't.", "3.5 of it.", "夜。", "« Oui\u202f! »", "é e\u0301."]
    ),
    min_size=1,
    max_size=12,
)


@given(SENTENCES, st.data())
def test_sentences_of_a_text_are_found_where_trying_everything_finds_them(sentences, data):
    text = " ".join(sentences)
    kept = data.draw(st.lists(st.booleans(), min_size=len(sentences), max_size=len(sentences)))
    quote = " ".join(one for one, is_kept in zip(sentences, kept, strict=True) if is_kept)
    assert locate(quote, Reading.of(text)) == plainly_locate(quote, Reading.of(text))


@given(SENTENCES, SENTENCES)
def test_other_sentences_are_found_where_trying_everything_finds_them(sentences, others):
    text, quote = " ".join(sentences), " ".join(others)
    found = locate(quote, Reading.of(text))
    if len(quote.replace(" ", "").replace("\u202f", "")) > Reading.of(text).signs:
        assert found is NOT_VERBATIM
    else:
        assert found == plainly_locate(quote, Reading.of(text))


ANY = st.text(alphabet="aA1 .!’'\"”«»-。夜é\u0301\u0327\ufe0f\u200d\u00a0\n", max_size=60)


@given(ANY, ANY, st.data())
def test_any_quote_has_the_place_that_trying_everything_finds_or_none(text, other, data):
    """Where marks stand for sentences of their own, the reasons to drop a quote may differ, never its place."""
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    quote = (text[start:end] + data.draw(st.sampled_from(["", " ", ". "])) + other).strip()
    found, expected = locate(quote, Reading.of(text)), plainly_locate(quote, Reading.of(text))
    assert found == expected or (not isinstance(found, Place) and not isinstance(expected, Place))


def test_a_quote_of_more_runs_than_it_may_have_is_no_quote():
    numbered = [f"This is {number}." for number in range(2 * MAX_PARTS + 1)]
    reading = Reading.of(" ".join(numbered))
    place = locate(" ".join(numbered[: 2 * MAX_PARTS : 2]), reading)
    assert isinstance(place, Place)
    assert len(place.spans) == MAX_PARTS
    assert locate(" ".join(numbered[::2]), reading) is NOT_VERBATIM


def test_a_quote_longer_than_its_chunk_is_not_looked_for(monkeypatch):
    monkeypatch.setattr(Reading, "begins_of", lambda *_: pytest.fail("it was looked for"))
    assert locate("No. " * 10_000, Reading.of("It was late. No.")) is NOT_VERBATIM


NUMBERED = [f"S{number}." for number in range(3_000)]


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("No. " * 2_400 + "Yes.", "No. " * 4_900),
        ("No. " * 2_400 + "N", "No. " * 4_900),
        (" ".join(NUMBERED[::-1]), " ".join(NUMBERED)),
        (" ".join(NUMBERED[::2]), " ".join(NUMBERED)),
        (" ".join([*NUMBERED[:-1], "Else."]), " ".join(NUMBERED)),
        ("a" * 9_000, "a" * 19_000),
        ("." * 9_000 + " B", "." * 19_000),
        ("夜。" * 4_000 + "B", "夜。" * 9_000),
        ('"No." ' * 1_500, "“No.” " * 3_000),
        ("Xa. " * 2_000 + "b", "XXa. " * 3_900),
        ("e" + "\u0301\u0327" * 9_000, "e" + "\u0301\u0327" * 9_500),
    ],
)
def test_the_places_looked_at_do_not_grow_with_the_square_of_a_quote(quote, text, monkeypatch):
    """An edge is asked about some times a character, and for each run that is tried; not for each pair of sentences."""
    asked = 0
    is_edge = Reading.is_edge

    def counted(reading, offset):
        nonlocal asked
        asked += 1
        return is_edge(reading, offset)

    monkeypatch.setattr(Reading, "is_edge", counted)
    assert locate(quote, Reading.of(text)) in (NOT_VERBATIM, AMBIGUOUS)
    assert asked < 8 * (len(quote) + len(text))
