"""The answers that a second model draws to one instruction, and which of them a pair takes. Pure.

A length is told apart more easily than a voice (AUC .87 by it alone in the pairs shipped with the book's code), so the
answer whose length is nearest to the chosen one's is taken (issue 14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ownvoice.chunks.sentences import sentences
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.completion import Completion, Fault, TextAnswer, parse_text
from ownvoice.triples.request import has_spaces


@dataclass(frozen=True, slots=True)
class Draw:
    """One answer. `number` counts the draws of an instruction from 1; `is_cut`: the text is the answer's beginning.

    Where `fault` says what is wrong with it, it cannot be used.
    """

    number: int
    text: str
    model: str
    request_key: str
    is_cut: bool = False
    fault: str = ""


def reader(recipe: GenerationRecipe) -> Callable[[Completion], TextAnswer]:
    """Return how a recipe has a second model's answer read."""
    return _parse_beginning if recipe.rejected_cut else parse_text


def _parse_beginning(completion: Completion) -> TextAnswer:
    """Read a completion as plain text of whole sentences: one that was cut off loses its last, unfinished one.

    Where it holds none that is finished, it stays an answer that was cut off.
    """
    answer = parse_text(completion)
    if answer.fault is not Fault.TRUNCATED:
        return answer
    finished = sentences(answer.text)[:-1]
    return TextAnswer(answer.text[: finished[-1][1]], None, is_cut=True) if finished else answer


def nearest_first(draws: Iterable[Draw], chosen: str, recipe: GenerationRecipe) -> list[Draw]:
    """Return the usable draws, cut where the recipe says so, by how far their length is from that of `chosen`.

    Of equals, the earlier draw is first.
    """
    usable = [draw for draw in draws if not draw.fault]
    if recipe.rejected_cut:
        usable = [_cut_to_length(draw, chosen) for draw in usable]
    return sorted(usable, key=lambda draw: (*_distance(draw.text, chosen), draw.number))


def _cut_to_length(draw: Draw, chosen: str) -> Draw:
    """Return a draw that ends after the sentence at which its length is nearest to that of `chosen`."""
    beginnings = (draw.text[:end] for _, end in sentences(draw.text))
    text = min(beginnings, key=lambda beginning: _distance(beginning, chosen))
    return replace(draw, text=text, is_cut=draw.is_cut or text != draw.text)


def _distance(text: str, chosen: str) -> tuple[int, int]:
    """Return the difference in words, then in characters; in a script without spaces, in characters alone."""
    chars = abs(len(text) - len(chosen))
    return (abs(len(text.split()) - len(chosen.split())) if has_spaces(chosen) else chars), chars
