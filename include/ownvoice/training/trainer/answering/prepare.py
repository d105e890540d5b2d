"""From prompts and texts to the tokens of one model; what it cannot be given is refused by itself, with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ownvoice.answering.job import Asked, Prompt, Refused, ScoredText
from ownvoice.answering.request import bodies, score_key
from ownvoice.llm.request import request_key
from ownvoice.training.trainer.answering.engine import Ask, Tokens
from ownvoice.training.trainer.prompts import prompt_faults, prompt_text
from ownvoice.training.trainer.special_tokens import adds_bos, reserved_tokens

_NO_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True)
class Model:
    """A model on disk with its tokenizer. `at` is its name with the commit, `context` the most tokens that it takes."""

    at: str
    folder: Path
    tokenizer: Any
    context: int

    def decode(self, ids: list[int]) -> str:
        """Return the text of tokens, without those that are no text."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))


@dataclass(slots=True)
class Prepared:
    """What a model is asked.

    `asks` are the requests by key, each once; `wanted` says which prompt and draw has which key; `texts` are those to
    score, with their keys. `refused` is left out of all three.
    """

    asks: dict[str, Ask] = field(default_factory=dict)
    wanted: list[tuple[Prompt, int, str]] = field(default_factory=list)
    texts: list[tuple[ScoredText, str, Tokens]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def context_of(folder: Path) -> int:
    """Return the most tokens that the model in `folder` takes; without a limit in its configuration, a huge number."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(folder).get_text_config()
    return getattr(config, "max_position_embeddings", None) or _NO_LIMIT


def prepare(model: Model, asked: Sequence[Asked], prompts: Iterable[Prompt], texts: Iterable[ScoredText]) -> Prepared:
    """Tokenise all that is asked of one model. Raises `BadDataError` where its tokenizer cannot take the template."""
    result, by_subject = Prepared(), {one.subject: one for one in asked}
    reserved = {one.subject: _reserved(model, one) for one in asked}
    for prompt in prompts:
        if one := by_subject.get(prompt.subject):
            _add_prompt(result, model, one, prompt, reserved[one.subject])
    for text in texts:
        if one := by_subject.get(text.subject):
            _add_text(result, model, one, text, reserved[one.subject])
    return result


def _reserved(model: Model, asked: Asked) -> frozenset[int]:
    return reserved_tokens(model.tokenizer, prompt_text("?", model.tokenizer, asked.prompt_template, model.at))


def _add_prompt(result: Prepared, model: Model, asked: Asked, prompt: Prompt, reserved: frozenset[int]) -> None:
    text = prompt_text(prompt.prompt, model.tokenizer, asked.prompt_template, model.at)
    ids = model.tokenizer(text)["input_ids"]
    faults = list(prompt_faults(prompt.prompt, text, ids, model.tokenizer, reserved))
    room = model.context - len(ids)
    if room < 1:
        faults.append("longer_than_context")
    if faults:
        result.refused.append(Refused(subject=prompt.subject, id=prompt.prompt_id, reason=faults[0]))
        return
    for draw, body in enumerate(bodies(model.at, asked, prompt)):
        key = request_key(body)
        result.asks.setdefault(key, Ask(key, body, ids, min(body["max_tokens"], room)))
        result.wanted.append((prompt, draw, key))


def _add_text(result: Prepared, model: Model, asked: Asked, text: ScoredText, reserved: frozenset[int]) -> None:
    prompt = prompt_text(text.prompt, model.tokenizer, asked.prompt_template, model.at) if text.prompt else ""
    tokens = tokens_of(prompt, text.text, model.tokenizer)
    if reason := _fault_of(tokens, model, reserved):
        result.refused.append(Refused(subject=text.subject, id=text.text_id, reason=reason))
    else:
        result.texts.append((text, score_key(model.at, asked, text), tokens))


def tokens_of(prompt: str, text: str, tokenizer: Any) -> Tokens:
    """Tokenise a text after its formatted prompt, as training does; without one, after the BOS where there is one.

    Where a token would reach from the prompt into the text, the two are tokenised apart.
    """
    before = tokenizer(prompt)["input_ids"] if prompt or adds_bos(tokenizer) else []
    whole = tokenizer(prompt + text)["input_ids"]
    if whole[: len(before)] == before:
        return Tokens(before, whole[len(before) :])
    return Tokens(before, tokenizer(text, add_special_tokens=False)["input_ids"])


def _fault_of(tokens: Tokens, model: Model, reserved: frozenset[int]) -> str | None:
    if not reserved.isdisjoint(tokens.ids):
        return "special_token_in_the_text"
    if not tokens.scored:
        return "no_token_to_score"
    # vLLM wants room for one token after the text.
    return "longer_than_context" if len(tokens.before) + len(tokens.ids) >= model.context else None
