"""Further prompts, brought together with the pairs whose quotes they ask for. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ownvoice.config.augment import AugmentKind
from ownvoice.config.run import RefreshRun
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.pairs.content import copied
from ownvoice.pairs.content.names import names
from ownvoice.pairs.filters import Candidate, first_reason
from ownvoice.pairs.reasons import NOT_ANSWERED_BY_QUOTE, PROMPT_COPIES_QUOTE, DropReason
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.second_model_answers import Place, paid
from ownvoice.pairs.staging import DropRow, Staged, StagedPair
from ownvoice.storage.rows import ChunkRow

NOT_WRITTEN, NOT_CHECKED, PASSED = "not_written", "not_checked", "passed"

Counts = dict[AugmentKind, Counter[str]]
"""What became of the prompts of each kind: `NOT_WRITTEN`, `NOT_CHECKED`, `PASSED`, or a drop reason's name."""


@dataclass(frozen=True, slots=True)
class FurtherPrompt:
    """A prompt of a kind for the quote of a pair.

    `asked_key` is that of the request for it, `request_key` that of the request whose answer holds it. `text` is None
    where it cannot be had, and `is_answered`, whether the quote answers it, where nobody could say.
    """

    pair: StagedPair
    kind: AugmentKind
    asked_key: str
    request_key: str
    text: str | None = None
    is_answered: bool | None = None


def with_further_prompts(
    proved: Staged,
    prompts: Iterable[FurtherPrompt],
    outcomes: Mapping[Place, Collection[ChunkOutcome]],
    run: RefreshRun,
    screen: Screen,
) -> tuple[Staged, Counts]:
    """Return what is staged with a pair for each further prompt that holds, and what became of each prompt.

    `outcomes`, by chunk, are those of all requests about them. A prompt that was written counts as a triple of its
    chunk: it becomes a pair or a drop. The further pairs of a chunk come after all others, so that these keep a prompt
    that both have.
    """
    further, counts = defaultdict[Place, list[FurtherPrompt]](list), defaultdict[AugmentKind, Counter[str]](Counter)
    for one in prompts:
        further[one.pair["article_id"], one.pair["chunk_index"]].append(one)
    staged = Staged(list(proved.pairs), list(proved.drops), [])
    for record in proved.chunks:
        place = record["article_id"], record["chunk_index"]
        pairs, drops = list[StagedPair](), list[DropRow]()
        for one in further[place]:
            name, reason = _end_of(one, run, screen)
            counts[one.kind][name] += 1
            if reason:
                drops.append(_drop(one, *reason))
            elif name == PASSED:
                pairs.append(further_pair(one, run))
        staged.pairs += pairs
        staged.drops += drops
        staged.chunks.append(_counted(paid(record, list(outcomes.get(place, ())), run), pairs, drops))
    return staged, dict(counts)


def further_pair(one: FurtherPrompt, run: RefreshRun) -> StagedPair:
    """Return the pair of a further prompt: the quote, its proof and its place are those of the first pair."""
    first = one.pair
    return {
        **first,
        "pair_id": _pair_id(one),
        "prompt": one.text or "",
        "prompt_model": run.recipe.generator_of(first["chunk_key"]).model,
        "prompt_request_key": one.request_key,
        "augment_kind": one.kind.value,
        "augmented_from": first["pair_id"],
        "instruction_kind": None if one.kind is AugmentKind.BACK_TRANSLATION else first["instruction_kind"],
    }


def _pair_id(one: FurtherPrompt) -> str:
    """Return 32 hex digits over the first pair, the kind and the request: a rerun makes the same rows."""
    made_of = [one.pair["pair_id"], one.kind.value, one.asked_key]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]


def _end_of(one: FurtherPrompt, run: RefreshRun, screen: Screen) -> tuple[str, tuple[DropReason, str] | None]:
    """Return what became of a prompt, as counts have it, and the reason and detail where it is dropped."""
    if one.text is None:
        return NOT_WRITTEN, None
    if one.is_answered is None:
        return NOT_CHECKED, None
    if not one.is_answered:
        return NOT_ANSWERED_BY_QUOTE.name, (NOT_ANSWERED_BY_QUOTE, one.kind.value)
    quote = one.pair["chosen"]
    if words := copied(one.text, quote, names(quote, quote, None)):  # the model that wrote it had the quote before it
        return PROMPT_COPIES_QUOTE.name, (PROMPT_COPIES_QUOTE, words)
    candidate = Candidate(one.text, quote, None, one.pair["instruction_kind"])
    reason = first_reason(candidate, run.recipe)
    found = (reason, "") if reason else screen.reason(candidate)
    return (found[0].name, found) if found else (PASSED, None)


def _counted(record: ChunkRow, pairs: Collection[StagedPair], drops: Collection[DropRow]) -> ChunkRow:
    reasons = Counter(record["drop_reasons"]) + Counter(drop["reason"] for drop in drops)
    return {
        **record,
        "triples": record["triples"] + len(pairs) + len(drops),
        "kept": record["kept"] + len(pairs),
        "drop_reasons": dict(reasons),
    }


def _drop(one: FurtherPrompt, reason: DropReason, detail: str) -> DropRow:
    return {
        "article_id": one.pair["article_id"],
        "chunk_index": one.pair["chunk_index"],
        "triple_index": one.pair["triple_index"],
        "reason": reason.name,
        "detail": detail,
        "prompt": one.text or "",
        "quote": one.pair["chosen"],
        "rejected": None,
    }
