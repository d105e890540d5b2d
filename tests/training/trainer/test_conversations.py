"""Turns of several roles in the templates of the families: each turn once, in its order, or the row is left out."""

import pytest

pytest.importorskip("torch")

from ownvoice.training.mixture.rows import ImportedExample
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.conversations import conversation_text
from ownvoice.training.trainer.formatted import format_pairs
from stand_ins.chat_bases import FAMILIES, make_tokenizer

CHAT = TrainingRecipe(max_length=512, prompt_template="chat")
SYSTEM = ("system", "Answer in verse.")
ONE = (("user", "What of bread?"),)
SEVERAL = (*ONE, ("assistant", "It is good."), ("user", "And cheese?"))


@pytest.fixture(params=FAMILIES)
def family(request):
    return make_tokenizer(FAMILIES[request.param])


def rows(tokenizer, *messages, chosen="Yes.", rejected="No.", recipe=CHAT):
    return format_pairs([ImportedExample("1", tuple(messages), chosen, rejected)], tokenizer, recipe)


def test_every_turn_stands_once_and_in_order_and_the_answer_follows_as_it_does_for_an_own_pair(family):
    formatted = rows(family, *SEVERAL)
    assert formatted.left_out == {}
    (row,) = formatted.rows
    places = [row["prompt"].index(text) for _, text in SEVERAL]
    assert places == sorted(places)
    assert all(row["prompt"].count(text) == 1 for _, text in SEVERAL)
    assert row["chosen"] == "Yes." + family.eos_token
    assert rows(family, *ONE).rows[0]["prompt"] == conversation_text(ONE, family, "chat", "toy")


def test_a_system_turn_is_never_lost_and_never_written_as_what_the_model_said(family):
    text = conversation_text((SYSTEM, *SEVERAL), family, "chat", "toy")
    assert text.count("Answer in verse.") == 1
    assert text.index("Answer in verse.") < text.index("What of bread?")
    as_said = conversation_text((("assistant", SYSTEM[1]), *SEVERAL), family, "chat", "toy")
    assert text != as_said


def test_a_template_without_a_system_role_gets_the_system_turn_before_the_question():
    for name in ("Mistral, marks as text", "Gemma"):
        if name in FAMILIES:
            tokenizer = make_tokenizer(FAMILIES[name])
            assert "Answer in verse.\n\nWhat of bread?" in conversation_text((SYSTEM, *ONE), tokenizer, "chat", "toy")


def test_the_alpaca_form_takes_one_question_with_its_system_turn_and_leaves_conversations_out(family):
    alpaca = CHAT.model_copy(update={"prompt_template": "alpaca"})
    assert (
        "### Instruction:\nAnswer in verse.\n\nWhat of bread?"
        in rows(family, SYSTEM, *ONE, recipe=alpaca).rows[0]["prompt"]
    )
    formatted = rows(family, *SEVERAL, recipe=alpaca)
    assert dict(formatted.left_out) == {"turns_not_in_the_template": 1}
    assert formatted.left_out_pair_ids == ["1"]


@pytest.mark.parametrize("turns", [(), (SYSTEM,), (("assistant", "Hello."),)])
def test_turns_without_a_question_fit_no_alpaca_form(family, turns):
    assert conversation_text(turns, family, "alpaca", "toy") is None


def test_a_template_that_cuts_an_earlier_turn_has_the_row_left_out(family):
    family.chat_template = "{% for m in messages %}{{ m['role'] + m['content'][:4] }}{% endfor %}"
    assert dict(rows(family, *SEVERAL).left_out) == {"turns_not_in_the_template": 1}


def test_a_special_token_in_any_turn_and_an_answer_that_is_too_long_are_left_out_with_their_reason(family):
    quoting = rows(family, ("user", f"What is {family.eos_token}?"), *SEVERAL[1:])
    assert dict(quoting.left_out) == {"special_token_in_the_question": 1}
    assert dict(rows(family, *SEVERAL, chosen="word " * 600).left_out) == {"longer_than_max_length": 1}


def test_a_lone_thumb_is_no_pair_and_two_examples_of_kto(family):
    assert dict(rows(family, *ONE, rejected=None).left_out) == {"lone_thumb": 1}
    kto = CHAT.model_copy(update={"loss_type": "kto", "batch_pairs": 4})
    assert [row["label"] for row in rows(family, *ONE, rejected=None, recipe=kto).rows] == []  # alone in its pass
    both = rows(family, *ONE, recipe=kto)
    assert {row["completion"]: row["label"] for row in both.rows} == {
        "Yes." + family.eos_token: True,
        "No." + family.eos_token: False,
    }
    assert both.kept == 1
