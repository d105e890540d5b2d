"""The step after curation, once a batch: where the recipe names a second model, it writes the rejected answers.

It is asked the instruction alone, and only for pairs that are proved and filtered: nothing is paid for what is dropped.
Its answers go the way of all others: one store, the budget, the pace and the table of failures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from ownvoice.chunks.plan import read_plan
from ownvoice.config.generators import RejectedBy
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.errors import StorageError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.llm.batch_task import BatchTask
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.completion import parse_text
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.replay import stored_outcomes
from ownvoice.llm.request import longer_request, request_key
from ownvoice.llm.tally import Tally
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.second_model_answers import Place, of_failed_batch, with_rejected
from ownvoice.pairs.staging import CURATED, Staged, StagedPair, read_staged, write_staged
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow
from ownvoice.triples.asking import (
    OnProgress,
    ask_in_realtime,
    refuse_too_many_dead,
    refuse_unanswered,
    run_with_reports,
)
from ownvoice.triples.request import rejected_body
from ownvoice.triples.spending import Purpose

_ADVICE = "Change `rejected_by` in the recipe: another model, or more max_output_tokens"

Asks = dict[tuple[str, int, str], ChunkRequest]
"""Requests by article id, chunk index and instruction: an instruction that a chunk has twice is asked once."""


def reject_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    endpoints: Endpoints,
    on_progress: OnProgress | None = None,
    task_try: TaskTry = NO_TASK,
) -> dict[str, int]:
    """Stage the batch's pairs with their rejected answers; return counts: pairs kept, dropped, left for later.

    Where the recipe names no second model there is nothing to do. Raises what `generate_batch` raises in realtime.
    """
    run = recorded_run(lake, run_id)
    second = run.recipe.rejected_by
    if second is None:
        return {}
    curated = _curated(lake, run, batch)
    asks = _asks(curated.pairs, second, run)
    tally = Tally(len(asks), run.prices, task_try, unit="rejected answers")
    outcomes: list[ChunkOutcome] = []
    batches = read_plan(lake, run).batches
    asking = ask_in_realtime(
        BatchTask(lake, run, batch, task_try),
        batches,
        {ask.route: asks.values() for ask in asks.values()},  # none where nothing is to be asked
        endpoints,
        tally,
        outcomes.append,
        Purpose.REJECTED,
        lambda _: _asked_anywhere(lake, run, [batch, *batches], second),
    )
    run_with_reports(asking, tally, on_progress)
    refuse_unanswered(batch, tally)
    if run.retry == "none":
        refuse_too_many_dead(batch, _of_this_run(outcomes, run), run.max_dead_share, _ADVICE)
    texts = _texts(AnswerStore(lake.store), outcomes)
    screen = Screen(frozenset(), read_evaluation_sets(lake, run.evaluation_sets))
    staged = with_rejected(curated, _by_instruction(asks, outcomes), texts, run, screen)
    write_staged(lake, run, batch, staged)
    return {"pairs": len(curated.pairs), "kept": len(staged.pairs), **tally.states}


def _curated(lake: Lake, run: RefreshRun, batch: str) -> Staged:
    curated = read_staged(lake, run, batch, CURATED)
    if curated is None:
        raise StorageError(
            f"{lake.uri}/{run.keys.folder} has no curated {batch}: clear its curate_batch and run again."
        )
    return curated


def records_of_failed_batch(lake: Lake, run: RefreshRun, batch: str) -> list[ChunkRow] | None:
    """Return the chunk records of a batch that failed while its second model was asked; None where it never was."""
    second = run.recipe.rejected_by
    curated = second and read_staged(lake, run, batch, CURATED)
    if not (second and curated):
        return None
    asks = _asks(curated.pairs, second, run)
    return of_failed_batch(curated, _by_instruction(asks, stored_outcomes(lake, run.run_id, asks.values())), run)


def _asks(pairs: Iterable[StagedPair], second: RejectedBy, run: RefreshRun) -> Asks:
    """Return what is to be asked; a retry asks as often again for what is dead, in every chunk of its articles."""
    asks: Asks = {}
    for pair in pairs:
        body = rejected_body(second, pair["prompt"])
        asks[pair["article_id"], pair["chunk_index"], pair["prompt"]] = ChunkRequest(
            pair["article_id"],
            pair["chunk_index"],
            request_key(body),
            body,
            is_retry=run.retry == "dead",
            endpoint=second.endpoint,
            read=parse_text,
        )
    return asks


def _asked_anywhere(lake: Lake, run: RefreshRun, batches: Iterable[str], second: RejectedBy) -> Iterator[ChunkRequest]:
    """Yield what is asked about all batches that are curated by now."""
    for name in batches:
        if curated := read_staged(lake, run, name, CURATED):
            yield from _asks(curated.pairs, second, run).values()


def _of_this_run(outcomes: Collection[ChunkOutcome], run: RefreshRun) -> Tally:
    """Count what this run asked for: a dead answer of an earlier run must not fail every later one."""
    keys = {outcome.request_key for outcome in outcomes if outcome.requests}  # two chunks may share an instruction
    asked = [outcome for outcome in outcomes if outcome.request_key in keys]
    tally = Tally(len(asked), run.prices, unit="rejected answers")
    for outcome in asked:
        tally.count(outcome)
    return tally


def _by_instruction(asks: Asks, outcomes: Iterable[ChunkOutcome]) -> dict[Place, dict[str, ChunkOutcome]]:
    """Return the outcomes by chunk and instruction; one may be that of the request for a longer answer."""
    by_key = {(one.article_id, one.chunk_index, one.request_key): one for one in outcomes}
    found: dict[Place, dict[str, ChunkOutcome]] = defaultdict(dict)
    for (article_id, chunk_index, instruction), ask in asks.items():
        keys = ask.request_key, request_key(longer_request(ask.body))
        places = ((article_id, chunk_index, key) for key in keys)
        found[article_id, chunk_index][instruction] = next(by_key[place] for place in places if place in by_key)
    return found


def _texts(answers: AnswerStore, outcomes: Iterable[ChunkOutcome]) -> dict[str, str]:
    """Return the first usable stored answer to each request that has one, by request key."""
    texts: dict[str, str] = {}
    for key in {outcome.request_key for outcome in outcomes}:
        read = (parse_text(completion_of(record)) for record in answers.read_all(key))
        if answer := next((one for one in read if one.usable), None):
            texts[key] = answer.text
    return texts
