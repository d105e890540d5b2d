"""What only one machine has is refused, in one sentence and before anything is written, where tasks run on several."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.executors import executor_loader
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
from kubernetes.client import V1Container, V1EnvVar, V1Pod, V1PodSpec

from ownvoice.airflow.connections import open_lake
from ownvoice.airflow.executors import refuse_folders, refuse_single_machine, refuse_trainer, remote_executor
from ownvoice.config.generators import Generator, RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import SettingsError
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.training.settings import TrainingSettings
from stand_ins.night import article

SEVERAL = {
    "CeleryExecutor": "CeleryExecutor",
    "KubernetesExecutor": "KubernetesExecutor",
    "LocalExecutor,CeleryExecutor": "CeleryExecutor",
    "CeleryExecutor, KubernetesExecutor": "CeleryExecutor",
    "pods:KubernetesExecutor": "KubernetesExecutor",
    "airflow.providers.celery.executors.celery_executor.CeleryExecutor": "CeleryExecutor",
    "LocalExecutor,far:airflow.providers.edge3.executors.EdgeExecutor": "EdgeExecutor",
    "LocalExecutor;ml=CeleryExecutor": "CeleryExecutor",
}
ONE = (
    "LocalExecutor",
    "here:LocalExecutor",
    "airflow.executors.local_executor.LocalExecutor",
    f"{__name__}.OurLocalExecutor",
)
"""Values of Airflow's [core] executor; of those that run tasks on several machines: which one the message names."""


class OurLocalExecutor(executor_loader.import_string("airflow.executors.local_executor.LocalExecutor")):
    """An executor of somebody's own, which is Airflow's with something added."""


@pytest.fixture
def executor(monkeypatch):
    """Configure Airflow's executor, and let Airflow forget the one before."""
    monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", "True")

    def configure(value: str) -> None:
        monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", value)
        monkeypatch.setattr(executor_loader, "_executor_names", [])

    configure("LocalExecutor")
    return configure


@pytest.fixture
def a_run(tmp_path):
    def make(**fields):
        given = {"articles_uri": "s3://articles/blog", "evaluation_sets": (), "recipe": GenerationRecipe()}
        return SimpleNamespace(**{**given, "addresses": {"llm_api": "https://api.example.com/v1"}, **fields})

    return make


@pytest.mark.parametrize(("value", "named"), SEVERAL.items())
def test_an_executor_that_runs_tasks_elsewhere_is_known_however_it_is_written(executor, value, named):
    executor(value)
    assert remote_executor() == named


@pytest.mark.parametrize("value", ONE)
def test_an_executor_that_runs_tasks_beside_the_scheduler_is_none_of_them(executor, value):
    executor(value)
    assert remote_executor() is None


def test_a_pod_of_the_kubernetes_executor_knows_that_it_is_one_whatever_its_template_says(executor, monkeypatch):
    template = V1Container(name="base", env=[V1EnvVar("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")])
    pod = PodGenerator.construct_pod(
        "refresh_preferences", "plan_batches", "a-pod", 1, "registry.example/airflow@sha256:0123", None, ["true"],
        None, V1Pod(spec=V1PodSpec(containers=[template])), "airflow", "1",
    )  # fmt: skip
    for variable in pod.spec.containers[0].env:
        monkeypatch.setenv(variable.name, variable.value)
    assert remote_executor() == "KubernetesExecutor"


def test_a_celery_task_knows_that_it_is_one_whatever_its_worker_was_told(executor):
    import celery

    app = celery.Celery("here", task_always_eager=True, set_as_current=False)
    assert app.task(remote_executor).delay().get() == "CeleryExecutor"
    assert remote_executor() is None


@pytest.mark.parametrize("place", ["OWNVOICE_LAKE", "OWNVOICE_ARTICLES", "OWNVOICE_EVALUATION_SETS"])
def test_a_folder_is_refused_by_the_name_of_its_setting(executor, a_run, monkeypatch, tmp_path, place):
    uri = tmp_path.as_uri()
    monkeypatch.setenv("OWNVOICE_LAKE", uri if place == "OWNVOICE_LAKE" else "s3://lake/voice")
    run = a_run(**{"OWNVOICE_ARTICLES": {"articles_uri": uri}, "OWNVOICE_EVALUATION_SETS": {"evaluation_sets": [uri]}}
                .get(place, {}))  # fmt: skip
    refuse_single_machine(run)
    executor("CeleryExecutor")
    with pytest.raises(SettingsError, match=f"^{place} .*{uri}.*CeleryExecutor.*s3://.*OWNVOICE_FOLDERS_ARE_SHARED"):
        refuse_single_machine(run)
    monkeypatch.setenv("OWNVOICE_FOLDERS_ARE_SHARED", "true")
    refuse_single_machine(run)


def test_the_lake_of_the_default_is_refused_wherever_a_task_or_page_opens_it(executor, monkeypatch, tmp_path):
    monkeypatch.delenv("OWNVOICE_LAKE", raising=False)
    monkeypatch.chdir(tmp_path)
    executor("KubernetesExecutor")
    with pytest.raises(SettingsError, match="OWNVOICE_LAKE .*KubernetesExecutor"):
        open_lake()
    assert list(Path(tmp_path).iterdir()) == [], "nothing is written"


