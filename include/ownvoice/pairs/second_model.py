"""The step after curation, once a batch: where the recipe names a second model, it writes the rejected answers.

It is asked the instruction alone, and only for pairs that are proved and filtered: nothing is paid for what is dropped.
Its answers go the way of all others: one store, the budget, the pace and the table of failures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from ownvoice.answering.asking import ask_all, refuse_unanswered
from ownvoice.answering.progress import OnProgress, run_with_reports
from ownvoice.chunks.plan import read_plan
from ownvoice.config.generators import RejectedBy
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.errors import StorageError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.completion import TextAnswer
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.replay import stored_outcomes
from ownvoice.llm.request import longer_request, request_key
from ownvoice.llm.tally import Tally
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.pairs.draws import Draw, reader
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.second_model_answers import Place, of_failed_batch, with_rejected
from ownvoice.pairs.staging import CURATED, Staged, StagedPair, read_staged, stage_of_whole_pairs, write_staged
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow
from ownvoice.triples.asking import refuse_too_many_dead, work_on
from ownvoice.triples.request import rejected_bodies
from ownvoice.triples.spending import Purpose

_ADVICE = "Change `rejected_by` in the recipe (another model, or more max_output_tokens) or set `rejected_cut`"

Asks = dict[tuple[str, int, str], ChunkRequest]
"""Requests by article id, chunk index and request key: an instruction that a chunk has twice is asked once."""

Outcomes = dict[tuple[str, int], dict[str, ChunkOutcome]]
"""Outcomes by article id and chunk index, then by the key of the request as it was first asked."""


def reject_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    endpoints: Endpoints,
    on_progress: OnProgress | None = None,
    task_try: TaskTry = NO_TASK,
) -> dict[str, int]:
    """Stage the batch's pairs with their rejected answers; return counts: pairs kept, dropped, left for later.

    Where the recipe names no second model, or one that no endpoint has, there is nothing to do: see `rejected_job`.
    Raises what `generate_batch` raises in realtime.
    """
    run = recorded_run(lake, run_id)
    second = run.recipe.rejected_by
    if second is None or not second.is_at_endpoint:
        return {}
    curated = curated_batch(lake, run, batch)
    asks = _asks(curated.pairs, second, run)
    batches = read_plan(lake, run).batches
    work = work_on(lake, run, batch, batches, Purpose.REJECTED, task_try)
    tally, outcomes = work.tally(len(asks)), list[ChunkOutcome]()
    asking = ask_all(
        work,
        {ask.route for ask in asks.values()},  # one, or none where nothing is to be asked
        lambda _: asks.values(),
        endpoints,
        tally,
        outcomes.append,
        lambda _: _asked_anywhere(lake, run, [batch, *batches], second),
    )
    run_with_reports(asking, tally, on_progress)
    refuse_unanswered(batch, tally)
    if run.retry == "none":
        refuse_too_many_dead(batch, _of_this_run(outcomes, run), run.max_dead_share, _ADVICE)
    staged = _completed(lake, run, curated, _by_chunk(asks, outcomes), second)
    write_staged(lake, run, batch, staged, stage_of_whole_pairs(run))
    return {"pairs": len(curated.pairs), "kept": len(staged.pairs), **tally.states}


def _completed(lake: Lake, run: RefreshRun, curated: Staged, found: Outcomes, second: RejectedBy) -> Staged:
    outcomes = _values(found)
    answers = _answers(lake, chain.from_iterable(outcomes.values()), run)
    draws = _draws(curated.pairs, found, answers, run, second)
    screen = Screen(frozenset(), read_evaluation_sets(lake, run.evaluation_sets))
    return with_rejected(curated, draws, outcomes, run, screen)


def curated_batch(lake: Lake, run: RefreshRun, batch: str) -> Staged:
    """Return what a batch came to before its second model. Raises `StorageError` where it is not curated."""
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
    if not second.is_at_endpoint:
        return of_failed_batch(curated, {}, run)
    asks = _asks(curated.pairs, second, run)
    return of_failed_batch(curated, _values(_by_chunk(asks, stored_outcomes(lake, run.run_id, asks.values()))), run)


def _asks(pairs: Iterable[StagedPair], second: RejectedBy, run: RefreshRun) -> Asks:
    """Return what is to be asked; a retry asks as often again for what is dead, in every chunk of its articles."""
    asks: Asks = {}
    for pair in pairs:
        for body in rejected_bodies(run.recipe, second, pair["prompt"], pair["chosen"]):
            key = request_key(body)
            asks[pair["article_id"], pair["chunk_index"], key] = ChunkRequest(
                pair["article_id"],
                pair["chunk_index"],
                key,
                body,
                is_retry=run.retry == "dead",
                endpoint=second.endpoint,
                read=reader(run.recipe),
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


def _by_chunk(asks: Asks, outcomes: Iterable[ChunkOutcome]) -> Outcomes:
    """Return the outcomes by chunk and request; one may be that of the request for a longer answer."""
    by_key = {(one.article_id, one.chunk_index, one.request_key): one for one in outcomes}
    found: Outcomes = defaultdict(dict)
    for (article_id, chunk_index, key), ask in asks.items():
        keys = key, request_key(longer_request(ask.body))
        places = ((article_id, chunk_index, one) for one in keys)
        found[article_id, chunk_index][key] = next(by_key[place] for place in places if place in by_key)
    return found


def _values(found: Outcomes) -> dict[Place, Collection[ChunkOutcome]]:
    return {place: by_request.values() for place, by_request in found.items()}


def _draws(
    pairs: Iterable[StagedPair],
    found: Outcomes,
    answers: Mapping[str, TextAnswer],
    run: RefreshRun,
    second: RejectedBy,
) -> dict[str, list[Draw]]:
    """Return the draws of each pair, by its id; `answers` are the usable ones by request key."""
    draws: dict[str, list[Draw]] = {}
    for pair in pairs:
        bodies = rejected_bodies(run.recipe, second, pair["prompt"], pair["chosen"])
        by_request = found[pair["article_id"], pair["chunk_index"]]
        outcomes = [by_request[request_key(body)] for body in bodies]
        draws[pair["pair_id"]] = [
            _draw(number, outcome, answers.get(outcome.request_key)) for number, outcome in enumerate(outcomes, 1)
        ]
    return draws


def _draw(number: int, outcome: ChunkOutcome, answer: TextAnswer | None) -> Draw:
    if answer is None:
        fault = outcome.faults[-1] if outcome.faults else outcome.event
        return Draw(number, "", outcome.model, outcome.request_key, fault=fault)
    return Draw(number, answer.text, outcome.model, outcome.request_key, answer.is_cut)


def _answers(lake: Lake, outcomes: Iterable[ChunkOutcome], run: RefreshRun) -> dict[str, TextAnswer]:
    """Return the first usable stored answer to each request that has one, by request key."""
    store, read = AnswerStore(lake.store), reader(run.recipe)
    found: dict[str, TextAnswer] = {}
    for key in {outcome.request_key for outcome in outcomes}:
        answers = (read(completion_of(record)) for record in store.read_all(key))
        if answer := next((one for one in answers if one.usable), None):
            found[key] = answer
    return found
