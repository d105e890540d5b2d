"""Formatting pairs, and rows of a mixture, for the model, with a check of every row's tokens before training."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ownvoice.training.mixture.rows import ImportedExample
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.conversations import conversation_text
from ownvoice.training.trainer.prompts import prompt_faults, prompt_text, token_faults
from ownvoice.training.trainer.special_tokens import reserved_tokens
from ownvoice.training.version_pairs import Pair

Example = Pair | ImportedExample
SIDES = ("chosen", "rejected")


@dataclass(slots=True)
class Formatted:
    """What is trained on of one split, and the number of rows left out by reason.

    An element of `rows` is what TRL takes: a pair, or with kto one answer and whether it is wanted. `kept` counts the
    rows of the dataset behind them. `tokens` are the lengths of the elements, of a pair with the longer answer;
    `answer_tokens` those of the answers by side.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    answer_tokens: dict[str, list[int]] = field(default_factory=lambda: {side: [] for side in SIDES})
    longest_prompt_tokens: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    left_out_pair_ids: list[str] = field(default_factory=list)
    kept: int = 0

    def texts(self, most: int) -> list[str]:
        """Return the first few prompts, each with an answer."""
        return [row["prompt"] + (row["chosen"] if "chosen" in row else row["completion"]) for row in self.rows[:most]]


@dataclass(frozen=True, slots=True)
class _Tokenised:
    """A row as text and tokens: its prompt, and by side its answers with the EOS, and both together as tokens."""

    prompt: str
    prompt_ids: list[int]
    answers: dict[str, str]
    with_answer: dict[str, list[int]]


def answers_of(example: Example) -> int:
    """Return how many answers a row has: those of a pair, or a lone one."""
    return sum(answer is not None for answer in (example.chosen, example.rejected))


def format_pairs(pairs: Iterable[Example], tokenizer: Any, recipe: TrainingRecipe) -> Formatted:
    """Format and tokenise every row; leave out, with a reason, what TRL would silently cut or misread."""
    result = Formatted()
    reserved = reserved_tokens(tokenizer, prompt_text("?", tokenizer, recipe.prompt_template, recipe.base_model))
    for pair in pairs:
        row = _tokenised(pair, tokenizer, recipe)
        if fault := next(_row_faults(pair, row, tokenizer, reserved, recipe), None):
            result.left_out[fault] += 1
            result.left_out_pair_ids.append(pair.pair_id)
        if row is not None:
            result.longest_prompt_tokens = max(result.longest_prompt_tokens, len(row.prompt_ids))
            if fault is None:
                _keep(result, row, recipe)
    if recipe.learns_from_single_answers:
        _shuffle(result, recipe)
    return result


def _tokenised(pair: Example, tokenizer: Any, recipe: TrainingRecipe) -> _Tokenised | None:
    """Return a row as the model reads it; None where the template cannot hold its turns."""
    template = recipe.prompt_template, recipe.base_model
    if isinstance(pair, Pair):
        prompt: str | None = prompt_text(pair.prompt, tokenizer, *template)
    else:
        prompt = conversation_text(pair.messages, tokenizer, *template)
    if prompt is None:
        return None
    given = {"chosen": pair.chosen, "rejected": pair.rejected}
    answers = {side: text + tokenizer.eos_token for side, text in given.items() if text is not None}
    with_answer = {side: tokenizer(prompt + text)["input_ids"] for side, text in answers.items()}
    return _Tokenised(prompt, tokenizer(prompt)["input_ids"], answers, with_answer)


def _row_faults(
    pair: Example, row: _Tokenised | None, tokenizer: Any, reserved: frozenset[int], recipe: TrainingRecipe
) -> Iterator[str]:
    if row is None:
        yield "turns_not_in_the_template"
        return
    if len(row.answers) < len(SIDES) and not recipe.learns_from_single_answers:
        yield "lone_thumb"
    if isinstance(pair, Pair):
        yield from prompt_faults(pair.prompt, row.prompt, row.prompt_ids, tokenizer, reserved)
    else:
        yield from token_faults([text for _, text in pair.messages], row.prompt_ids, tokenizer, reserved)
    for ids in row.with_answer.values():
        yield from _faults(row.prompt_ids, ids, tokenizer, reserved, recipe)


def _keep(result: Formatted, row: _Tokenised, recipe: TrainingRecipe) -> None:
    result.kept += 1
    for side, ids in row.with_answer.items():
        result.answer_tokens[side].append(len(ids) - len(row.prompt_ids))
    if recipe.learns_from_single_answers:
        for side, text in row.answers.items():
            result.rows.append({"prompt": row.prompt, "completion": text, "label": side == "chosen"})
            result.tokens.append(len(row.with_answer[side]))
    else:
        result.rows.append({"prompt": row.prompt, **row.answers})
        result.tokens.append(max(map(len, row.with_answer.values())))


def _shuffle(result: Formatted, recipe: TrainingRecipe) -> None:
    """Bring single answers into the order of the training; leave one out that would be alone in the last forward pass.

    Alone, it would be held against itself: TRL holds each answer against the prompts of its pass.
    """
    order = list(range(len(result.rows)))
    random.Random(recipe.seed).shuffle(order)  # noqa: S311  # an order, and no secret
    if len(order) % recipe.batch_pairs == 1:
        order.pop()
    result.rows, result.tokens = [result.rows[place] for place in order], [result.tokens[place] for place in order]


def _faults(
    prompt_ids: list[int], ids: list[int], tokenizer: Any, reserved: frozenset[int], recipe: TrainingRecipe
) -> Iterator[str]:
    """Yield what is wrong with the tokens of a prompt and its answer."""
    answer = ids[len(prompt_ids) :]
    if len(ids) > recipe.max_length:
        yield "longer_than_max_length"  # TRL would cut its end, and the EOS with it
    if ids[: len(prompt_ids)] != prompt_ids:
        yield "tokens_merge_across_the_boundary"  # the end of the prompt would count as answer
    if answer.count(tokenizer.eos_token_id) != 1 or answer[-1] != tokenizer.eos_token_id:
        yield "not_one_final_eos"
    if not reserved.isdisjoint(answer[:-1]):
        yield "special_token_in_the_answer"
