from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.offline_model.rules import Slip, offline_triples, passages_of, slip_of, triple_about

ENGLISH = " ".join(
    f"Vector index number {number} doesn't fit in memory, so we’re using a compressed one on disk. "
    f"It's slower by {number} percent, but nobody has noticed that in production."
    for number in range(20)
)
GERMAN = (
    "Wörter wie Überraschung oder Gemütlichkeit lassen sich kaum übersetzen. Trotzdem versucht es jede Redaktion, "
    "und meistens gelingt es ihr sogar recht ordentlich. Warum das so ist, weiß niemand so genau!"
)
JAPANESE = "私は毎日記事を書きます。" * 3 + "新しい言葉を探すのは楽しいです！"
SPEAKS_OF_THE_TEXT = re.compile(r"\b(extract|context|author|passage|article)", re.IGNORECASE)


def test_a_text_gives_up_to_five_triples_and_always_the_same() -> None:
    assert len(offline_triples(ENGLISH)) == 5
    assert offline_triples(ENGLISH) == offline_triples(ENGLISH)


def test_two_texts_give_different_instructions() -> None:
    first, second = offline_triples(ENGLISH), offline_triples(GERMAN)
    assert {triple.instruction for triple in first}.isdisjoint(triple.instruction for triple in second)


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, JAPANESE], ids=["English", "German", "Japanese"])
def test_without_a_slip_the_extract_is_real_and_the_rest_is_the_models_own(text: str) -> None:
    sound = [passage for passage in passages_of(text) if slip_of(passage) is None]
    assert sound
    for passage in sound:
        triple = triple_about(passage)
        assert triple.extracted_answer == passage
        assert passage in text
        assert triple.generated_answer != passage
        assert not SPEAKS_OF_THE_TEXT.search(triple.instruction)


def test_passages_are_whole_sentences_of_a_paragraph_and_of_a_fitting_length() -> None:
    passages = passages_of(f"A heading\n\n{ENGLISH}")
    assert passages[0] == "A heading"
    assert len(passages) == 21
    for passage in passages[1:]:
        assert 100 <= len(passage) <= 400
        assert passage[0].isupper() and passage[-1] == "."


def test_what_fits_is_quoted_before_what_does_not() -> None:
    assert "A heading" not in [triple.extracted_answer for triple in offline_triples(f"A heading\n\n{ENGLISH}")]
    assert len(offline_triples("Only this.")) == 1


def test_the_generated_answer_is_stiff() -> None:
    text = "I can't use it because they're big, but it's what we've got and you won't find many others. " * 2
    (triple,) = offline_triples(text)[:1]
    assert (
        "I cannot utilize it due to the fact that they are substantial, however, it is what we have got and you "
        "will not find numerous others." in triple.generated_answer
    )


def test_every_slip_happens_at_its_small_rate() -> None:
    passages = [f"Sentence number {number} stands here." for number in range(4_800)]
    counts = {slip: sum(slip_of(passage) is slip for passage in passages) for slip in Slip}
    assert 300 <= counts[Slip.CHANGED_WORD] <= 500
    assert 300 <= counts[Slip.TOO_SHORT] <= 500
    assert all(counts[slip] >= 50 for slip in Slip)
    assert sum(counts.values()) <= 0.3 * len(passages)


def passage_with(slip: Slip) -> str:
    endings = (
        f"by the {number}th time nobody was surprised any longer by what they saw there." for number in range(10_000)
    )
    return next(
        text for ending in endings if slip_of(text := f"Everything changed when we looked again, and {ending}") is slip
    )


@pytest.mark.parametrize("slip", list(Slip))
def test_a_slip_gives_its_filter_something_to_do(slip: Slip) -> None:
    passage = passage_with(slip)
    triple = triple_about(passage)
    extract = triple.extracted_answer
    wrong = {
        Slip.CHANGED_WORD: extract not in passage and len(extract.split()) == len(passage.split()),
        Slip.TOO_SHORT: extract in passage and len(extract) < 100,
        Slip.STARTS_LATE: extract in passage and extract[0].islower(),
        Slip.NO_END_MARK: extract in passage and extract[-1] != ".",
        Slip.SPEAKS_OF_THE_EXTRACT: "the extract" in triple.instruction,
        Slip.COPIED: triple.generated_answer == extract,
    }
    assert next(found for found, is_wrong in wrong.items() if is_wrong) is slip


@given(st.text())
def test_whatever_the_text_its_passages_are_real_and_can_be_asked_about(text: str) -> None:
    for passage in passages_of(text):
        assert passage.strip() and passage in text
        triple = triple_about(passage)
        assert triple.instruction.strip() and triple.generated_answer.strip()
