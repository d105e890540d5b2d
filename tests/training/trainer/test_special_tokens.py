"""Where a text ends: the tokenizer's word for it against the model's."""

import json

import pytest

pytest.importorskip("torch")

from ownvoice.errors import BadBaseError
from ownvoice.training.trainer.special_tokens import refuse_wrong_end
from stand_ins.chat_bases import FAMILIES, make_tokenizer


@pytest.fixture
def base(tmp_path):
    """Write the configurations of a base; returns its folder."""

    def make(**files):
        for name, fields in files.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(fields))
        return tmp_path

    return make


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("ends", ["its own", "a list", "nested", "none"])
def test_a_base_whose_files_agree_is_taken(base, family, ends):
    tokenizer = make_tokenizer(FAMILIES[family])
    eos = tokenizer.eos_token_id
    fields = {"its own": eos, "a list": [eos + 1, eos], "none": None}
    config = {"text_config": {"eos_token_id": eos}} if ends == "nested" else {"eos_token_id": fields[ends]}
    refuse_wrong_end(base(config=config, generation_config={}), tokenizer, "owner/base")


@pytest.mark.parametrize("file", ["config", "generation_config"])
@pytest.mark.parametrize("ends", [1, [1, 2]])
def test_another_end_in_the_models_files_is_one_sentence_that_names_both(base, file, ends):
    tokenizer = make_tokenizer(FAMILIES["ChatML of SmolLM"])
    assert tokenizer.convert_ids_to_tokens(1) == "<|im_start|>"
    with pytest.raises(BadBaseError) as caught:
        refuse_wrong_end(base(**{file: {"eos_token_id": ends}}), tokenizer, "lake:models/small")
    said = str(caught.value)
    assert said.startswith("lake:models/small would not learn where an answer ends")
    assert "<|im_end|> (0)" in said and f"{file}.json with <|im_start|> (1)" in said and "lake:KEY" in said


def test_a_tokenizer_that_takes_the_start_of_an_answer_for_its_end_is_refused(base):
    tokenizer = make_tokenizer(FAMILIES["ChatML of SmolLM"])
    tokenizer.eos_token = "<|im_start|>"
    with pytest.raises(BadBaseError, match="begins an answer in its chat template"):
        refuse_wrong_end(base(config={"eos_token_id": tokenizer.eos_token_id}), tokenizer, "owner/base")


def test_a_tokenizer_without_an_end_or_with_one_after_every_text_is_refused(base):
    from tokenizers import processors

    tokenizer = make_tokenizer(FAMILIES["ChatML of Qwen"])
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <|im_end|>", special_tokens=[("<|im_end|>", tokenizer.eos_token_id)]
    )
    with pytest.raises(BadBaseError, match="add_eos_token"):
        refuse_wrong_end(base(), tokenizer, "owner/base")
    tokenizer.eos_token = None
    with pytest.raises(BadBaseError, match="names no eos_token"):
        refuse_wrong_end(base(), tokenizer, "owner/base")
