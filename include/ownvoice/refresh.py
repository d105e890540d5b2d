"""A whole refresh without Airflow: the same steps, one after the other, in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from ownvoice.answering.asking import ask_to_the_end
from ownvoice.answering.progress import OnProgress
from ownvoice.articles.cursor import advance_cursor
from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.chunks.plan import Batch
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.commit import commit_version
from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.errors import DeadChunksError, ModelAccessError, ModelUnavailableError, OwnvoiceError
from ownvoice.evaluation.judges.night import judge_batch, with_judging
from ownvoice.llm.batch.job_state import BatchJobState
from ownvoice.llm.endpoints import Endpoints
from ownvoice.pairs.augment.augment import augment_batch
from ownvoice.pairs.curate import curate_batch
from ownvoice.pairs.rejected_job import add_rejected, write_rejected_job
from ownvoice.pairs.second_model import reject_batch
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake
from ownvoice.storage.lease import held_by_process
from ownvoice.storage.probe import probe_creation
from ownvoice.storage.stores import ObjectStore
from ownvoice.training.local_answers import answer_here, refuse_no_trainer
from ownvoice.training.results.rounds import with_fixed_second_model
from ownvoice.training.settings import load_training_settings
from ownvoice.triples.generate import generate_batch

OnStep = Callable[[str], None]


def refresh(
    lake: Lake, source: ObjectStore, run: RefreshRun, endpoints: Endpoints, on_step: OnStep, on_progress: OnProgress
) -> RefreshReport:
    """Run every step and return the report.

    A batch that the model leaves without answers, or with too few usable ones, does not keep the others from being
    committed; the error is raised once they are, and the cursor stays. Raises `LakeHeldError` where another run is at
    work on the lake.
    """
    if run.dry_run:
        return _refresh(lake, source, run, endpoints, on_step, on_progress, lambda: None)
    with held_by_process(lake, run.run_id) as still_held:
        return _refresh(lake, source, run, endpoints, on_step, on_progress, still_held)


def _refresh(
    lake: Lake,
    source: ObjectStore,
    run: RefreshRun,
    endpoints: Endpoints,
    on_step: OnStep,
    on_progress: OnProgress,
    still_held: Callable[[], object],
) -> RefreshReport:
    on_step(f"store: {probe_creation(lake).sentence}")
    run = with_judging(lake, _with_second_model(lake, run))
    listed = list_new_articles(lake, source, run)
    on_step("listed: " + ", ".join(f"{count} {event}" for event, count in listed.items()))
    batches = plan_batches(lake, run.run_id)
    on_step(f"planned: {sum(batch.chunks for batch in batches)} chunks to ask about")
    failed: list[OwnvoiceError] = []
    for batch in batches:
        with _survived(batch.label, failed, on_step):
            _generate(lake, run.run_id, batch, endpoints, on_step, on_progress)
            curate_batch(lake, run.run_id, batch.name)
            augment_batch(lake, run.run_id, batch.name, endpoints, on_progress)
            reject_batch(lake, run.run_id, batch.name, endpoints, on_progress)
    with _survived("rejected answers", failed, on_step):
        _reject(lake, run.run_id, on_step)
    for batch in batches if run.is_judged else ():
        with _survived(f"judging {batch.label}", failed, on_step, ModelAccessError):
            _judge(lake, run.run_id, batch, endpoints, on_step, on_progress)
    still_held()
    version = commit_version(lake, run.run_id)
    on_step(f"committed: version {version.number}, {version.pairs} pairs" if version else "committed: nothing")
    report = write_report(lake, run.run_id)
    if failed:
        raise failed[-1]
    advance_cursor(lake, run.run_id)
    return report


@contextmanager
def _survived(what: str, failed: list[OwnvoiceError], on_step: OnStep, *also: type[OwnvoiceError]) -> Iterator[None]:
    """Go on with the others where a model leaves one without answers, or at `also`; the error is kept in `failed`."""
    survived: tuple[type[OwnvoiceError], ...] = (ModelUnavailableError, DeadChunksError, *also)
    try:
        yield
    except survived as error:
        failed.append(error)
        on_step(f"{what} failed: {error}")


def _with_second_model(lake: Lake, run: RefreshRun) -> RefreshRun:
    """Fix the second model, and refuse one that this machine could not load before anything is asked."""
    run = with_fixed_second_model(lake, run)
    second = run.recipe.rejected_by
    if second and not second.is_at_endpoint and not run.dry_run:
        refuse_no_trainer(load_training_settings(), second.model)
    return run


def _generate(
    lake: Lake, run_id: str, batch: Batch, endpoints: Endpoints, on_step: OnStep, on_progress: OnProgress
) -> None:
    """Get the answers of one batch; where they come from a batch API, wait for its jobs and report their progress."""
    asking = partial(generate_batch, lake, run_id, batch.name, endpoints, on_progress)
    ask_to_the_end(asking, endpoints, partial(_report_states, batch.label, on_step))


def _reject(lake: Lake, run_id: str, on_step: OnStep) -> None:
    """Have a model of the lake or the Hub answer what it is to be asked about all batches, if the recipe names one."""
    if job_uri := write_rejected_job(lake, run_id):
        on_step(f"answering: {job_uri}")
        answer_here(lake, job_uri, load_training_settings())
    if counts := add_rejected(lake, run_id):
        on_step(f"rejected: {counts['kept']} of {counts['pairs']} pairs have their rejected answer")


def _judge(
    lake: Lake, run_id: str, batch: Batch, endpoints: Endpoints, on_step: OnStep, on_progress: OnProgress
) -> None:
    """Have the judges see the pairs of one batch."""
    asking = partial(judge_batch, lake, run_id, batch.name, endpoints, on_progress)
    if counts := ask_to_the_end(asking, endpoints, partial(_report_states, batch.label, on_step)):
        on_step(f"{batch.label}: {counts['judgements']} judgements, {counts['kept']} of {counts['pairs']} pairs stay")


def _report_states(label: str, on_step: OnStep, states: Sequence[BatchJobState]) -> None:
    for state in states:
        on_step(f"{label}: {state.batch_id} is {state.status}, {state.done} of {state.total} requests are done")
