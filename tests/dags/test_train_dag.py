"""The training as Airflow runs it, with the trainer as a process of this machine."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from ownvoice.airflow import training_tasks
from ownvoice.airflow.process import TrainerProcess
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.errors import SettingsError
from ownvoice.evaluation.stored import read_style
from ownvoice.publishing.judging import read_outcome
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.lineage import lineage_of_model, lineage_of_version
from ownvoice.training.results.report import read_training_report
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.hub import WRITER
from stand_ins.hub_server import running_hub
from stand_ins.places import REPOSITORY, SAMPLES, TESTS
from stand_ins.style_reports import leave_style_report
from stand_ins.trained import leave_trained_run
from stand_ins.training_world import filled_in, lake_with_a_version, stand_in_python, states, with_a_base
from stand_ins.two_authors import two_authors_lake


@pytest.fixture
def lake(tmp_path, monkeypatch):
    lake = lake_with_a_version(tmp_path)
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return lake


@pytest.fixture
def stand_in_trainer(tmp_path, monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", stand_in_python(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]))


@pytest.fixture
def run_training(dags):
    """Run the whole DAG with the form filled in as given; return the finished DAG run."""
    dag = dags["train_dpo"]
    return lambda **form: dag.test(run_conf=filled_in(dag, form))


def test_from_a_dataset_version_to_a_report(lake, stand_in_trainer, run_training):
    done = run_training()
    assert done.state == "success"
    assert states(done) == {
        "resolve_dataset": "success",
        "approve_gpu": "skipped",
        "train": "success",
        "all_done": "success",
        "check_health": "success",
        "plan_style": "success",
        "answer_prompts": "skipped",
        "write_style": "success",
        "judge_models": "success",
        "publish_model": "skipped",
        "write_report": "success",
    }
    report = read_training_report(lake, lake_run_id(done))
    assert report.verdict == "pass"
    assert lake.store.read(report.curves_key).startswith(b"<svg")
    (row,) = (row for batch in scan(lake.table("runs"), where="kind = 'training'") for row in batch.to_pylist())
    assert (row["run_id"], row["version"], row["verdict"]) == (lake_run_id(done), 1, "pass")
    assert dict(row["counts"])["steps"] == 20


@pytest.fixture
def hub(monkeypatch):
    with running_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("AIRFLOW_CONN_HUGGING_FACE", json.dumps({"conn_type": "generic", "password": WRITER}))
        yield hub


def test_a_published_model_is_found_from_its_version_and_the_other_way(lake, stand_in_trainer, run_training, hub):
    done = run_training(hub_repository="ann/voice")
    assert done.state == "success"
    revision = hub.repositories["ann/voice"].branches["main"]
    model = lineage_of_model(lake, revision)
    assert (model["run_id"], model["dataset_version"], model["refresh"]) == (lake_run_id(done), 1, "a-night")
    assert model["base"]["name"] == "lake:models/toy"
    assert lineage_of_model(lake, lake_run_id(done)) == lineage_of_model(lake, revision[:12]) == model
    (training,) = lineage_of_version(lake, 1)["trainings"]
    assert training["model"]["revision"] == revision


@pytest.fixture
def judged_lake(lake, tmp_path, monkeypatch):
    """Another lake, with enough articles to judge a voice."""
    judged = with_a_base(Lake((tmp_path / "judged").as_uri()))
    two_authors_lake(judged, 10, 10)
    monkeypatch.setenv("OWNVOICE_LAKE", judged.uri)
    return judged


def test_base_and_trained_model_answer_held_out_prompts_and_the_style_is_reported(
    judged_lake, stand_in_trainer, run_training, hub, capfd
):
    done = run_training(hub_repository="ann/voice")
    assert done.state == "success"
    assert states(done)["answer_prompts"] == states(done)["write_style"] == "success"
    report = read_style(judged_lake, lake_run_id(done), [])
    assert report.subject("trained").above_base.low > 0
    assert capfd.readouterr().out.count("51 held-out prompts from 10 articles of ann") == 2, (
        "of the task, and the report"
    )
    assert b"## Style" in hub.repositories["ann/voice"].main["README.md"]


def test_a_style_that_could_not_be_measured_loses_no_model_and_the_run_is_red(
    judged_lake, stand_in_trainer, run_training, hub, monkeypatch
):
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT", "9")
    done = run_training(hub_repository="ann/voice")
    assert done.state == "failed"
    assert states(done)["answer_prompts"] == "failed"
    assert states(done)["publish_model"] == states(done)["write_report"] == "success"
    assert read_training_report(judged_lake, lake_run_id(done)).verdict == "pass"


def test_no_key_is_in_a_rendered_template_an_xcom_or_a_log(lake, stand_in_trainer, run_training, hub, capfd):
    from airflow.utils.session import create_session
    from sqlalchemy import text

    done = run_training(hub_repository="ann/voice")
    assert done.state == "success"
    printed = capfd.readouterr()
    assert "a key is there" in printed.out, "the process itself was given the key"
    with create_session() as session:
        tables = ("rendered_task_instance_fields", "xcom", "task_instance", "dag_run", "serialized_dag")
        stored = [str(row) for table in tables for row in session.execute(text(f"SELECT * FROM {table}")).all()]
    logs = [path.read_text() for path in Path(os.environ["AIRFLOW_HOME"]).rglob("*.log")]
    assert any("recipe_uri" in row for row in stored)
    assert not [found for found in (*stored, *logs, printed.out, printed.err) if WRITER in found]


def test_a_blocked_model_ends_the_run_red_and_its_reasons_are_in_the_report(
    lake, stand_in_trainer, run_training, hub, monkeypatch
):
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_CURVES", "block")
    done = run_training(hub_repository="ann/voice")
    assert done.state == "failed"
    assert states(done)["check_health"] == "failed"
    assert states(done)["publish_model"] == "upstream_failed"
    assert states(done)["write_report"] == "success"
    report = read_training_report(lake, lake_run_id(done))
    assert report.verdict == "block"
    assert report.publication is None
    assert hub.requests == []


def test_a_gate_that_nothing_could_pass_is_refused_before_anything_is_trained(lake, stand_in_trainer):
    form = {**TrainingRecipe(hub_repository="ann/voice", promote="style_score").model_dump(), "dataset_version": None}
    run = SimpleNamespace(dag_id="ownvoice_train", run_id="manual", run_type="manual")
    with pytest.raises(SettingsError, match="no model could be promoted by it: the test split of version"):
        training_tasks.resolve_dataset(form | {"variants": {}, "publish_variant": None}, run)
    assert list(lake.store.objects("runs")) == []


@pytest.mark.parametrize(
    ("score", "is_published", "verdict"),
    [(0.3, True, "promoted"), (0.0, False, "not promoted"), (None, False, "not judged")],
)
def test_the_rule_decides_over_a_gated_publication_each_time_that_the_task_is_tried(
    lake, hub, monkeypatch, score, is_published, verdict
):
    monkeypatch.setenv("OWNVOICE_TRAINER_WHERE", "process")
    recipe = TrainingRecipe(hub_repository="ann/voice", promote="style_score")
    run = TrainingRun(run_id="run-1", lake=lake.uri, dataset_version=1, recipe=recipe)
    write_training_run(lake, run)
    leave_trained_run(lake, run)
    if score is not None:
        leave_style_report(lake, "run-1", score)
    told = SimpleNamespace(xcom_pull=lambda task_ids: {"run_id": "run-1"})
    context = {"params": recipe.model_dump(), "ti": told}
    for _ in range(2):
        with nullcontext() if is_published else pytest.raises(AirflowSkipException, match=f"{verdict}: "):
            training_tasks.skip_unpublishable(context)
    assert read_outcome(lake, "run-1").verdict == verdict


def tries(lake, dag_run):
    return lake.read_json(f"{RunKeys(lake_run_id(dag_run)).folder}/tries.json")


def test_an_end_that_no_retry_mends_is_not_tried_again(lake, stand_in_trainer, run_training, monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_EXIT", "9")  # out of memory
    done = run_training()
    assert done.state == "failed"
    assert states(done)["train"] == "failed"
    assert tries(lake, done) == 1
    assert read_training_report(lake, lake_run_id(done)).verdict == "not ended"


@pytest.mark.parametrize("code", [1, 13, 16, 137])
def test_an_end_that_time_may_mend_is_tried_again(lake, stand_in_trainer, run_training, monkeypatch, code):
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_EXIT", str(code))
    done = run_training()
    assert done.state == "success"
    assert tries(lake, done) == 2


def test_a_recipe_that_cannot_work_is_refused_before_anything_starts(lake, stand_in_trainer, run_training):
    done = run_training(warmup_steps=500, accumulation_steps=512)
    assert done.state == "failed"
    assert states(done)["resolve_dataset"] == "failed"
    assert states(done)["train"] == "upstream_failed"
    assert states(done)["write_report"] == "skipped"


def test_a_trainer_that_is_not_there_is_named(lake, run_training, monkeypatch, capfd):
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", "/nowhere/bin/python")
    done = run_training()
    assert done.state == "failed"
    assert "/nowhere/bin/python cannot be run" in capfd.readouterr().out


def test_a_cancelled_task_ends_its_process(lake, stand_in_trainer, tmp_path, monkeypatch):
    from airflow.sdk.exceptions import AirflowException

    from ownvoice.training.recipe import TrainingRecipe
    from ownvoice.training.run import TrainingRun, write_training_run

    marker = tmp_path / "started"
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_HANG", str(marker))
    run = TrainingRun(run_id="run-1", lake=lake.uri, dataset_version=1, recipe=TrainingRecipe())
    uri = write_training_run(lake, run)
    task = TrainerProcess(task_id="train", arguments=["-m", "ownvoice.training", "--recipe", uri])

    def cancel():
        while not (marker.exists() and marker.read_text()):  # created before it is written
            time.sleep(0.01)
        task.on_kill()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(AirflowException, match="resumes from what is stored"):
        task.execute({})
    canceller.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


SWEEP = {"chapter": {}, "soft": {"beta": 0.1}, "wide": {"lora_rank": 64, "lora_alpha": 64}}


def test_several_recipes_are_trained_compared_and_one_of_them_is_published(lake, stand_in_trainer, run_training, hub):
    done = run_training(hub_repository="ann/voice", variants=SWEEP, publish_variant="soft")
    assert done.state == "success", states(done)
    trained = [ti for ti in done.get_task_instances() if ti.task_id == "train"]
    assert sorted((ti.map_index, ti.rendered_map_index) for ti in trained) == [(0, "chapter"), (1, "soft"), (2, "wide")]
    comparison = lake.read_json(RunKeys(lake_run_id(done)).comparison)
    assert [one["run_id"] for one in comparison["trainings"]] == [f"{lake_run_id(done)}/{name}" for name in SWEEP]
    assert comparison["chosen"] == "soft"
    assert set(comparison["samples"][0]["trained"]) == set(SWEEP)
    assert [read_training_report(lake, f"{lake_run_id(done)}/{name}").publication is not None for name in SWEEP] == [
        False,
        True,
        False,
    ]
    model = lineage_of_model(lake, hub.repositories["ann/voice"].branches["main"])
    assert (model["run_id"], model["recipe"]["beta"]) == (f"{lake_run_id(done)}/soft", 0.1)


def test_a_recipe_that_does_not_train_keeps_no_other_from_being_published_and_turns_the_run_red(
    lake, stand_in_trainer, run_training, hub, monkeypatch
):
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_EXIT", "chapter:9")  # out of memory
    done = run_training(hub_repository="ann/voice", variants=SWEEP)
    assert done.state == "failed"
    trained = {ti.map_index: str(ti.state) for ti in done.get_task_instances() if ti.task_id == "train"}
    assert trained == {0: "failed", 1: "success", 2: "success"}
    assert {states(done)[name] for name in ("check_health", "publish_model", "write_report")} == {"success"}
    assert states(done)["all_done"] == "upstream_failed"
    assert read_training_report(lake, f"{lake_run_id(done)}/chapter").verdict == "not ended"
    assert read_training_report(lake, f"{lake_run_id(done)}/soft").publication


def test_recipes_are_trained_one_at_a_time_also_while_they_are_deferred(dags):
    assert dags["train_dpo"].get_task("train").max_active_tis_per_dagrun == 1


def context(run_type="manual", usd=50.0, **params):
    return {
        "dag_run": SimpleNamespace(run_type=run_type),
        "ti": SimpleNamespace(xcom_pull=lambda task_ids: [{"usd": usd}]),
        "params": params,
    }


def test_an_approval_is_asked_for_by_hand_and_above_the_price_alone(monkeypatch):

    training_tasks.skip_cheap_approval(context(usd=10.01))
    for needless in (context(usd=10.0), context(run_type="asset_triggered")):
        with pytest.raises(AirflowSkipException):
            training_tasks.skip_cheap_approval(needless)
    monkeypatch.setenv("OWNVOICE_TRAINER_APPROVE_ABOVE_USD", "100")
    with pytest.raises(AirflowSkipException, match="About 50.00 USD"):
        training_tasks.skip_cheap_approval(context())


def test_a_learning_curve_publishes_nothing_that_is_not_named(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_x")
    asked = {"hub_repository": "ann/voice", "learning_curve": True}
    with pytest.raises(AirflowSkipException, match="unless publish_variant names"):
        training_tasks.skip_unpublishable(context(**asked, publish_variant=None))
    training_tasks.skip_unpublishable(context(**asked, publish_variant="all-seed0"))


def test_no_answer_is_never_an_approval(dags):
    approval = dags["train_dpo"].get_task("approve_gpu")
    assert approval.defaults is None
    assert approval.response_timeout is not None


def test_a_new_version_trains_by_itself_only_once_enough_is_new(lake, dags, monkeypatch):

    monkeypatch.setenv("OWNVOICE_TRAINER_AFTER_NEW_PAIRS", "100000")
    params = filled_in(dags["train_dpo"], {})
    dag_run = SimpleNamespace(dag_id="train_dpo", run_id="asset-1", run_type="asset_triggered")
    with pytest.raises(AirflowSkipException, match="new pairs since the last training, of 100000"):
        training_tasks.resolve_dataset(params, dag_run)
    monkeypatch.setenv("OWNVOICE_TRAINER_AFTER_NEW_PAIRS", "1")
    (planned,) = training_tasks.resolve_dataset(params, dag_run)
    assert planned["dataset_version"] == 1


def test_the_form_has_every_field_of_the_recipe_in_four_sections(dags):
    from ownvoice.training.recipe import TrainingRecipe

    params = dags["train_dpo"].params
    asked = {"dataset_version", "variants", "publish_variant", "learning_curve", "curve_seeds"}
    assert set(params) == {*asked, *TrainingRecipe.model_fields}
    assert {param.schema["section"] for _, param in params.items()} == {"Data", "Model", "DPO", "Publish"}


MAKE_TOY = """
import pathlib, sys
from ownvoice.training.trainer.tiny import ToyShape, make_toy
shape = ToyShape(hidden=32, layers=2, reading_steps=2, instruction_steps=2)
make_toy(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), shape)
"""


def test_the_real_trainer_trains_a_toy(lake, run_training, monkeypatch):
    """The same DAG with the trainer's own environment; the toy has hardly read anything, which is enough here."""
    python = os.environ.get("OWNVOICE_TRAINER_PYTHON", str(REPOSITORY / ".venv-trainer" / "bin" / "python"))
    if not Path(python).exists():
        pytest.skip("the trainer's environment is not there: make trainer")
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", python)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "include"))
    toy = lake.uri.removeprefix("file://") + "/models/toy"
    subprocess.run([python, "-c", MAKE_TOY, str(SAMPLES), toy], check=True, timeout=120)
    done = run_training(sample_tokens=8, learning_rate=1e-3, merge_dtype="float32")
    assert states(done)["train"] == "success", states(done)
    report = read_training_report(lake, lake_run_id(done))
    assert report.result.is_trained
    assert [answer.question for answer in report.samples]
    assert b"<polyline" in lake.store.read(report.curves_key)
