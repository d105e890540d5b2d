"""What judges are shown of a night's pairs, and what that takes at most. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ownvoice.config.judges import Judge
from ownvoice.config.recipe import TRIPLES_PER_CHUNK, GenerationRecipe
from ownvoice.config.run import JudgeWork
from ownvoice.evaluation.judges.estimate import estimate
from ownvoice.evaluation.judges.item import Item, Side, item_id_of
from ownvoice.evaluation.judges.prompts import prompt_of
from ownvoice.evaluation.judges.request import notes_body, request_body
from ownvoice.evaluation.judges.wanted import wanted_of
from ownvoice.llm.budget import worst_case
from ownvoice.llm.request import RequestBody
from ownvoice.pairs.staging import StagedDraw, StagedPair

_INSTRUCTION_CHARS, _ANSWER_CHARS = 100, 400  # of a usual pair; only the estimate of a dry run depends on them
_LONG_INSTRUCTION_CHARS = 200
_LONG_NOTES_CHARS = 2_000


def is_absolute(judge: Judge) -> bool:
    """Whether a judge rates one answer alone."""
    return prompt_of(judge).form == "absolute"


def shown_to(judge: Judge, items: Iterable[Item]) -> list[Item]:
    """Return what a judge is to see: answers alone where it rates, and the two of a pair where it compares."""
    return [item for item in items if (item.right is None) == is_absolute(judge)]


def items_of(pairs: Iterable[StagedPair]) -> list[Item]:
    """Return the two answers of each pair, to be compared, and each of them alone, to be rated."""
    found = []
    for pair in pairs:
        chosen, rejected = Side("chosen", pair["chosen"]), Side("rejected", pair["rejected"])
        found += [_item(pair, chosen, rejected), _item(pair, chosen), _item(pair, rejected)]
    return found


def draw_items(pairs: Iterable[StagedPair]) -> list[Item]:
    """Return each draw that judges are to rank, alone."""
    return [_item(pair, Side(source_of_draw(draw["number"]), draw["text"])) for pair in pairs for draw in _ranked(pair)]


def source_of_draw(number: int) -> str:
    """Return what a draw is called among the sources of judged answers."""
    return f"draw-{number}"


def work_of(judge: Judge, recipe: GenerationRecipe) -> JudgeWork:
    """Return what one judge takes for the pairs of one chunk: as a rule, and at most."""
    usual = estimate([judge], shown_to(judge, _invented(recipe, _INSTRUCTION_CHARS, _ANSWER_CHARS)), {})
    # The quotes of a chunk share its length. Were each as long as the chunk, a budget would go to judges alone.
    answer_chars = recipe.max_chunk_chars // TRIPLES_PER_CHUNK
    longest = shown_to(judge, _invented(recipe, _LONG_INSTRUCTION_CHARS, answer_chars))
    bodies = list(_bodies(judge, longest))
    most_completion_tokens = sum(body["max_tokens"] for body in bodies)
    return JudgeWork(
        model=judge.model,
        usual_prompt_tokens=usual.prompt_tokens,
        most_prompt_tokens=int(sum(worst_case(None, body).tokens for body in bodies)) - most_completion_tokens,
        most_completion_tokens=most_completion_tokens,
    )


def _invented(recipe: GenerationRecipe, instruction_chars: int, answer_chars: int) -> list[Item]:
    """Return as many items as a chunk can have, of texts that nobody wrote."""
    instruction = "–" * instruction_chars
    texts = Side("chosen", "–" * answer_chars), Side("rejected", "—" * answer_chars)
    alone = [texts[0], texts[1], *([texts[1]] * (recipe.rejected_draws or 0 if recipe.rejected_rank else 0))]
    items = [Item("", instruction, *texts), *(Item("", instruction, side) for side in alone)]
    return [
        Item(f"{pair}-{place}", f"{pair}-{place} {item.prompt}", item.left, item.right)
        for pair in range(TRIPLES_PER_CHUNK)
        for place, item in enumerate(items)
    ]


def _bodies(judge: Judge, items: Sequence[Item]) -> Iterator[RequestBody]:
    notes = "–" * _LONG_NOTES_CHARS if prompt_of(judge).needs_notes else ""
    for one in wanted_of([judge], items):
        if notes:
            yield notes_body(judge, one.item)
        yield request_body(judge, one.item, one.order, one.repeat, notes)


def _item(pair: StagedPair, left: Side, right: Side | None = None) -> Item:
    texts = (left.source, left.text, *((right.source, right.text) if right else ()))
    return Item(
        item_id=item_id_of("pair of a night", pair["pair_id"], pair["prompt"], *texts),
        prompt=pair["prompt"],
        left=left,
        right=right,
        pair_id=pair["pair_id"],
        article_id=pair["article_id"],
    )


def _ranked(pair: StagedPair) -> list[StagedDraw]:
    draws = pair.get("draws") or []
    return draws if len(draws) > 1 else []
