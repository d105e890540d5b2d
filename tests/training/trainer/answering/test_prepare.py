"""What a model cannot be given is refused by itself, with a reason; the rest is tokenised as training does it."""

import pytest

pytest.importorskip("torch")

from ownvoice.answering.job import Asked, Prompt, Sampling, ScoredText
from ownvoice.errors import BadDataError
from ownvoice.training.trainer.answering.prepare import Model, context_of, prepare, tokens_of
from ownvoice.training.trainer.prompts import ALPACA
from stand_ins.chat_bases import FAMILIES, make_tokenizer

ASKED = Asked(subject="s", model="lake:m", sampling=Sampling(max_new_tokens=50))


@pytest.fixture(scope="module")
def model(toy):
    from transformers import AutoTokenizer

    return Model("lake:m@sha256:c", toy, AutoTokenizer.from_pretrained(toy), context_of(toy))


def prepared(model, *prompts, texts=()):
    return prepare(model, [ASKED], [Prompt("s", str(number), text) for number, text in enumerate(prompts)], texts)


def test_a_prompt_longer_than_the_context_is_refused_and_the_others_are_asked(model):
    found = prepared(model, "Why?", "word " * 300, "When?")

    assert [(one.id, one.reason) for one in found.refused] == [("1", "longer_than_context")]
    assert [prompt.prompt_id for prompt, _, _ in found.wanted] == ["0", "2"]


def test_an_answer_has_the_room_that_its_prompt_leaves_in_the_context(model):
    template = len(model.tokenizer(ALPACA.format(""))["input_ids"])
    found = prepared(model, "a" * (model.context - template - 20))
    (ask,) = found.asks.values()

    assert 1 <= ask.max_new_tokens < 50 == ask.body["max_tokens"]
    assert len(ask.prompt_ids) + ask.max_new_tokens == model.context


def test_a_prompt_that_would_be_read_as_a_special_token_is_refused(model):
    found = prepared(model, f"What is {model.tokenizer.eos_token}?")

    assert [one.reason for one in found.refused] == ["special_token_in_the_question"]


def test_two_subjects_that_ask_the_same_share_an_answer(model):
    other = ASKED.model_copy(update={"subject": "t"})
    found = prepare(model, [ASKED, other], [Prompt("s", "1", "Why?"), Prompt("t", "1", "Why?")], ())

    assert len(found.asks) == 1
    assert len(found.wanted) == 2


def test_a_prompt_may_ask_for_fewer_tokens_than_its_subject(model):
    found = prepare(model, [ASKED], [Prompt("s", "1", "Why?", 7)], ())

    assert [ask.max_new_tokens for ask in found.asks.values()] == [7]


def test_prompts_of_other_subjects_are_not_asked(model):
    assert prepare(model, [ASKED], [Prompt("other", "1", "Why?")], [ScoredText("other", "1", "", "So.")]).wanted == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_token_to_score"),
        ("word " * 300, "longer_than_context"),
        ("<|end_of_text|>", "special_token_in_the_text"),
    ],
)
def test_a_text_that_cannot_be_scored_is_refused_with_a_reason(model, text, reason):
    texts = [ScoredText("s", "bad", "", text), ScoredText("s", "good", "", "So it is.")]
    found = prepared(model, texts=texts)

    assert [(one.id, one.reason) for one in found.refused] == [("bad", reason)]
    assert [text.text_id for text, _, _ in found.texts] == ["good"]


def test_a_text_is_tokenised_after_its_prompt_as_training_does(model):
    prompt, text = ALPACA.format("Why?"), "Because it is so."
    found = tokens_of(prompt, text, model.tokenizer)

    assert found.before + found.ids == model.tokenizer(prompt + text)["input_ids"]
    assert model.tokenizer.decode(found.ids) == text


def test_a_token_that_would_reach_from_the_prompt_into_the_text_is_parted(model):
    whole = model.tokenizer("backups")["input_ids"]
    prompt = next(
        "backups"[:end]
        for end in range(1, 7)
        if model.tokenizer("backups"[:end])["input_ids"] != whole[: len(model.tokenizer("backups"[:end])["input_ids"])]
    )
    found = tokens_of(prompt, "backups".removeprefix(prompt), model.tokenizer)

    assert model.tokenizer.decode(found.ids) == "backups".removeprefix(prompt)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_chat_template_of_any_family_takes_a_prompt(toy, family):
    model = Model("m@c", toy, make_tokenizer(FAMILIES[family]), 4096)
    found = prepare(model, [ASKED.model_copy(update={"prompt_template": "chat"})], [Prompt("s", "1", "Why?")], ())

    assert found.refused == []
    assert "Why?" in model.tokenizer.decode(next(iter(found.asks.values())).prompt_ids)


def test_a_base_without_a_chat_template_is_named(model):
    with pytest.raises(BadDataError, match=r"lake:m@sha256:c has no chat template. Set prompt_template to alpaca"):
        prepare(model, [ASKED.model_copy(update={"prompt_template": "chat"})], [Prompt("s", "1", "Why?")], ())
