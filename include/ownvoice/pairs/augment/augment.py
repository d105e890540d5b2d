"""The step between curation and the second model, once a batch: further prompts for quotes that are proved.

For each pair of the train side a model writes a prompt of each kind that the recipe names, and another request asks
whether the quote answers it. The quote itself is never touched. Both requests go the way of all others: one store, the
budget, the pace and the table of failures. A prompt that cannot be had leaves its pair as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ownvoice.answering.asking import ask, usable_answer
from ownvoice.answering.progress import OnProgress
from ownvoice.chunks.plan import read_plan
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.errors import StorageError
from ownvoice.llm.answers import completion_of
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.completion import Completion, TextAnswer
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.replay import stored_outcomes
from ownvoice.llm.request import RequestBody, request_key
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.pairs.augment.answers import YES, read_instruction, read_verdict
from ownvoice.pairs.augment.counts import record_counts
from ownvoice.pairs.augment.further import FurtherPrompt, with_further_prompts
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.second_model_answers import Place, of_failed_batch
from ownvoice.pairs.staging import CURATED, PROVED, StagedPair, read_staged, write_staged
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow
from ownvoice.triples.asking import work_on
from ownvoice.triples.further import checking_body, writing_body
from ownvoice.triples.prompts import CONTENT_KINDS
from ownvoice.triples.spending import Purpose

Asking = Callable[[Sequence[ChunkRequest]], Sequence[ChunkOutcome]]
"""Returns the outcome of each request, in their order."""


def augment_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    endpoints: Endpoints,
    on_progress: OnProgress | None = None,
    task_try: TaskTry = NO_TASK,
) -> dict[str, int]:
    """Stage the batch's pairs with those of further prompts; return counts: pairs, and what became of each prompt.

    Nothing where the recipe augments nothing. Raises what `ask` raises; the batch stays pending then. Repeated, it
    asks for nothing that is stored.
    """
    run = recorded_run(lake, run_id)
    if not run.recipe.augment:
        return {}
    proved = read_staged(lake, run, batch, PROVED)
    if proved is None:
        raise StorageError(f"{lake.uri}/{run.keys.folder} has no proved {batch}: clear its curate_batch and run again.")
    work = work_on(lake, run, batch, read_plan(lake, run).batches, Purpose.AUGMENTED, task_try)

    def asking(requests: Sequence[ChunkRequest]) -> Sequence[ChunkOutcome]:
        return ask(work, requests, endpoints, on_progress) if requests else []

    prompts, outcomes = _further_prompts(lake, proved.pairs, run, asking)
    screen = Screen(frozenset(), read_evaluation_sets(lake, run.evaluation_sets))
    staged, counts = with_further_prompts(proved, prompts, _by_chunk(outcomes), run, screen)
    record_counts(lake, run, batch, counts)
    write_staged(lake, run, batch, staged, CURATED)
    return {"pairs": len(proved.pairs), **sum(counts.values(), Counter())}


def records_of_failed_augmentation(lake: Lake, run: RefreshRun, batch: str) -> list[ChunkRow] | None:
    """Return the chunk records of a batch that failed while its prompts were augmented; None where they never were."""
    proved = read_staged(lake, run, batch, PROVED) if run.recipe.augment else None
    if proved is None:
        return None
    _, outcomes = _further_prompts(lake, proved.pairs, run, lambda asked: [*stored_outcomes(lake, run.run_id, asked)])
    return of_failed_batch(proved, _by_chunk(outcomes), run)


def _further_prompts(
    lake: Lake, pairs: Iterable[StagedPair], run: RefreshRun, asking: Asking
) -> tuple[list[FurtherPrompt], list[ChunkOutcome]]:
    """Have prompts written, then have each checked that was; return them, and the outcomes of all requests."""
    wanted = list(_wanted(pairs, run))
    written = asking([request for _, request in wanted])
    prompts = [
        replace(one, request_key=outcome.request_key, text=_text(lake, request, outcome))
        for (one, request), outcome in zip(wanted, written, strict=True)
    ]
    checks = [_check(one, run) for one in prompts if one.text]
    checked = asking(checks)
    answers = (_text(lake, request, outcome) for request, outcome in zip(checks, checked, strict=True))
    judged = [replace(one, is_answered=_yes(next(answers))) if one.text else one for one in prompts]
    return judged, [*written, *checked]


def _wanted(pairs: Iterable[StagedPair], run: RefreshRun) -> Iterator[tuple[FurtherPrompt, ChunkRequest]]:
    """Yield each prompt that is wanted, not written yet, and the request for it.

    The test side is measured on what the articles gave alone. A brief or a rewriting carries the content of its quote,
    which another wording would lose: it would then be told by its content, and not by its voice.
    """
    for pair in pairs:
        if pair["split"] != "train" or pair["instruction_kind"] in CONTENT_KINDS:
            continue
        model = run.recipe.generator_of(pair["chunk_key"])
        for kind in run.recipe.augment or ():
            body = writing_body(run.recipe, model, kind, pair["prompt"], pair["chosen"])
            request = _request(pair, run, body, read_instruction)
            yield FurtherPrompt(pair, kind, request.request_key, request.request_key), request


def _check(one: FurtherPrompt, run: RefreshRun) -> ChunkRequest:
    model = run.recipe.generator_of(one.pair["chunk_key"])
    body = checking_body(run.recipe, model, one.text or "", one.pair["chosen"])
    return _request(one.pair, run, body, read_verdict)


def _request(
    pair: StagedPair, run: RefreshRun, body: RequestBody, read: Callable[[Completion], TextAnswer]
) -> ChunkRequest:
    return ChunkRequest(
        pair["article_id"],
        pair["chunk_index"],
        request_key(body),
        body,
        is_retry=run.retry == "dead",
        endpoint=run.recipe.generator_of(pair["chunk_key"]).endpoint,
        read=read,
    )


def _text(lake: Lake, request: ChunkRequest, outcome: ChunkOutcome) -> str | None:
    record = usable_answer(lake, request, outcome)
    answer = request.read(completion_of(record)) if record else None
    return answer.text if isinstance(answer, TextAnswer) else None


def _yes(said: str | None) -> bool | None:
    return None if said is None else said == YES


def _by_chunk(outcomes: Iterable[ChunkOutcome]) -> Mapping[Place, list[ChunkOutcome]]:
    found: dict[Place, list[ChunkOutcome]] = defaultdict(list)
    for one in outcomes:
        found[one.article_id, one.chunk_index].append(one)
    return found
