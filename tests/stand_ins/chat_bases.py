"""Tokenizers of the families of bases, made here: their special tokens and the shape of their chat templates.

The vocabulary is bytes and a few merges; what a family differs in is who writes BOS, and which token ends a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Family:
    """A family of chat models. With `adds_bos` its tokenizer puts BOS before every text; `unmarked` are not special."""

    template: str
    eos: str
    bos: str | None = None
    special: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()
    adds_bos: bool = False


_CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
_SYSTEM_FIRST = "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou help.<|im_end|>\n' }}{% endif %}"
_LLAMA_3 = (
    "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n'"
    " + m['content'] | trim + '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
_MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}{{ '[INST] ' + m['content'] + ' [/INST]' }}"
    "{% else %}{{ m['content'] + eos_token }}{% endif %}{% endfor %}"
)
_GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "{% for m in messages %}{{ '<start_of_turn>' + ('model' if m['role'] == 'assistant' else 'user') + '\n'"
    " + m['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
_MARKED = (
    "{% for m in messages %}{{ '<|' + m['role'] + '|>\n' + m['content'] + END + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}"
)
_HEADERS = ("<|start_header_id|>", "<|end_header_id|>")

FAMILIES = {
    "ChatML of Qwen": Family(_SYSTEM_FIRST + _CHATML, "<|im_end|>", None, ("<|im_start|>", "<|endoftext|>")),
    "ChatML of SmolLM": Family(_SYSTEM_FIRST + _CHATML, "<|im_end|>", "<|im_start|>", ("<|endoftext|>",)),
    "ChatML of Hermes": Family(
        "{{ bos_token }}" + _CHATML, "<|im_end|>", "<|begin_of_text|>", (), ("<|im_start|>",), adds_bos=True
    ),
    "Llama 3 Instruct": Family(
        _LLAMA_3, "<|eot_id|>", "<|begin_of_text|>", ("<|end_of_text|>", *_HEADERS), adds_bos=True
    ),
    "Mistral, marks as text": Family(_MISTRAL, "</s>", "<s>", adds_bos=True),
    "Mistral, marks as tokens": Family(_MISTRAL, "</s>", "<s>", ("[INST]", "[/INST]"), adds_bos=True),
    "Gemma": Family(_GEMMA, "<eos>", "<bos>", ("<start_of_turn>", "<end_of_turn>"), ("\n\n", "<table>"), adds_bos=True),
    "Phi 3": Family(
        _MARKED.replace("END", "'<|end|>'"), "<|endoftext|>", "<s>", ("<|user|>", "<|assistant|>", "<|end|>"), ("</s>",)
    ),
    "Zephyr": Family(_MARKED.replace("END", "eos_token"), "</s>", "<s>", adds_bos=True),
    "GPT-2, one token for all": Family(_MARKED.replace("END", "''"), "<|endoftext|>", "<|endoftext|>"),
}


def make_tokenizer(family: Family) -> Any:
    """Return a tokenizer of the family."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    special = list(dict.fromkeys([family.eos, *filter(None, [family.bos]), *family.special]))
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        ["I like it. What of bread?"],
        trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    bpe.add_tokens([AddedToken(mark, special=False, normalized=False) for mark in family.unmarked])
    if family.adds_bos:
        bpe.post_processor = processors.TemplateProcessing(
            single=f"{family.bos} $A", special_tokens=[(family.bos, special.index(str(family.bos)))]
        )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=family.eos, bos_token=family.bos)
    tokenizer.chat_template = family.template
    return tokenizer
