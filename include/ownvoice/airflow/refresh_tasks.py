"""The tasks of the refresh: each opens what it needs and calls the step of the same name.

What a task returns is small (counts and names); everything else it leaves in the lake.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ownvoice.airflow.connections import articles_uri, hub_token, model_access, open_lake, open_source
from ownvoice.airflow.refresh_form import read_form
from ownvoice.config.settings import load_settings, new_run

if TYPE_CHECKING:
    from ownvoice.llm.tally import Tally


def list_new_articles(params: dict[str, Any], dag_run: Any) -> dict[str, int]:
    """List the source and write down what changed; return counts by event."""
    from ownvoice.articles import list_new_articles as step
    from ownvoice.storage.probe import probe_creation

    fields, recipe = read_form(dict(params))
    settings = load_settings(max_tokens=fields["max_tokens"], max_cost_usd=fields["max_cost_usd"])
    run = new_run(
        settings,
        recipe,
        run_id=dag_run.run_id,
        refresh_date=dag_run.run_after.date(),
        articles_uri=articles_uri(settings),
        **fields
        | {
            "prefix": (fields["prefix"] or "").strip("/"),
            "retry_article": fields["retry_article"] or "",
            "retry_error": fields["retry_error"] or "",
            "max_tokens": settings.max_tokens,
            "max_cost_usd": settings.max_cost_usd,
        },
    )
    lake = open_lake()
    print(f"store: {probe_creation(lake).sentence}")
    return step.list_new_articles(lake, open_source(run.articles_uri), run)


def plan_batches(dag_run: Any) -> list[dict[str, Any]]:
    """Cut what is pending into chunks and batches; return the batches."""
    from ownvoice.chunks import plan_batches as step

    return [asdict(batch) for batch in step.plan_batches(open_lake(), dag_run.run_id)]


def generate_batch(batch: dict[str, Any], dag_run: Any, ti: Any) -> dict[str, Any]:
    """Ask the model about the batch's chunks; return the batch, for the task that curates it.

    In batch mode it is called again, from the top, whenever the batches that it submitted have ended.
    """
    from ownvoice.airflow.batch_jobs import defer_until_ended
    from ownvoice.airflow.metrics import BatchMetrics
    from ownvoice.llm.batch.waiting import BatchJobsRunningError
    from ownvoice.llm.task_try import TaskTry
    from ownvoice.reports.text.progress import Progress
    from ownvoice.triples import generate

    progress, metrics = Progress(sys.stdout), BatchMetrics(batch["name"])

    def on_progress(tally: Tally) -> None:
        progress.chunks(tally)
        metrics.tell(tally)

    task_try = TaskTry(ti.task_id, ti.map_index, ti.try_number)
    try:
        counts = generate.generate_batch(
            open_lake(), dag_run.run_id, batch["name"], model_access, on_progress, task_try
        )
    except BatchJobsRunningError as running:
        defer_until_ended(running.by_endpoint)
    progress.step(f"{batch['label']}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    return batch


def curate_batch(batch: dict[str, Any], dag_run: Any) -> dict[str, Any]:
    """Prove and filter the batch's triples; return the batch, for the task that has the second model answer."""
    from ownvoice.pairs import curate

    counts = curate.curate_batch(open_lake(), dag_run.run_id, batch["name"])
    print(f"{batch['label']}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return batch


def reject_batch(batch: dict[str, Any], dag_run: Any, ti: Any) -> dict[str, int]:
    """Ask the recipe's second model, if it names one, for the rejected answers; return counts."""
    from ownvoice.airflow.metrics import BatchMetrics
    from ownvoice.llm.task_try import TaskTry
    from ownvoice.pairs import second_model as reject
    from ownvoice.reports.text.progress import Progress

    progress, metrics = Progress(sys.stdout), BatchMetrics(f"{batch['name']}-rejected", of_chunks=False)

    def on_progress(tally: Tally) -> None:
        progress.chunks(tally)
        metrics.tell(tally)

    task_try = TaskTry(ti.task_id, ti.map_index, ti.try_number)
    return reject.reject_batch(open_lake(), dag_run.run_id, batch["name"], model_access, on_progress, task_try)


def commit_version(dag_run: Any, outlet_events: Any) -> dict[str, Any]:
    """Commit the run as one version and tell the asset's readers of it; skipped where there is nothing to commit."""
    from airflow.sdk.exceptions import AirflowSkipException

    from ownvoice.airflow.assets import PREFERENCE_DATASET
    from ownvoice.dataset import commit

    lake = open_lake()
    version = commit.commit_version(lake, dag_run.run_id)
    if version is None:
        raise AirflowSkipException("There is nothing to commit: no article is new, edited, removed or pending.")
    news = {
        "version": version.number,
        "uri": f"{lake.uri}/tables/pairs",
        "digest": version.digest,
        "pairs": version.pairs,
        "added": version.added,
        "retired": version.retired,
    }
    outlet_events[PREFERENCE_DATASET].extra = news
    return news


def write_report(dag_run: Any) -> dict[str, Any]:
    """Write the run's report and print it; return its verdict and where it stands."""
    from ownvoice.reports import report
    from ownvoice.reports.text.report import report_lines

    found = report.write_report(open_lake(), dag_run.run_id)
    print("\n".join(report_lines(found)))
    return found.model_dump(include={"verdict", "chunks", "pairs"})


def push_to_hub(dag_run: Any) -> dict[str, Any]:
    """Push the newest version to the Hub; skipped where no repository or token is given, or nothing is committed."""
    from airflow.sdk.exceptions import AirflowSkipException

    from ownvoice.config.run import recorded_run
    from ownvoice.dataset.hub import push
    from ownvoice.storage.hub import hub_client
    from ownvoice.storage.versions import latest_version

    target, token, lake = load_settings().hub_dataset, hub_token(), open_lake()
    if target is None:
        raise AirflowSkipException("OWNVOICE_HUB_DATASET_REPO names no repository: the dataset stays in the lake.")
    if token is None:
        raise AirflowSkipException("There is no token: fill the connection hugging_face, or set HF_TOKEN.")
    if recorded_run(lake, dag_run.run_id).dry_run:
        raise AirflowSkipException("A dry run pushes nothing.")
    if latest_version(lake) is None:
        raise AirflowSkipException("There is no dataset version yet.")
    pushed = push.push_to_hub(lake, hub_client(token), target)
    print(f"version {pushed.version} stands in {pushed.repo_id} at {pushed.revision}")
    return asdict(pushed)


def advance_cursor(dag_run: Any) -> dict[str, str]:
    """Record that the night is done."""
    from ownvoice.articles import cursor

    return cursor.advance_cursor(open_lake(), dag_run.run_id)
