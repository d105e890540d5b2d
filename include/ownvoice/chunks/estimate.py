"""How many tokens a run may take by model, estimated before anything is asked. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ownvoice.config.recipe import TRIPLES_PER_CHUNK
from ownvoice.config.run import RefreshRun

_CHARS_PER_TOKEN = 4  # of English prose in current tokenizers; only the estimate of a dry run depends on it
_INSTRUCTION_CHARS = 100  # of one instruction: a second model is asked about each alone
_FURTHER_CHARS, _FURTHER_TOKENS = 2 * 1_000, 400 + 50  # of writing and checking one further prompt, quotes included


@dataclass(frozen=True, slots=True)
class TokenEstimate:
    """About how many tokens the prompts of one model have, and how many its answers have at most."""

    estimated_prompt_tokens: int
    most_completion_tokens: int


def estimate_tokens(run: RefreshRun, chunks: Iterable[tuple[str, int]]) -> dict[str, TokenEstimate]:
    """Return the estimate for each model of a run that has something to do.

    `chunks` are the key and the length, in characters, of each chunk.
    """
    recipe = run.recipe
    asked, chars = Counter[str](), Counter[str]()
    further = TRIPLES_PER_CHUNK * (recipe.prompts_per_quote - 1)
    for key, length in chunks:
        model = recipe.generator_of(key).model
        asked[model] += 1
        chars[model] += length + further * _FURTHER_CHARS
    most = {model: count * (recipe.max_output_tokens + further * _FURTHER_TOKENS) for model, count in asked.items()}
    second = recipe.rejected_by
    if second and second.is_at_endpoint:
        answers = TRIPLES_PER_CHUNK * recipe.prompts_per_quote * asked.total() * (recipe.rejected_draws or 1)
        chars[second.model] += answers * _INSTRUCTION_CHARS
        most[second.model] = most.get(second.model, 0) + answers * second.max_output_tokens
    for one in run.judging.counting.values() if run.judging and asked else ():
        chars[one.model] += asked.total() * one.usual_prompt_tokens * _CHARS_PER_TOKEN
        most[one.model] = most.get(one.model, 0) + asked.total() * one.most_completion_tokens
    return {model: TokenEstimate(chars[model] // _CHARS_PER_TOKEN, most[model]) for model in most}