def test_a_refused_refresh_asks_nothing_and_leaves_nothing(executor, run_refresh, offline_model, monkeypatch, tmp_path):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text(article("a"))
    llm = {"conn_type": "http", "host": offline_model.base_url, "password": offline_model.api_key}
    monkeypatch.setenv("AIRFLOW_CONN_LLM_API", json.dumps(llm))
    monkeypatch.setenv("OWNVOICE_ARTICLES", (tmp_path / "articles").as_uri())
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    executor("LocalExecutor,CeleryExecutor")
    refused = run_refresh()
    states = {ti.task_id: str(ti.state) for ti in refused.get_task_instances()}
    assert refused.state == "failed"
    assert (states["list_new_articles"], states["plan_batches"]) == ("failed", "upstream_failed")
    assert offline_model.requests_served == 0
    assert not (tmp_path / "lake").exists()


def test_all_folders_are_named_at_once(executor, tmp_path):
    executor("CeleryExecutor")
    with pytest.raises(SettingsError, match="OWNVOICE_LAKE .* and OWNVOICE_ARTICLES "):
        refuse_folders(("OWNVOICE_LAKE", "file:///lake"), ("OWNVOICE_ARTICLES", "file:///articles"))


@pytest.mark.parametrize("address", ["http://127.0.0.1:8321/v1", "http://localhost:8321/v1", "http://[::1]:8321/v1"])
@pytest.mark.parametrize(
    "recipe",
    [
        GenerationRecipe(model=OFFLINE_MODEL),
        GenerationRecipe(generators=(Generator(model="real"), Generator(model=f"{OFFLINE_MODEL}-b"))),
        GenerationRecipe(model="real", rejected_by=RejectedBy(model=OFFLINE_MODEL)),
    ],
    ids=["only model", "one of several", "second model"],
)
def test_the_offline_model_of_one_machine_is_refused(executor, a_run, monkeypatch, recipe, address):
    monkeypatch.setenv("OWNVOICE_LAKE", "s3://lake/voice")
    run = a_run(recipe=recipe, addresses={"llm_api": address})
    refuse_single_machine(run)
    executor("CeleryExecutor")
    with pytest.raises(SettingsError, match="offline model at .*CeleryExecutor.*llm_api"):
        refuse_single_machine(run)


def test_an_offline_model_that_every_machine_reaches_is_not(executor, a_run, monkeypatch):
    monkeypatch.setenv("OWNVOICE_LAKE", "s3://lake/voice")
    executor("CeleryExecutor")
    recipe = GenerationRecipe(model=OFFLINE_MODEL)
    refuse_single_machine(a_run(recipe=recipe, addresses={"llm_api": "http://offline-model:8321/v1"}))


def test_a_trainer_process_needs_its_python_on_each_machine(executor, tmp_path):
    lacking, present = TrainingSettings(python=str(tmp_path / "none")), TrainingSettings(python=sys.executable)
    refuse_trainer(lacking)
    executor("CeleryExecutor")
    refuse_trainer(present)
    with pytest.raises(SettingsError, match=r"none on this machine.*CeleryExecutor.*KUBERNETES_CONN_ID"):
        refuse_trainer(lacking)


def test_a_trainer_is_asked_for_what_its_own_place_needs(executor, tmp_path, monkeypatch):
    none = str(tmp_path / "none")
    monkeypatch.setenv("OWNVOICE_LAKE", "file:///lake")
    refuse_trainer(TrainingSettings(python=sys.executable, where="process", kubernetes_conn_id="gpus"))
    monkeypatch.setenv("OWNVOICE_LAKE", "s3://lake/voice")
    executor("CeleryExecutor")
    refuse_trainer(TrainingSettings(python=none, where="elsewhere"))
    refuse_trainer(TrainingSettings(python=none, where="elsewhere", kubernetes_conn_id="gpus"))
    with pytest.raises(SettingsError, match="none on this machine"):
        refuse_trainer(TrainingSettings(python=none, where="process", kubernetes_conn_id="gpus"))


def test_a_trainer_pod_needs_a_lake_that_it_reaches_under_any_executor(executor, monkeypatch):
    pod = TrainingSettings(python="/none", kubernetes_conn_id="gpus", image="registry.example/trainer@sha256:0123")
    monkeypatch.setenv("OWNVOICE_LAKE", "file:///lake")
    with pytest.raises(SettingsError, match=r"^OWNVOICE_LAKE \(file:///lake\).* a pod on another.*s3://"):
        refuse_trainer(pod)
    monkeypatch.setenv("OWNVOICE_FOLDERS_ARE_SHARED", "true")
    refuse_trainer(pod)
    monkeypatch.setenv("OWNVOICE_FOLDERS_ARE_SHARED", "false")
    monkeypatch.setenv("OWNVOICE_LAKE", "s3://lake/voice")
    executor("CeleryExecutor")
    refuse_trainer(pod)
