"""Rejected answers of a model of the lake or the Hub: one job for all batches, so that the model is loaded once.

`write_rejected_job` writes what is to be asked once every batch is curated, the trainer's environment answers it, and
`add_rejected` puts the answers beside their pairs. What is answered is stored: a job that is written and answered again
asks for what is missing alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ownvoice.answering.files import read_answers, read_job_result, write_job
from ownvoice.answering.job import AnswerJob, AnswerRow, Asked, Prompt, Sampling
from ownvoice.chunks.plan import read_plan
from ownvoice.config.generators import RejectedBy
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.errors import DeadChunksError, StorageError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.completion import Completion, Fault
from ownvoice.pairs.draws import Draw, reader
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.second_model_answers import with_rejected
from ownvoice.pairs.staging import CURATED, Staged, StagedPair, read_staged, stage_of_whole_pairs, write_staged
from ownvoice.pairs.token_bound import tokens_at_most
from ownvoice.storage.lake import Lake
from ownvoice.triples.request import told_length

REJECTED = "rejected"
"""The name of the job within its run, and of what the model is asked as."""

_MIN_PAIRS_FOR_A_SHARE = 10
_TOKENS_TO_SPARE = 32


def write_rejected_job(lake: Lake, run_id: str) -> str | None:
    """Write what a model of the lake or the Hub is asked about all curated batches; return the URI of the job.

    None where the recipe names no such model, or there is nothing to ask.
    """
    run = recorded_run(lake, run_id)
    second = _second(run)
    if second is None:
        return None
    pairs = {pair["pair_id"]: pair for _, curated in _curated(lake, run) for pair in curated.pairs}
    if not pairs:
        return None
    job = AnswerJob(run_id=run.run_id, name=REJECTED, lake=lake.uri, asked=(_asked(run, second),))
    return write_job(lake, job, [_prompt(pair, run, second) for pair in pairs.values()])


def add_rejected(lake: Lake, run_id: str) -> dict[str, int]:
    """Stage every curated batch with the answers of the job; return counts: pairs, and those of them kept.

    Nothing where the recipe names no such model. Raises `StorageError` where the job asked nothing about some pairs,
    and `DeadChunksError` where so many have no usable answer that recipe or model must be at fault. Nothing is staged
    then, so that their articles stay pending.
    """
    run = recorded_run(lake, run_id)
    second = _second(run)
    if second is None:
        return {}
    batches = list(_curated(lake, run))
    draws = _draws(lake, run, second) if any(curated.pairs for _, curated in batches) else {}
    _refuse_unasked(lake, run, [pair["pair_id"] for _, curated in batches for pair in curated.pairs], draws)
    _refuse_too_many_dead(lake, run, draws)
    screen = Screen(frozenset(), read_evaluation_sets(lake, run.evaluation_sets))
    counts = {"pairs": 0, "kept": 0}
    for batch, curated in batches:
        staged = with_rejected(curated, draws, {}, run, screen)
        write_staged(lake, run, batch, staged, stage_of_whole_pairs(run))
        counts["pairs"] += len(curated.pairs)
        counts["kept"] += len(staged.pairs)
    return counts


def _second(run: RefreshRun) -> RejectedBy | None:
    second = run.recipe.rejected_by
    return None if second is None or second.is_at_endpoint else second


def _curated(lake: Lake, run: RefreshRun) -> Iterator[tuple[str, Staged]]:
    """Yield the batches whose pairs wait for their rejected answers; one that failed before is none of them."""
    for batch in read_plan(lake, run).batches:
        curated = read_staged(lake, run, batch, CURATED)
        if curated is not None:
            yield batch, curated


def _asked(run: RefreshRun, second: RejectedBy) -> Asked:
    return Asked(
        subject=REJECTED,
        model=second.model,
        prompt_template=second.prompt_template or "alpaca",
        sampling=Sampling(temperature=second.temperature or 0.0, max_new_tokens=second.max_output_tokens),
        draws=run.recipe.rejected_draws or 1,
    )


def _prompt(pair: StagedPair, run: RefreshRun, second: RejectedBy) -> Prompt:
    """Return what is asked for a pair; a length is told behind the instruction: few templates have a system message."""
    told = told_length(run.recipe, pair["chosen"])
    return Prompt(
        subject=REJECTED,
        prompt_id=pair["pair_id"],
        prompt=f"{pair['prompt']}\n\n{told}" if told else pair["prompt"],
        max_new_tokens=_most_tokens(pair["chosen"], second) if run.recipe.rejected_cut else None,
        article_id=pair["article_id"],
    )


def _most_tokens(chosen: str, second: RejectedBy) -> int:
    """Return how many tokens hold an answer that is to be cut at the length of `chosen`."""
    return min(tokens_at_most(chosen) + _TOKENS_TO_SPARE, second.max_output_tokens)


def _draws(lake: Lake, run: RefreshRun, second: RejectedBy) -> Mapping[str, Sequence[Draw]]:
    """Return what came of each pair's prompt by pair id: its draws, or one that says why it was not asked."""
    read, draws = reader(run.recipe), defaultdict[str, list[Draw]](list)

    def draw(row: AnswerRow) -> Draw:
        answer = read(Completion(row.text, Fault.TRUNCATED if row.is_cut_off else None))
        # The folder of a training never changes; another is named with its commit.
        model = second.model if run.rejected_round else row.model
        return Draw(row.draw + 1, answer.text, model, row.request_key, answer.is_cut, answer.fault or "")

    for row in read_answers(lake, run.run_id, REJECTED):
        draws[row.prompt_id].append(draw(row))
    result = read_job_result(lake, run.run_id, REJECTED)
    for refused in result.refused if result else ():
        draws[refused.id].append(Draw(1, "", second.model, "", fault=refused.reason))
    return draws


