"""The tasks of the training that run in Airflow's workers, and the checks before the two that may be skipped.

`train` and `publish_model` themselves run in the trainer's environment (`ownvoice.airflow.trainer`).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk.bases.skipmixin import XCOM_SKIPMIXIN_KEY
from airflow.sdk.exceptions import AirflowSkipException

from ownvoice.airflow.connections import hub_token, open_lake
from ownvoice.airflow.executors import refuse_trainer
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.airflow.training_form import read_training_form
from ownvoice.config.settings import load_settings
from ownvoice.training.settings import load_training_settings


def resolve_dataset(params: dict[str, Any], dag_run: Any) -> list[dict[str, Any]]:
    """Fix dataset version and recipes, check them, estimate the cost; return each training that is planned.

    Skipped if a new version started the run and too few pairs are new since the last training.
    """
    from ownvoice.publishing.gate import refuse_gate_that_nothing_passes
    from ownvoice.training.planning.plan import new_pairs_since_last_training, plan_training

    settings = load_training_settings()
    request = read_training_form(dict(params))
    refuse_trainer(settings)
    lake = open_lake()
    if dag_run.run_type == "asset_triggered":
        new = new_pairs_since_last_training(lake)
        if new < (settings.after_new_pairs or 0):
            raise AirflowSkipException(f"{new} new pairs since the last training, of {settings.after_new_pairs}.")
    refuse_gate_that_nothing_passes(lake, request, settings)
    planned = plan_training(lake, lake_run_id(dag_run), request, settings, load_settings().evaluation_sets)
    print("\n".join(f"{one.variant or 'recipe'}: {line}" for one in planned for line in one.lines()))
    return [asdict(one) for one in planned]


def skip_cheap_approval(context: Any) -> None:
    """Skip the approval, unless a person started the run and its estimate is above `approve_above_usd`."""
    limit = load_training_settings().approve_above_usd
    if context["dag_run"].run_type != "manual":
        raise AirflowSkipException("A run that a new dataset version started needs no approval.")
    usd = sum(planned["usd"] for planned in context["ti"].xcom_pull(task_ids="resolve_dataset"))
    if usd <= limit:
        raise AirflowSkipException(f"About {usd:.2f} USD, and only a run above {limit:.2f} USD waits for approval.")


def check_health(dag_run: Any) -> dict[str, Any]:
    """Judge the curves of each training and return the one to publish.

    Raises `HealthError` where none may be published, which ends the run.
    """
    from ownvoice.training.planning.variants import read_variants
    from ownvoice.training.results.comparison import choose, compare

    lake = open_lake()
    variants = read_variants(lake, lake_run_id(dag_run))
    trainings = compare(lake, variants)
    for one in trainings:
        print(f"{one.variant or one.run_id}: {'; '.join([one.verdict, *one.reasons])}")
    chosen = choose(trainings, variants.publish)
    return {"run_id": chosen.run_id, "variant": chosen.variant, "verdict": chosen.verdict}


def plan_style(ti: Any) -> str | None:
    """Choose the held-out prompts for the style report of the chosen training; return the URI of the job.

    None where no report is wanted, or nothing can be judged: the report then says why.
    """
    from ownvoice.evaluation.curve.stored import CURVE_PROMPTS, models_of_curve
    from ownvoice.evaluation.training_style import plan_style
    from ownvoice.publishing.champion import rival_model

    prompts = load_training_settings().style_prompts
    if not prompts:
        return None
    lake, run_id = open_lake(), ti.xcom_pull(task_ids="check_health")["run_id"]
    also = models_of_curve(lake, run_id)
    prompts = min(prompts, CURVE_PROMPTS) if also else prompts
    return plan_style(lake, run_id, champion=rival_model(lake, run_id), also=also, prompts=prompts)


def skip_unasked(context: Any) -> None:
    """Skip answering where `plan_style` planned nothing to ask."""
    if context["ti"].xcom_pull(task_ids="plan_style") is None:
        raise AirflowSkipException("There is nothing to ask: plan_style says why.")


def write_style(ti: Any) -> None:
    """Measure the answers of base and trained model, write the style report and print it."""
    from ownvoice.evaluation.stored import read_style
    from ownvoice.evaluation.training_style import write_training_style
    from ownvoice.reports.text.style import style_lines

    lake, run_id = open_lake(), ti.xcom_pull(task_ids="check_health")["run_id"]
    is_asked = ti.xcom_pull(task_ids="plan_style") is not None
    report = write_training_style(lake, run_id) if is_asked else read_style(lake, run_id, [])
    print(
        "\n".join(style_lines(report)) if report else "OWNVOICE_TRAINER_STYLE_PROMPTS is 0: there is no style report."
    )


def judge_models(ti: Any) -> None:
    """Have the judges that count compare the answers of the style report, within their own budget, and print it.

    Where no judge counts, or no style report compares anything, it says so and succeeds: a skipped task would skip the
    publication after it.
    """
    from ownvoice.airflow.connections import model_access
    from ownvoice.config.settings import load_settings
    from ownvoice.evaluation.judges.models import compare, compared_models
    from ownvoice.evaluation.judges.qualification.qualify import Asking
    from ownvoice.evaluation.judges.qualification.stored import qualified
    from ownvoice.llm.budget import at_most
    from ownvoice.reports.text.quality import quality_lines

    settings, lake, run_id = load_settings(), open_lake(), ti.xcom_pull(task_ids="check_health")["run_id"]
    panel = qualified(lake, settings.judges)
    if not panel.counting:
        whys = " ".join(one.why for one in panel.left_out) or "OWNVOICE_JUDGES names none."
        print(f"No judge counts: {whys}")
        return
    compared = compared_models(lake, run_id)
    if compared.why_not:
        print(f"Nothing is judged: {compared.why_not}")
        return
    share = at_most(settings.judge_max_tokens, settings.judge_max_usd)
    asking = Asking(lake, model_access, share, settings.prices)
    print("\n".join(quality_lines(compare(asking, compared, panel))))


def skip_unpublishable(context: Any) -> None:
    """Skip publishing, unless the form names a repository and there is a token that may write to it.

    Where the form names a number for `promote` too, unless the rule promotes the model over the champion by it.
    """
    settings = load_training_settings()
    if context["params"].get("learning_curve") and not context["params"].get("publish_variant"):
        raise AirflowSkipException("A learning curve publishes nothing, unless publish_variant names a training of it.")
    if not context["params"]["hub_repository"]:
        raise AirflowSkipException("No hub_repository was named: the model stays in the lake.")
    if settings.place == "pod" and not settings.publish_secrets:
        raise AirflowSkipException("OWNVOICE_TRAINER_PUBLISH_SECRETS names no Secret with HF_TOKEN.")
    if settings.place != "pod" and not hub_token():
        raise AirflowSkipException("There is no token: fill the connection hugging_face, or set HF_TOKEN.")
    if context["params"].get("promote"):
        _skip_unpromoted(context["ti"].xcom_pull(task_ids="check_health")["run_id"])


def _skip_unpromoted(run_id: str) -> None:
    from ownvoice.publishing.champion import champion_of, was_champion
    from ownvoice.publishing.judging import judge_run, write_outcome
    from ownvoice.publishing.promotion import outcome_lines
    from ownvoice.training.results.training import planned_training

    lake = open_lake()
    outcome = judge_run(lake, run_id)
    champion = champion_of(lake, outcome.repo_id)
    if was_champion(lake, outcome.repo_id, run_id):
        if champion and champion.run_id == run_id:
            return  # the Hub may have to follow yet
        raise AirflowSkipException(
            f"The model was the champion, and another is now: `ownvoice promote {run_id}` rolls back to it."
        )
    write_outcome(lake, outcome)
    print("\n".join(outcome_lines(outcome)))
    if not outcome.is_promoted:
        is_published = planned_training(lake, run_id)[0].publication is not None
        where = "is published, and is not the champion" if is_published else "stays in the lake"
        raise AirflowSkipException(f"The model {where}, {outcome.verdict}: {outcome.why}.")


def write_report(dag_run: Any, ti: Any) -> dict[str, str]:
    """Stop what still trains, then write report, picture and row of each training, and the comparison of several.

    Returns the verdicts by training run. Skipped where nothing was to be trained, or a person rejected the run.
    """
    from ownvoice.publishing.judging import outcomes_lines
    from ownvoice.reports.learning_curve import report_curve
    from ownvoice.reports.text.quality import qualities_lines
    from ownvoice.reports.text.style import styles_lines
    from ownvoice.training.results.report import write_run_report

    settings = load_training_settings()
    lake = open_lake()
    if settings.place == "pod":
        from ownvoice.airflow.pod.operator import stop_pods_of

        stop_pods_of(settings, ti.dag_id, dag_run.run_id)
    elif settings.place == "elsewhere":
        from ownvoice.airflow.elsewhere import cancel_trainings_of

        cancel_trainings_of(lake, dag_run)
    if ti.xcom_pull(task_ids="approve_gpu", key=XCOM_SKIPMIXIN_KEY):  # left by *Reject* alone
        raise AirflowSkipException("The run was rejected: nothing was trained.")
    lines, verdicts = write_run_report(lake, lake_run_id(dag_run), dag_run.run_after.date())
    if not verdicts:
        raise AirflowSkipException("Nothing was to be trained.")
    for said in (styles_lines, qualities_lines, outcomes_lines):
        lines = [*lines, *said(lake, verdicts)]
    lines = [*lines, *report_curve(lake, lake_run_id(dag_run))]
    print("\n".join(lines))
    return verdicts
