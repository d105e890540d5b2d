"""The tasks of the training that Airflow's own workers do, and the two questions asked before a task starts.

Nothing here imports torch: what needs it runs in the trainer's own environment.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from ownvoice.airflow.connections import hub_token, open_lake
from ownvoice.airflow.training_form import read_training_form
from ownvoice.training.settings import load_training_settings


def resolve_dataset(params: dict[str, Any], dag_run: Any) -> dict[str, Any]:
    """Fix version and recipe, check that they can work, estimate the cost; skipped where too little is new."""
    from ownvoice.training.plan import new_pairs_since_last_training, plan_training

    settings = load_training_settings()
    version, recipe = read_training_form(dict(params))
    lake = open_lake()
    if dag_run.run_type == "asset_triggered":
        new = new_pairs_since_last_training(lake)
        if new < (settings.after_new_pairs or 0):
            raise AirflowSkipException(f"{new} new pairs since the last training, of {settings.after_new_pairs}.")
    return asdict(plan_training(lake, dag_run.run_id, version, recipe, settings))


def only_above_its_price(context: Any) -> None:
    """Skip the approval unless a person started the run and it may cost more than the setting says."""
    limit = load_training_settings().approve_above_usd
    if context["dag_run"].run_type != "manual":
        raise AirflowSkipException("A run that a new dataset version started needs no approval.")
    if (usd := context["ti"].xcom_pull(task_ids="resolve_dataset")["usd"]) <= limit:
        raise AirflowSkipException(f"About {usd:.2f} USD, and only a run above {limit:.2f} USD waits for approval.")


def check_health(dag_run: Any) -> dict[str, Any]:
    """Judge the curves of the run; a verdict of block ends it here, before anything is published."""
    from ownvoice.run import run_folder
    from ownvoice.training.outcome import checked_health
    from ownvoice.training.record import read_metrics

    health = checked_health(read_metrics(open_lake(), run_folder(dag_run.run_id)))
    for finding in health.findings:
        print(f"{finding.level}: {finding.reason}")
    return {"verdict": health.verdict, "findings": len(health.findings)}


def only_to_a_repository(context: Any) -> None:
    """Skip publishing unless the form names a repository and there is a token to write to it."""
    settings = load_training_settings()
    if not context["params"]["hub_repository"]:
        raise AirflowSkipException("No hub_repository was named: the model stays in the lake.")
    if settings.kubernetes_conn_id and not settings.publish_secrets:
        raise AirflowSkipException("OWNVOICE_TRAINER_PUBLISH_SECRETS names no Secret with HF_TOKEN.")
    if not settings.kubernetes_conn_id and not hub_token():
        raise AirflowSkipException("There is no token: fill the connection hugging_face, or set HF_TOKEN.")


def write_report(dag_run: Any) -> dict[str, Any]:
    """Write the run's report, its picture and its row of `tables/runs`; skipped where nothing was to be trained."""
    from ownvoice.training.report import training_lines, write_training_report

    report = write_training_report(open_lake(), dag_run.run_id, dag_run.run_after.date())
    if report is None:
        raise AirflowSkipException("Nothing was to be trained.")
    print("\n".join(training_lines(report)))
    return {"verdict": report["verdict"], "report": report["report_key"]}
