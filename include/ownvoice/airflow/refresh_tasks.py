"""The tasks of the refresh: each opens the lake and calls the step of the same name.

A task returns names and counts, which Airflow keeps as XCom; everything else is in the lake. Steps are imported inside
the functions, because Airflow reads the DAG file, and so this module, every few seconds.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ownvoice.airflow.connections import held_lake, model_access, open_lake, open_source
from ownvoice.airflow.executors import refuse_single_machine
from ownvoice.airflow.refresh_form import requested_run
from ownvoice.airflow.run_ids import lake_run_id

if TYPE_CHECKING:
    from ownvoice.llm.tally import Tally
    from ownvoice.llm.task_try import TaskTry
    from ownvoice.storage.lake import Lake

MAX_ANSWERING = dt.timedelta(days=1)
"""The longest that the trainer's environment may answer, in all tries."""


def list_new_articles(params: dict[str, Any], dag_run: Any) -> dict[str, int]:
    """List the source and record what changed; return counts by event."""
    from ownvoice.articles import list_new_articles as step
    from ownvoice.evaluation.judges.night import with_judging
    from ownvoice.llm.endpoints import addresses_of
    from ownvoice.storage.probe import probe_creation
    from ownvoice.training.results.rounds import with_fixed_second_model

    run = requested_run(dict(params), lake_run_id(dag_run), dag_run.run_after.date())
    run = run.model_copy(update={"addresses": addresses_of(run.recipe.endpoints, model_access)})
    refuse_single_machine(run)
    with held_lake(run.run_id) as lake:
        print(f"store: {probe_creation(lake).sentence}")
        run = with_judging(lake, with_fixed_second_model(lake, run))
        return step.list_new_articles(lake, open_source(run.articles_uri), run)


def plan_batches(dag_run: Any) -> list[dict[str, Any]]:
    """Cut pending articles into chunks and batches; return each batch with its name, label and number of chunks."""
    from ownvoice.chunks import plan_batches as step

    run_id = lake_run_id(dag_run)
    with held_lake(run_id) as lake:
        return [asdict(batch) for batch in step.plan_batches(lake, run_id)]