def _refuse_unasked(lake: Lake, run: RefreshRun, pair_ids: Sequence[str], draws: Mapping[str, Sequence[Draw]]) -> None:
    if unasked := sum(pair_id not in draws for pair_id in pair_ids):
        raise StorageError(
            f"the job {lake.uri}/{run.keys.answer_job(REJECTED).folder} asked nothing about {unasked} of "
            f"{len(pair_ids)} pairs: their batch was curated after it was written. Clear write_rejected_job and run "
            "again: what is answered is not asked twice."
        )


def _refuse_too_many_dead(lake: Lake, run: RefreshRun, draws: Mapping[str, Sequence[Draw]]) -> None:
    dead = [found for found in draws.values() if all(one.fault for one in found)]
    answers = AnswerStore(lake.store)
    dead = [found for found in dead if not _is_of_earlier_run(answers, run, found)]
    if run.retry != "none" or len(draws) < _MIN_PAIRS_FOR_A_SHARE or len(dead) <= run.max_dead_share * len(draws):
        return
    faults = ", ".join(sorted({one.fault for found in dead for one in found}))
    raise DeadChunksError(
        f"{len(dead)} of {len(draws)} pairs have no usable rejected answer ({faults}), more than the share of "
        f"{run.max_dead_share} that OWNVOICE_MAX_DEAD_SHARE allows. Set rejected_cut to sentence, or change "
        "rejected_by (more max_output_tokens, another prompt_template or model), and run again: nothing is asked twice."
    )


def _is_of_earlier_run(answers: AnswerStore, run: RefreshRun, draws: Sequence[Draw]) -> bool:
    """Whether all answers were made for other runs: a dead answer of an earlier run must not fail every later one."""
    keys = [draw.request_key for draw in draws if draw.request_key]
    made_for = [record.get("bought_for", [run.run_id])[0] for key in keys for record in answers.read_all(key)]
    return bool(made_for) and run.run_id not in made_for
