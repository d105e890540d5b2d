"""What the model reads: every row's tokens, checked as TRL will make them."""

import pytest

pytest.importorskip("torch")

from ownvoice.errors import BadDataError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.prompts import format_pairs, prompt_text
from ownvoice.training.version_pairs import Pair

pytestmark = pytest.mark.filterwarnings("ignore")

RECIPE = TrainingRecipe(max_length=128)
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
    assert formatted.longest_prompt_tokens == len(tokenizer(prompt_text(long.prompt, tokenizer, RECIPE))["input_ids"])


def test_a_chat_template_that_writes_the_bos_itself_does_not_double_it(chat):
    recipe = TrainingRecipe(max_length=128, prompt_template="chat")
    assert reasons(chat, FINE, recipe=recipe) == {}
    assert prompt_text("Q?", chat, recipe) == "<user>\nQ?\n<assistant>\n"


def test_a_base_without_a_chat_template_is_told_so(tokenizer):
    with pytest.raises(BadDataError, match="Set prompt_template to alpaca"):
        format_pairs([FINE], tokenizer, TrainingRecipe(prompt_template="chat"))
