"""What a night may come to before anything is asked: tokens by model. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ownvoice.config.recipe import TRIPLES_PER_CHUNK, GenerationRecipe

# English prose in the tokenizers of current models; only the estimate of a dry run rests on it.
_CHARS_PER_TOKEN = 4
_INSTRUCTION_CHARS = 100  # of which one is asked alone for each triple, where another model writes the rejected answers


def estimate(recipe: GenerationRecipe, chunks: Iterable[tuple[str, int]]) -> dict[str, dict[str, int]]:
    """Return about how many tokens the prompts of each model have, and how many its answers have at most.

    `chunks` are their keys and lengths in characters.
    """
    asked, chars = Counter[str](), Counter[str]()
    for key, length in chunks:
        model = recipe.generator_of(key).model
        asked[model] += 1
        chars[model] += length
    most = {model: count * recipe.max_output_tokens for model, count in asked.items()}
    if second := recipe.rejected_by:
        answers = TRIPLES_PER_CHUNK * asked.total()
        chars[second.model] += answers * _INSTRUCTION_CHARS
        most[second.model] = most.get(second.model, 0) + answers * second.max_output_tokens
    return {
        model: {"estimated_prompt_tokens": chars[model] // _CHARS_PER_TOKEN, "most_completion_tokens": most[model]}
        for model in most
    }
