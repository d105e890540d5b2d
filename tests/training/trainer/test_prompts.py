"""What the model reads: every row's tokens, checked as TRL will make them."""

import dataclasses

import pytest

pytest.importorskip("torch")

from ownvoice.errors import BadDataError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.formatted import format_pairs
from ownvoice.training.trainer.prompts import prompt_text
from ownvoice.training.version_pairs import Pair
from stand_ins.chat_bases import FAMILIES, make_tokenizer

pytestmark = pytest.mark.filterwarnings("ignore")

RECIPE = TrainingRecipe(max_length=128)
CHAT = TrainingRecipe(max_length=512, prompt_template="chat")
FINE = Pair("1", "What of bread?", "I like it.", "It is noted.")


@pytest.fixture(scope="module")
def tokenizer(toy):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(toy)


@pytest.fixture
def chat(toy):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(toy)
    tokenizer.chat_template = (
        "{{ bos_token }}{% for m in messages %}<{{ m['role'] }}>\n{{ m['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}<assistant>\n{% endif %}"
    )
    return tokenizer


def reasons(tokenizer, *pairs, recipe=RECIPE):
    return dict(format_pairs(pairs, tokenizer, recipe).left_out)


def test_a_row_has_one_bos_and_one_final_eos_and_a_clean_boundary(tokenizer):
    formatted = format_pairs([FINE], tokenizer, RECIPE)
    (row,) = formatted.rows
    ids = tokenizer(row["prompt"] + row["chosen"])["input_ids"]
    assert ids.count(tokenizer.bos_token_id) == 1 and ids[0] == tokenizer.bos_token_id
    assert ids.count(tokenizer.eos_token_id) == 1 and ids[-1] == tokenizer.eos_token_id
    assert formatted.left_out == {}


def test_a_row_that_would_be_cut_is_left_out_and_counted(tokenizer):
    assert reasons(tokenizer, FINE, Pair("2", "Q?", "word " * 200, "no")) == {"longer_than_max_length": 1}


@pytest.mark.parametrize("token", ["eos_token", "bos_token"])
def test_an_article_that_quotes_a_special_token_is_left_out(tokenizer, token):
    quoted = Pair("2", "Q?", f"They write {getattr(tokenizer, token)} here.", "no")
    assert sum(reasons(tokenizer, quoted).values()) == 1


def test_the_longest_prompt_is_told(tokenizer):
    long = Pair("2", "word " * 60, "yes", "no")
    formatted = format_pairs([FINE, long], tokenizer, RECIPE)
    assert formatted.longest_prompt_tokens == len(
        tokenizer(prompt_text(long.prompt, tokenizer, "alpaca", "toy"))["input_ids"]
    )


def test_a_chat_template_that_writes_the_bos_itself_does_not_double_it(chat):
    recipe = TrainingRecipe(max_length=128, prompt_template="chat")
    assert reasons(chat, FINE, recipe=recipe) == {}
    assert prompt_text("Q?", chat, "chat", "toy") == "<user>\nQ?\n<assistant>\n"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pair_in_the_chat_template_of_any_family_is_trained_on_with_one_end(family):
    tokenizer = make_tokenizer(FAMILIES[family])
    formatted = format_pairs(
        [FINE, Pair("2", " And of\ncheese? ", "Ich mag’s.\n\nSehr 🧀!", "<b>no</b>")], tokenizer, CHAT
    )
    assert formatted.left_out == {}
    for row, answer_tokens in zip(formatted.rows, formatted.answer_tokens["chosen"], strict=True):
        prompt, whole = (tokenizer(text)["input_ids"] for text in (row["prompt"], row["prompt"] + row["chosen"]))
        answer = whole[len(prompt) :]
        assert answer.count(tokenizer.eos_token_id) == 1 and answer[-1] == tokenizer.eos_token_id
        assert len(answer) == answer_tokens
        assert tokenizer.bos_token_id is None or whole[:2] != [tokenizer.bos_token_id] * 2


SPECIAL = [
    (name, token)
    for name, family in FAMILIES.items()
    for token in sorted({family.eos, *filter(None, [family.bos]), *family.special})
]


QUOTES = [
    (place, text)
    for place in ("prompt", "chosen", "rejected")
    for text in ("Write {} there.", "{}", "{}The start.", "The end.{}")
]


@pytest.mark.parametrize(("family", "token"), [*SPECIAL, ("ChatML of Hermes", "<|im_start|>")])
def test_a_pair_that_quotes_a_special_token_anywhere_is_left_out_with_a_reason(family, token):
    tokenizer = make_tokenizer(FAMILIES[family])
    for place, text in QUOTES:
        quoting = dataclasses.replace(FINE, pair_id="2", **{place: text.format(token)})
        formatted = format_pairs([quoting, FINE], tokenizer, CHAT)
        (reason,) = formatted.left_out
        assert (reason == "special_token_in_the_question") == (place == "prompt"), (place, text)
        assert reason in {"special_token_in_the_question", "special_token_in_the_answer", "not_one_final_eos"}
        assert (formatted.left_out_pair_ids, len(formatted.rows)) == (["2"], 1)


@pytest.mark.parametrize(
    ("family", "text"), [("Gemma", "\n\n"), ("Gemma", "<table>"), ("Mistral, marks as text", "[INST]")]
)
def test_what_is_a_token_of_its_own_and_still_text_is_trained_on(family, text):
    quoting = Pair("2", f"What of {text}?", f"One{text}two.", "No.")
    assert reasons(make_tokenizer(FAMILIES[family]), quoting, recipe=CHAT) == {}


def test_a_character_that_the_vocabulary_lacks_is_no_special_token():
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({"<unk>": 0, "</s>": 1, "it": 2}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="</s>", unk_token="<unk>")
    assert reasons(tokenizer, FINE) == {}


def test_a_template_that_writes_two_bos_or_loses_the_question_leaves_its_pairs_out():
    tokenizer = make_tokenizer(FAMILIES["Zephyr"])
    template = tokenizer.chat_template
    tokenizer.chat_template = "{{ bos_token }}{{ bos_token }}" + template
    assert reasons(tokenizer, FINE, recipe=CHAT) == {"doubled_bos": 1}
    tokenizer.chat_template = template.replace("m['content']", "''")
    assert reasons(tokenizer, FINE, recipe=CHAT) == {"question_not_in_the_prompt": 1}


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{ raise_exception('Conversations start with a system message') }}", "start with a system message"),
        ("{% for m in messages %}", "alpaca"),
        ("{{ messages[0]['content'] + 1 }}", "alpaca"),
    ],
)
def test_a_template_that_cannot_take_a_question_is_one_sentence_with_its_own_words(chat, template, says):
    chat.chat_template = template
    with pytest.raises(BadDataError, match=says) as caught:
        format_pairs([FINE], chat, CHAT)
    assert str(caught.value).endswith("Set prompt_template to alpaca.")


def test_a_base_without_a_chat_template_is_told_so(tokenizer):
    with pytest.raises(BadDataError, match="Set prompt_template to alpaca"):
        format_pairs([FINE], tokenizer, TrainingRecipe(prompt_template="chat"))