def generate_batch(batch: dict[str, Any], dag_run: Any, ti: Any) -> dict[str, Any]:
    """Ask the model about the chunks of a batch; return the batch, for `curate_batch`.

    In batch mode it defers, and is called again from its beginning when the batch jobs that it submitted have ended.
    """
    from ownvoice.triples import generate

    run_id, progress = lake_run_id(dag_run), _progress(batch["name"])
    with held_lake(run_id) as lake, _deferring(lake, run_id):
        counts = generate.generate_batch(lake, run_id, batch["name"], model_access, progress, _task_try(ti))
    print(f"{batch['label']}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    return batch


def curate_batch(batch: dict[str, Any], dag_run: Any) -> dict[str, Any]:
    """Prove and filter the triples of a batch; return the batch, for `augment_batch`."""
    from ownvoice.pairs import curate

    run_id = lake_run_id(dag_run)
    with held_lake(run_id) as lake:
        counts = curate.curate_batch(lake, run_id, batch["name"])
    print(f"{batch['label']}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return batch


def augment_batch(batch: dict[str, Any], dag_run: Any, ti: Any) -> dict[str, Any]:
    """Have further prompts written for the proved quotes of a batch, if the recipe names kinds of them.

    Return the batch, for `reject_batch`.
    """
    from ownvoice.pairs.augment import augment

    run_id, progress = lake_run_id(dag_run), _progress(f"{batch['name']}-augmented", of_chunks=False)
    with held_lake(run_id) as lake:
        counts = augment.augment_batch(lake, run_id, batch["name"], model_access, progress, _task_try(ti))
    print(f"{batch['label']}: " + (", ".join(f"{count} {name}" for name, count in counts.items()) or "none wanted"))
    return batch


def reject_batch(batch: dict[str, Any], dag_run: Any, ti: Any) -> dict[str, int]:
    """Ask the second model for the rejected answers of a batch, if the recipe names one at an endpoint.

    Return counts by outcome.
    """
    from ownvoice.pairs import second_model

    run_id, progress = lake_run_id(dag_run), _progress(f"{batch['name']}-rejected", of_chunks=False)
    with held_lake(run_id) as lake:
        return second_model.reject_batch(lake, run_id, batch["name"], model_access, progress, _task_try(ti))


def write_rejected_job(dag_run: Any) -> str:
    """Write what a model of the lake or the Hub is asked about all batches; return the URI of the job.

    Skipped where the recipe names no such model, or there is nothing to ask. While the job is answered, nothing renews
    the lease on the lake, so it is taken for as long as that may take.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from ownvoice.pairs import rejected_job
    from ownvoice.storage.lease import take_lease

    run_id = lake_run_id(dag_run)
    with held_lake(run_id) as lake:
        job_uri = rejected_job.write_rejected_job(lake, run_id)
        if job_uri is None:
            raise AirflowSkipException("No model of the lake or the Hub is asked: see rejected_by in the form.")
        take_lease(lake, run_id, lease_s=MAX_ANSWERING.total_seconds())
    return job_uri


def add_rejected(dag_run: Any) -> dict[str, int]:
    """Put the answers of the job beside their pairs; return counts: pairs, and those of them kept."""
    from ownvoice.pairs import rejected_job

    run_id = lake_run_id(dag_run)
    with held_lake(run_id) as lake:
        return rejected_job.add_rejected(lake, run_id)


def choose_judged(batches: list[dict[str, Any]], dag_run: Any) -> list[dict[str, Any]]:
    """Say who judges, and return the batches for `judge_batch`: none where no judge counts."""
    from ownvoice.config.run import recorded_run

    run = recorded_run(open_lake(), lake_run_id(dag_run))
    judging = run.judging
    if judging:
        print("judges: " + (", ".join(judging.counting) or "none"))
        print("\n".join(f"left out: {name}: {why}" for name, why in judging.left_out.items()))
    return batches if run.is_judged else []


def judge_batch(batch: dict[str, Any], dag_run: Any, ti: Any) -> dict[str, int]:
    """Have the judges of the recipe see the pairs of a batch; return counts.

    In batch mode it defers, and is called again from its beginning when the batch jobs that it submitted have ended.
    """
    from ownvoice.evaluation.judges import night

    run_id, progress = lake_run_id(dag_run), _progress(f"{batch['name']}-judgements", of_chunks=False)
    with held_lake(run_id) as lake, _deferring(lake, run_id):
        return night.judge_batch(lake, run_id, batch["name"], model_access, progress, _task_try(ti))


def commit_version(dag_run: Any, outlet_events: Any) -> dict[str, Any]:
    """Commit the run as one version, described in the event of the asset; skipped where there is nothing to commit."""
    from airflow.sdk.exceptions import AirflowSkipException

    from ownvoice.airflow.assets import PREFERENCE_DATASET
    from ownvoice.dataset import commit

    run_id = lake_run_id(dag_run)
    with held_lake(run_id) as lake:
        version = commit.commit_version(lake, run_id)
    if version is None:
        raise AirflowSkipException(
            "There is nothing to commit: no article is new, edited, removed or pending, and no review changes a pair."
        )
    event = {
        "version": version.number,
        "uri": f"{lake.uri}/tables/pairs",
        "digest": version.digest,
        "pairs": version.pairs,
        "added": version.added,
        "retired": version.retired,
    }
    outlet_events[PREFERENCE_DATASET].extra = event
    return event


def write_report(dag_run: Any) -> dict[str, Any]:
    """Write the report of the run and print it; return both verdicts and counts."""
    from ownvoice.airflow.metrics import send_night
    from ownvoice.reports import report
    from ownvoice.reports.text.report import report_lines

    run_id = lake_run_id(dag_run)
    with held_lake(run_id) as lake:
        found = report.write_report(lake, run_id)
    if not found.dry_run:
        send_night(found)
    print("\n".join(report_lines(found)))
    return found.model_dump(include={"verdict", "data", "chunks", "pairs"})


def advance_cursor(dag_run: Any) -> dict[str, str]:
    """Move the cursor, unless the run was partial; return it."""
    from ownvoice.articles import cursor

    run_id = lake_run_id(dag_run)
    with held_lake(run_id) as lake:
        return cursor.advance_cursor(lake, run_id)


def release_lake(dag_run: Any) -> None:
    """Let the next run have the lake, however this one ended."""
    from ownvoice.storage.lease import release_lease

    release_lease(open_lake(), lake_run_id(dag_run))


@contextmanager
def _deferring(lake: Lake, run_id: str) -> Iterator[None]:
    """Release the worker while batch jobs are at work; the task is then called again from its beginning."""
    from ownvoice.airflow.batch_jobs import MAX_WAIT, defer_until_ended
    from ownvoice.llm.batch.waiting import BatchJobsRunningError
    from ownvoice.storage.lease import take_lease

    try:
        yield
    except BatchJobsRunningError as running:
        take_lease(lake, run_id, lease_s=MAX_WAIT.total_seconds())  # nothing renews it while the task waits
        defer_until_ended(running.by_endpoint)


def _task_try(ti: Any) -> TaskTry:
    from ownvoice.llm.task_try import TaskTry

    return TaskTry(ti.task_id, ti.map_index, ti.try_number)


def _progress(name: str, *, of_chunks: bool = True) -> Callable[[Tally], None]:
    """Return the function that brings the task's log and Airflow's metrics up to date with the tally of a batch."""
    from ownvoice.airflow.metrics import BatchMetrics
    from ownvoice.reports.text.progress import Progress

    log, metrics = Progress(sys.stdout), BatchMetrics(name, of_chunks=of_chunks)

    def on_progress(tally: Tally) -> None:
        log.chunks(tally)
        metrics.send(tally)

    return on_progress
