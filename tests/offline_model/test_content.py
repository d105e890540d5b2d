from __future__ import annotations

import pytest

from ownvoice.offline_model.content import CONTENT_SLIPS, ContentSlip, with_content
from ownvoice.offline_model.rules import offline_triples, slip_of
from ownvoice.pairs.content import content_drop
from ownvoice.triples.prompts import CONTENT_KINDS, kinds_of

PASSAGE = (
    "We gave Ada 1,200 euros for the OpenAI bill in March, and she was back after two days with a list of questions."
)
TEXT = " ".join(
    f"When Ada opened box {number} of the letters, she found {number + 40} stamps from Lisbon in it, and nobody could "
    "say who had put them there or why they had been kept for all those years."
    for number in range(30)
)
REASONS = {
    ContentSlip.CARRIES_NOTHING: "prompt_carries_too_little",
    ContentSlip.COPIES_THE_PASSAGE: "prompt_copies_quote",
    ContentSlip.LACKS_NUMBERS: "prompt_lacks_number",
    ContentSlip.LACKS_NAMES: "prompt_lacks_name",
    ContentSlip.CARRIES_TOO_MUCH: "prompt_carries_too_much",
}


def drop_of(kind, slip):
    instruction = with_content(kind, "Say this again:", PASSAGE, str, slip)
    return content_drop(instruction, PASSAGE, PASSAGE, "en")


@pytest.mark.parametrize("kind", CONTENT_KINDS)
@pytest.mark.parametrize("slip", CONTENT_SLIPS[: len(ContentSlip) + 1])
def test_what_is_carried_is_the_whole_passage_unless_it_slips(kind, slip):
    found = drop_of(kind, slip)
    assert (found and found.reason.name) == (REASONS[slip] if slip else None)


def test_prompt_three_is_answered_with_two_briefs_two_rewritings_and_one_other():
    triples = offline_triples(TEXT, kinds=kinds_of("3"))
    first, second, third, fourth, other = (triple.kind for triple in triples)
    assert (first, second, third, fourth) == (*CONTENT_KINDS, *CONTENT_KINDS)
    assert other in kinds_of("2")


def test_most_content_is_whole():
    triples = [one for one in offline_triples(TEXT, kinds=kinds_of("3")) if one.kind in CONTENT_KINDS]
    sound = [one for one in triples if slip_of(one.extracted_answer) is None]
    assert any(content_drop(one.instruction, one.extracted_answer, TEXT, "en") is None for one in sound)


def test_a_script_without_spaces_is_cut_by_letters():
    passage = "私たちは毎日記事を書きますが、本当に読まれているのは見出しだけだと思うことがあります。"
    for kind in CONTENT_KINDS:
        assert content_drop(with_content(kind, "言い換えて:", passage, str, None), passage, passage, None) is None
