"""How much of a run's budget one batch may spend on triples, further prompts, rejected answers and judges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from ownvoice.config.recipe import TRIPLES_PER_CHUNK
from ownvoice.config.run import RefreshRun
from ownvoice.llm.budget import Spend, at_most, share_of_batch, spend, worst_case
from ownvoice.llm.request import RequestBody
from ownvoice.triples.further import MAX_INSTRUCTION_CHARS, checking_body, writing_body
from ownvoice.triples.request import rejected_bodies, request_body

_LONG_INSTRUCTION_CHARS = 200


class Purpose(StrEnum):
    """What is asked for: triples and further prompts by a generator, answers by the second model, judgements."""

    TRIPLES = "triples"
    AUGMENTED = "augmented"
    REJECTED = "rejected"
    JUDGEMENTS = "judgements"


def share_of(run: RefreshRun, batch: str, batches: Sequence[str], purpose: Purpose) -> Spend:
    """Return what a batch of the plan may spend for one purpose; `batches` are the names of all.

    Its share is split in the proportion of the worst cases of a chunk. Without the split, run after run would spend a
    small budget on triples alone, and no pair would ever be complete.
    """
    worst = {
        Purpose.TRIPLES: _worst_of_triples(run),
        Purpose.AUGMENTED: _worst_of_augmented(run),
        Purpose.REJECTED: _worst_of_rejected(run),
        Purpose.JUDGEMENTS: _worst_of_judges(run),
    }
    whole = sum(worst.values(), Spend())
    share = share_of_batch(at_most(run.max_tokens, run.max_cost_usd), batches.index(batch), len(batches), whole)
    part = worst[purpose]
    return Spend(
        _proportion(share.tokens, part.tokens, whole.tokens),
        _proportion(share.cost_usd, part.cost_usd, whole.cost_usd),
    )


def _worst_of_triples(run: RefreshRun) -> Spend:
    """Return the worst case of the largest request for triples, whichever model it goes to."""
    text = "–" * run.recipe.max_chunk_chars
    worst = [_worst_of(run, request_body(run.recipe, text, generator)) for generator in run.recipe.mix]
    return Spend(max(one.tokens for one in worst), max(one.cost_usd for one in worst))


def _worst_of_augmented(run: RefreshRun) -> Spend:
    """Return the worst case of writing and checking all further prompts of one chunk, whichever model it goes to."""
    kinds = run.recipe.augment or ()
    first, further = "–" * _LONG_INSTRUCTION_CHARS, "– " * MAX_INSTRUCTION_CHARS
    quote = "–" * run.recipe.max_chunk_chars
    worst = Spend()
    for model in run.recipe.mix if kinds else ():
        writing = sum((_worst_of(run, writing_body(run.recipe, model, one, first, quote)) for one in kinds), Spend())
        checking = _worst_of(run, checking_body(run.recipe, model, further, quote))
        tokens = writing.tokens + len(kinds) * checking.tokens
        cost_usd = writing.cost_usd + len(kinds) * checking.cost_usd
        worst = Spend(max(worst.tokens, tokens), max(worst.cost_usd, cost_usd))
    return Spend(TRIPLES_PER_CHUNK * worst.tokens, TRIPLES_PER_CHUNK * worst.cost_usd)


def _worst_of_rejected(run: RefreshRun) -> Spend:
    """Return the worst case of all answers of a second model about one chunk."""
    second = run.recipe.rejected_by
    if second is None or not second.is_at_endpoint:
        return Spend()
    instruction, chosen = "–" * _LONG_INSTRUCTION_CHARS, "– " * run.recipe.max_chunk_chars
    draws = (_worst_of(run, body) for body in rejected_bodies(run.recipe, second, instruction, chosen))
    worst = sum(draws, Spend())
    pairs = TRIPLES_PER_CHUNK * run.recipe.prompts_per_quote
    return Spend(pairs * worst.tokens, pairs * worst.cost_usd)


def _worst_of_judges(run: RefreshRun) -> Spend:
    """Return the worst case of all that the judges of a run are asked about one chunk, as it was when the run began."""
    work = run.judging.counting.values() if run.judging else ()
    asked = (spend(run.prices.get(one.model), one.most_prompt_tokens, one.most_completion_tokens) for one in work)
    return sum(asked, Spend())


def _worst_of(run: RefreshRun, body: RequestBody) -> Spend:
    return worst_case(run.prices.get(body["model"]), body)


def _proportion(amount: float, part: float, whole: float) -> float:
    return amount if math.isinf(amount) or part == whole else amount * part / whole
