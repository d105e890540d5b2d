import runpy

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.pairs.filters import Candidate, drop_reasons, first_reason, without_repeats
from ownvoice.pairs.reasons import REPEATED_CHOSEN, REPEATED_PROMPT
from stand_ins.places import DOCS

RECIPE = GenerationRecipe()
LONG = (
    "It was late, and the job that had run for a year without a word had begun to talk. I listened to it for a while."
)


def verdict(
    prompt="What do quiet jobs teach us?", chosen=LONG, rejected="Quiet jobs are important to note.", kind=None
):
    reason = first_reason(Candidate(prompt, chosen, rejected, kind), RECIPE)
    return reason and reason.name


def test_a_good_pair_is_kept():
    assert verdict() is None


def test_a_chosen_answer_under_a_hundred_characters_is_too_short():
    assert verdict(chosen="A" + "b" * 97 + ".") == "chosen_too_short"
    assert verdict(chosen="A" + "b" * 98 + ".") is None


def test_a_chosen_answer_must_begin_upper_case():
    assert verdict(chosen=LONG.lower()) == "chosen_not_capitalised"
    assert verdict(chosen="1. " + LONG) == "chosen_not_capitalised"
    assert verdict(chosen="“" + LONG + "”") is None
    assert verdict(chosen="¿Y quién lo dice? " + LONG) is None


@pytest.mark.parametrize("opened_and_closed", ["«\u00a0|\u202f»", "— |", "„|“", "»|«", "「|」", "״|״", "¿|", "(“|”)"])
def test_a_chosen_answer_may_be_a_whole_quotation_of_any_language(opened_and_closed):
    before, after = opened_and_closed.split("|")
    assert verdict(chosen=before + LONG + after) is None
    assert verdict(chosen=before + LONG[1:] + after) == "chosen_not_capitalised"
    assert verdict(chosen=before + LONG[:-1] + "," + after) == "chosen_not_ended"


def test_a_script_without_case_may_begin_a_chosen_answer():
    assert verdict(chosen="夜になると静かになる。" * 12) is None


@pytest.mark.parametrize("end", [".", "!", "?", "…", ".”", "!)", "。"])
def test_a_chosen_answer_may_end_with_any_sentence_mark(end):
    assert verdict(chosen=LONG[:-1] + end) is None


@pytest.mark.parametrize("end", ["", ",", ":", " and"])
def test_a_chosen_answer_that_breaks_off_is_dropped(end):
    assert verdict(chosen=LONG[:-1] + end) == "chosen_not_ended"


def test_a_pair_that_prefers_nothing_is_dropped():
    assert verdict(rejected=LONG.upper()) == "chosen_equals_rejected"


@pytest.mark.parametrize(
    "prompt",
    ["What does the author say about logs?", "According to the extract, what is a log?", "Summarise this passage.",
     "What is described in the given context?", "Explain The Article's view."],
)  # fmt: skip
def test_a_prompt_that_speaks_of_its_source_is_dropped(prompt):
    assert verdict(prompt=prompt) == "prompt_speaks_of_source"


def test_an_instruction_that_carries_a_passage_may_speak_of_it_but_not_of_where_it_is_from():
    ask = "Rewrite this passage in your own voice:"
    assert verdict(prompt=f"{ask} Quiet jobs teach us much.", kind="rewrite") is None
    assert verdict(prompt=f"{ask} Quiet jobs teach us much.", kind="task") == "prompt_speaks_of_source"
    for elsewhere in (
        f"{ask} The author likes quiet jobs.",
        f"{ask} This passage is about jobs.",
        "According to the extract, rewrite this: Jobs.",
        "Rewrite this as the author would: Jobs.",
    ):
        assert verdict(prompt=elsewhere, kind="rewrite") == "prompt_speaks_of_source"


@pytest.mark.parametrize(
    "prompt",
    ["What does normal mean in the context of batch jobs?", "How large is the context window?", "Who authored Python?"],
)
def test_a_prompt_that_only_uses_such_a_word_is_kept(prompt):
    assert verdict(prompt=prompt) is None


def test_the_first_of_a_repeated_prompt_or_chosen_answer_is_kept():
    rows = [
        {"pair_id": "1", "augmented_from": None, "prompt": "Why logs?", "chosen": "One."},
        {"pair_id": "2", "augmented_from": None, "prompt": "why  logs?", "chosen": "Two."},
        {"pair_id": "3", "augmented_from": None, "prompt": "Why not?", "chosen": "One."},
    ]
    kept, dropped = without_repeats(rows)
    assert kept == rows[:1]
    assert dropped == [(rows[1], REPEATED_PROMPT), (rows[2], REPEATED_CHOSEN)]


def test_a_further_prompt_for_a_quote_that_is_kept_is_kept_and_one_for_a_pair_that_is_dropped_goes_with_it():
    rows = [
        {"pair_id": "1", "augmented_from": None, "prompt": "Why logs?", "chosen": "One."},
        {"pair_id": "2", "augmented_from": None, "prompt": "Which logs?", "chosen": "One."},
        {"pair_id": "3", "augmented_from": "1", "prompt": "Why logs, and which?", "chosen": "One."},
        {"pair_id": "4", "augmented_from": "2", "prompt": "Which logs, at night?", "chosen": "One."},
    ]
    kept, dropped = without_repeats(rows)
    assert kept == [rows[0], rows[2]]
    assert dropped == [(rows[1], REPEATED_CHOSEN), (rows[3], REPEATED_CHOSEN)]


def test_every_reason_has_a_name_of_its_own_and_says_what_it_means_and_what_to_do():
    reasons = drop_reasons()
    assert len({reason.name for reason in reasons}) == len(reasons) == 24
    assert all(reason.meaning.endswith(".") and reason.what_to_do.endswith(".") for reason in reasons)


def test_the_page_of_drop_reasons_is_written_from_the_table():
    written = runpy.run_path(str(DOCS / "write_drop_reasons.py"))["page"]()
    assert written == (DOCS / "drop-reasons.md").read_text(encoding="utf-8")
