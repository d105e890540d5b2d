"""What the demo says while the toy is trained, and after."""

from __future__ import annotations

import re
from pathlib import Path

from environment import TRAINER_PYTHON, demo_environment
from rest import Run
from runs import task_counts
from train_toy import last_said, training_page

from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.training.health.findings import Finding, Health
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.report import TrainingReport
from ownvoice.training.settings import load_training_settings

RESULT = {
    "recipe_id": "0123456789ab",
    "recipe": TrainingRecipe(),
    "device": "cpu",
    "image": "trl==1.15.0",
    "dataset": {"version": 3, "digest": "c0ffee"},
    "base": {"name": "lake:models/toy", "commit": "sha256:0"},
    "rows": {"train": 190, "test": 19},
    "rows_left_out": {"train": {}, "test": {}},
    "left_out_pair_ids": {"train": [], "test": []},
    "steps": 20,
    "first_loss": 0.69314,
    "final": {"step": 20, "loss": 0.01},
    "test": {"step": 20, "eval_loss": 0.02},
    "health": Health(findings=(Finding("too_easy", "warn", 3, "the pairs are too easy " * 8),)),
    "merge": {
        "dtype": "float32",
        "kl_merged_nats": 1e-9,
        "kl_base_nats": 0.5,
        "kept_least": 1,
        "kept_least_module": "layers.0",
        "kept_median": 1,
    },
}
REPORT = TrainingReport(
    run_id="manual__2026-01-01T00:00:00+00:00",
    refresh_date="2026-01-01",
    dataset_version=3,
    recipe_id="0123456789ab",
    verdict="warn",
    result=RESULT,
    report_key="runs/one/report.json",
    curves_key="runs/one/curves.svg",
)


def test_the_trainer_is_set_up_for_a_toy_on_a_cpu(monkeypatch):
    for name, value in demo_environment({}, 8080).items():
        monkeypatch.setenv(name, value)
    settings = load_training_settings()
    assert settings.python == str(TRAINER_PYTHON)
    assert (settings.recipe.backend, settings.recipe.base_model) == ("trl", "lake:models/toy")
    assert settings.recipe.beta == TrainingRecipe().beta


def test_the_cluster_of_another_installation_is_not_asked_for_a_gpu():
    env = demo_environment({"OWNVOICE_TRAINER_KUBERNETES_CONN_ID": "production"}, 8080)
    assert "OWNVOICE_TRAINER_KUBERNETES_CONN_ID" not in env


def test_the_trainer_finds_the_package_and_what_the_shell_had_on_its_path():
    ours, theirs = demo_environment({"PYTHONPATH": "/theirs"}, 8080)["PYTHONPATH"].split(":")
    assert (Path(ours) / "ownvoice").is_dir()
    assert theirs == "/theirs"
    assert demo_environment({}, 8080)["PYTHONPATH"] == ours


def test_the_last_line_of_the_log_is_told_without_its_time():
    log = b"2026-01-01T00:00:00Z base: lake:models/toy\n2026-01-01T00:00:09Z step 3: loss 0.61\n"
    assert last_said(log) == "; step 3: loss 0.61"


def test_a_trainer_that_has_said_nothing_yet_adds_nothing():
    assert last_said(b"") == ""


def test_skipped_tasks_are_done_and_failed_ones_are_told():
    assert task_counts(["success", "skipped", "failed", None]) == "2 of 4 tasks done, 1 failed"


def test_a_run_is_found_under_its_dag_with_its_id_quoted():
    run = Run("train_dpo", "manual__2026-01-01T00:00:00+00:00")
    assert run.path == "/api/v2/dags/train_dpo/dagRuns/manual__2026-01-01T00:00:00%2B00:00"


def test_a_run_is_looked_for_in_the_lake_as_its_tasks_name_it():
    run = Run("train_dpo", "manual__2026-01-01T00:00:00+00:00")
    assert run.in_lake == lake_run_id(run)


def test_the_page_says_the_verdict_with_its_reason_and_calls_the_model_a_toy():
    page = "\n".join(training_page(REPORT, Path("/lake")))
    assert page.startswith("The toy was trained on 190 pairs of dataset version 3 and tested on 19: warn")
    assert "  warn: the pairs are too easy" in page
    assert "0.6931 at first, 0.0100 at last" in page
    assert re.search(r"^model .*\(a toy\)$", page, re.MULTILINE)


def test_the_page_says_where_model_report_and_curves_stand():
    paths = re.findall(
        r"^(?:model|report|curves) +(\S+)", "\n".join(training_page(REPORT, Path("/lake"))), re.MULTILINE
    )
    assert paths == [
        "/lake/runs/manual__2026-01-01T00-00-00-00-00/merged",
        "/lake/runs/one/report.json",
        "/lake/runs/one/curves.svg",
    ]


def test_no_line_is_wider_than_a_terminal_but_for_paths():
    page = "\n".join(training_page(REPORT, Path("/lake")))
    assert max(map(len, page.splitlines())) <= 100
