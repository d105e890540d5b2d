"""The tokens of a base that are no text: where they come from, and where a text ends."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ownvoice.errors import BadBaseError

_FILES_WITH_ENDS = ("config.json", "generation_config.json")


def adds_bos(tokenizer: Any) -> bool:
    """Whether the tokenizer puts its BOS before every text by itself."""
    return tokenizer.bos_token_id is not None and tokenizer("")["input_ids"][:1] == [tokenizer.bos_token_id]


def reserved_tokens(tokenizer: Any, prompt: str) -> frozenset[int]:
    """Return the tokens that neither a question nor an answer may hold: the special ones, and the marks of a template.

    `prompt` shows the template's marks; some tokenizers do not call them special. The token for unknown characters is
    none of these, unless it is one of the others too: it stands for text.
    """
    added = tokenizer.added_tokens_decoder
    special = {token for token, one in added.items() if one.special} | set(tokenizer.all_special_ids)
    marks = {token for token in tokenizer(prompt)["input_ids"] if token in added and added[token].content.strip("\n ▁")}
    bounds = {tokenizer.bos_token_id, tokenizer.eos_token_id}
    return frozenset((special | marks) - ({tokenizer.unk_token_id} - bounds))


def refuse_wrong_end(folder: Path, tokenizer: Any, name: str) -> None:
    """Hold the tokenizer's EOS, with which every answer ends, against what ends a text for the model.

    Raises `BadBaseError` that names every fault of the base `name`, whose files stand in `folder`.
    """
    if faults := list(_end_faults(folder, tokenizer)):
        raise BadBaseError(
            f"{name} would not learn where an answer ends: {'; '.join(faults)}. Correct the files of a copy of the "
            "base, put it into the lake, and name it as lake:KEY in base_model."
        )


def ends_of(folder: Path, tokenizer: Any) -> frozenset[int]:
    """Return every token that ends an answer of the model in `folder`: its tokenizer's EOS, and those of its files."""
    named = (token for file in _FILES_WITH_ENDS for token in _ends(folder / file))
    return frozenset({*named, tokenizer.eos_token_id} - {None})


def _end_faults(folder: Path, tokenizer: Any) -> Iterator[str]:
    eos, token = tokenizer.eos_token, tokenizer.eos_token_id
    if eos is None:
        yield "its tokenizer names no eos_token"
        return
    for file in _FILES_WITH_ENDS:
        ends = _ends(folder / file)
        if ends and token not in ends:
            models = " or ".join(f"{tokenizer.convert_ids_to_tokens(end)} ({end})" for end in ends)
            yield f"its tokenizer ends a text with {eos} ({token}), and its {file} with {models}"
    text = tokenizer("a")["input_ids"]
    if len(text) > 1 and text[-1] == token:
        yield f"its tokenizer puts {eos} after every text, also after a prompt (add_eos_token)"
    if token in _opening(tokenizer):
        yield f"its tokenizer ends a text with {eos}, which begins an answer in its chat template"


def _ends(file: Path) -> list[int]:
    """Return the EOS ids that a configuration names, one or a list; none where it is silent."""
    config = json.loads(file.read_text("utf-8")) if file.exists() else {}
    named = config.get("eos_token_id", config.get("text_config", {}).get("eos_token_id"))
    return [] if named is None else named if isinstance(named, list) else [named]


def _opening(tokenizer: Any) -> list[int]:
    """Return the tokens with which the chat template begins an answer; none where it cannot be asked."""
    from jinja2 import TemplateError

    with contextlib.suppress(TemplateError, ValueError, TypeError):
        message = [{"role": "user", "content": "?"}]
        without, whole = (
            tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=asked)
            for asked in (False, True)
        )
        return list(tokenizer(whole.removeprefix(without), add_special_tokens=False)["input_ids"])
    return []
