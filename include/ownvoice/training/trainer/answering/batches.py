"""Batches by length: how many of the longest sequences that are left go through the model at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_SHORT = 32  # tokens below which padding costs next to nothing


def first_batch(prompt_tokens: Sequence[int], new_tokens: Sequence[int], budget: int, context: int) -> int:
    """Return how many of the first sequences make a batch; at least one.

    They are sorted, the longest prompt first. A batch holds at most `budget` places, which are its rows times its
    longest prompt and most new tokens, and no row of more than `context` places, since a row that has ended goes on
    with padding. It holds no prompt that is less than half as long as its first one: so less than half of its places
    for prompts are padding, short prompts aside.
    """
    longest, most_new = prompt_tokens[0], 0
    for rows, (prompt, new) in enumerate(zip(prompt_tokens, new_tokens, strict=True)):
        most_new = max(most_new, new)
        places = longest + most_new
        is_too_much = (rows + 1) * places > budget or places > context
        if rows and (is_too_much or 2 * max(prompt, _SHORT) < longest):
            return rows
    return len(prompt_tokens)
