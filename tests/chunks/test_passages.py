"""Passages, and readings without those that are boilerplate."""

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.chunks import clean, cleaning_version, render
from ownvoice.chunks.passages import passages, without_passages

CALL = "Subscribe to my *newsletter* right now."
KEEP = "This sentence is one that stays as it is."
MORE = "Another one of my own words stands here."


def keys(text):
    return {key for key, _ in passages(clean(text, "faithful").text)}


def without(text, *boilerplate):
    return without_passages(clean(text, "faithful"), set().union(*map(keys, boilerplate)))


def test_a_paragraph_that_is_boilerplate_leaves_no_gap():
    assert without(f"{KEEP}\n\n{CALL}\n\n{MORE}", CALL).text == f"{KEEP}\n\n{MORE}"


def test_a_sentence_is_left_out_wherever_it_stands_in_a_paragraph():
    assert without(f"{CALL} {KEEP}\n\n{KEEP} {CALL} {MORE}\n\n{KEEP} {CALL}", CALL).text == (
        f"{KEEP}\n\n{KEEP} {MORE}\n\n{KEEP}"
    )


def test_it_is_found_in_another_emphasis_case_and_quote_style():
    assert without(f"{KEEP}\n\n**SUBSCRIBE** to my “newsletter”, right now!", CALL).text.strip() == KEEP


def test_a_paragraph_of_short_sentences_is_one_passage():
    assert without(f"Thanks for reading! Subscribe now.\n\n{KEEP}", "Thanks for reading! Subscribe now.").text == KEEP


def test_what_has_fewer_than_five_words_is_never_boilerplate():
    assert keys("## Conclusion\n\nImage by the author") == set()


def test_headings_are_found_again():
    reading = without(f"{CALL}\n\n# One heading\n\n{KEEP}\n\n{CALL}\n\n# Two headings\n\n{MORE}", CALL)
    assert [reading.text[start:].split("\n")[0] for start in reading.headings] == ["One heading", "Two headings"]


def test_every_word_that_is_left_is_found_in_the_original():
    original = f"{CALL} {KEEP}\n\n{KEEP} {CALL} {MORE}"
    reading = without(original, CALL)
    for start in range(len(reading.text)):
        if reading.text[start].isalnum():
            first, last = reading.original_span(start, start + 1)
            assert original[first:last] == reading.text[start]


@given(st.lists(st.sampled_from([CALL, KEEP, MORE, "Short.", "我们今天去公园散步。"]), max_size=8), st.data())
def test_what_is_left_renders_to_itself(sentences, data):
    gaps = [data.draw(st.sampled_from([" ", "\n\n"])) for _ in sentences]
    original = "".join(sentence + gap for sentence, gap in zip(sentences, gaps, strict=True))
    reading = without(original, CALL)
    assert "Subscribe" not in reading.text
    for _, (start, end) in passages(reading.text):
        span = reading.original_span(start, end)
        if "Subscribe" not in original[slice(*span)]:
            assert render(original, [span], cleaning_version("faithful")) == reading.text[start:end]
