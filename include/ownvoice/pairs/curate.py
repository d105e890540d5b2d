"""The fourth step of a refresh, once a batch: triples are proved and filtered, and become pairs or drops."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from functools import lru_cache

from ownvoice.articles.refused import note_refused
from ownvoice.chunks import cleaning_version
from ownvoice.chunks.boilerplate import read_boilerplate, removed_passages
from ownvoice.chunks.plan import PlannedChunk, read_batch
from ownvoice.chunks.too_long import note_too_long
from ownvoice.config.recipe import Cleaning
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.config.ways import model_way, request_way
from ownvoice.errors import StorageError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.llm.failures import Failure
from ownvoice.llm.outcomes import OutcomeRow, read_outcomes
from ownvoice.pairs.committed import kept_by_retry
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.pairs.judge import Judged, judge
from ownvoice.pairs.proof import ArticleText
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import Drop
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.staging import (
    CURATED,
    PROVED,
    UNTOUCHED,
    DropRow,
    Staged,
    StagedPair,
    chunk_record,
    stage_of_whole_pairs,
    write_staged,
)
from ownvoice.states import ChunkEvent, ChunkState, ProvenanceClass
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import answer_key
from ownvoice.triples.parse import reader
from ownvoice.triples.triple import Triple


def curate_batch(lake: Lake, run_id: str, batch: str) -> dict[str, int]:
    """Stage the batch's pairs, drops and chunk records; return counts: triples, kept, and each drop reason.

    Where a second model writes the rejected answers, `reject_batch` puts them in before anything is staged.
    """
    run = recorded_run(lake, run_id)
    outcomes = read_outcomes(lake, run, batch)
    answers = AnswerStore(lake.store)
    boilerplate, evaluation = read_boilerplate(lake, run), read_evaluation_sets(lake, run.evaluation_sets)
    committed, staged = kept_by_retry(lake, run), Staged([], [], [])
    for chunk in read_batch(lake, run, batch):
        outcome = outcomes[chunk["article_id"], chunk["chunk_index"]]
        record = chunk_record(chunk, run, batch, outcome)
        if record["state"] in (ChunkState.ANSWERED, ChunkState.REUSED):
            screen = Screen(boilerplate.get(chunk["author_id"], frozenset()), evaluation)
            request_key = str(outcome["request_key"])  # an answer has one
            triples = _triples(answers, request_key, run.recipe.prompt_version)
            pairs, drops = _judge(lake, run, chunk, request_key, triples, screen, committed)
            reasons = Counter(drop["reason"] for drop in drops)
            record["triples"], record["kept"] = len(triples), len(pairs)
            record["drop_reasons"] = dict(reasons)
            staged.pairs += pairs
            staged.drops += drops
        elif record["event"] == ChunkEvent.TOO_LONG:
            note_too_long(lake, run.recipe.recipe_id, chunk["chunk_key"])
        elif way := _refused_way(run, outcome):
            note_refused(lake, way, chunk["article_id"], chunk["article_sha256"], chunk["chunk_key"])
        staged.chunks.append(record)
    write_staged(lake, run, batch, staged, _next_stage(run))
    reasons = Counter(drop["reason"] for drop in staged.drops)
    return {"triples": len(staged.pairs) + len(staged.drops), "kept": len(staged.pairs), **reasons}


def _next_stage(run: RefreshRun) -> str:
    """Return which stage curation leaves a batch at; prompts are augmented only where a second model answers them."""
    if run.recipe.augment:
        return PROVED
    return CURATED if run.recipe.rejected_by else stage_of_whole_pairs(run)


def _refused_way(run: RefreshRun, outcome: OutcomeRow) -> str | None:
    """Return the way in which a chunk was asked that died of a refusal; None where it did not."""
    if outcome["event"] != ChunkEvent.TRIES_USED_UP or not outcome["faults"]:
        return None
    fault = outcome["faults"][-1]
    if fault == Failure.REFUSED:
        return model_way(run)
    return request_way(run) if fault in (Failure.BAD_REQUEST, Failure.CONTEXT_TOO_LONG) else None


def pair_id(article_id: str, request_key: str, triple_index: int) -> str:
    """Return 32 hex digits over article, request and place in the answer: a rerun makes the same rows."""
    return hashlib.sha256(json.dumps([article_id, request_key, triple_index]).encode()).hexdigest()[:32]


def _triples(answers: AnswerStore, request_key: str, prompt_version: str) -> tuple[Triple, ...]:
    """Return the triples of the first usable stored answer. Raises `StorageError` where there is none any more."""
    read = reader(prompt_version)
    for record in answers.read_all(request_key):
        if (answer := read(completion_of(record))).usable:
            return answer.triples
    raise StorageError(
        f"{answer_key(request_key, 1)} held a usable answer and does not any more: another worker's is in its place, "
        "or it was removed. Clear generate_batch of this run and run again: the chunk is then asked again."
    )


def _judge(
    lake: Lake,
    run: RefreshRun,
    chunk: PlannedChunk,
    request_key: str,
    triples: tuple[Triple, ...],
    screen: Screen,
    committed: Collection[str],
) -> tuple[list[StagedPair], list[DropRow]]:
    """Return a staged pair or a drop for each triple of a chunk; passages do not count against `committed` pairs."""
    article = _article_text(lake, chunk["article_sha256"], run.recipe.cleaning)
    reading = Reading.of(chunk["text"])
    pairs: list[StagedPair] = []
    drops: list[DropRow] = []
    for index, triple in enumerate(triples):
        is_committed = pair_id(chunk["article_id"], request_key, index) in committed
        found = judge(triple, reading, chunk["clean_start"], article, run.recipe)
        if isinstance(found, Drop):
            drops.append(_drop(chunk, index, triple, found))
        elif screened := (screen.for_committed if is_committed else screen).reason(found.candidate):
            drops.append(_drop(chunk, index, triple, Drop(*screened)))
        else:
            pairs.append(_pair(chunk, request_key, run, index, triple, found))
    return pairs, drops


def _pair(
    chunk: PlannedChunk, request_key: str, run: RefreshRun, index: int, triple: Triple, judged: Judged
) -> StagedPair:
    model, candidate, proof = run.recipe.generator_of(chunk["chunk_key"]).model, judged.candidate, judged.proof
    return {
        "split": chunk["split"],
        "author_id": chunk["author_id"],
        "article_id": chunk["article_id"],
        "article_sha256": chunk["article_sha256"],
        "source_key": chunk["source_key"],
        "chunk_key": chunk["chunk_key"],
        "chunk_index": chunk["chunk_index"],
        "pair_id": pair_id(chunk["article_id"], request_key, index),
        "prompt": candidate.prompt,
        "chosen": candidate.chosen,
        "rejected": candidate.rejected or "",
        "spans": [{"start": start, "end": end} for start, end in proof.spans],
        "exact": proof.exact,
        "cleaning_version": cleaning_version(run.recipe.cleaning),
        "request_key": request_key,
        "recipe_id": run.recipe.recipe_id,
        "prompt_model": model,
        "chosen_model": "human",
        "rejected_model": model,
        "rejected_request_key": request_key,
        "prompt_version": run.recipe.prompt_version,
        "instruction_kind": triple.kind,
        "back_reference": judged.back_reference,
        "provenance_class": ProvenanceClass.VERBATIM,
        "refresh_date": run.refresh_date,
        "created_by_run": run.run_id,
        "triple_index": index,
        **UNTOUCHED,
    }


def _drop(chunk: PlannedChunk, index: int, triple: Triple, drop: Drop) -> DropRow:
    return {
        "article_id": chunk["article_id"],
        "chunk_index": chunk["chunk_index"],
        "triple_index": index,
        "reason": drop.reason.name,
        "detail": drop.detail,
        "prompt": triple.instruction,
        "quote": triple.extracted_answer,
        "rejected": triple.generated_answer,
    }


@lru_cache(maxsize=4)
def _article_text(lake: Lake, article_sha256: str, cleaning: Cleaning) -> ArticleText:
    """Read and clean an article once; its chunks follow each other, so few are kept at a time."""
    without = removed_passages(lake, cleaning, article_sha256) or frozenset()
    return ArticleText.of(lake.original(article_sha256), cleaning, without)
