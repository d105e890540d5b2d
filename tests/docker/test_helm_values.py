"""docker/helm/values.yaml and values-celery.yaml: keys of the chart, options of Airflow, our settings, no secret."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
import yaml

from stand_ins.docker_files import ROOT, airflow_option_problems, ownvoice_setting_problems
from stand_ins.kubernetes_manifests import unknown_keys
from stand_ins.recorded_keys import problems

HELM = ROOT / "docker" / "helm"
KEYS = "chart_1_22_0_keys.yaml"


def read(name: str) -> dict[str, Any]:
    """Return a file of docker/helm as YAML reads it."""
    return yaml.safe_load((HELM / name).read_text())


def merged(base: Any, over: Any) -> Any:
    """Return `base` with `over` laid on it, as Helm lays one file of values on another."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return base | {key: merged(base.get(key), value) for key, value in over.items()}


@pytest.fixture(params=["kubernetes", "celery"])
def values(request) -> dict[str, Any]:
    """The values of each executor."""
    values = read("values.yaml")
    return values if request.param == "kubernetes" else merged(values, read("values-celery.yaml"))


@pytest.fixture
def variables(values) -> dict[str, str]:
    """The variables that every Airflow pod gets from the values."""
    return {one["name"]: one["value"] for one in values["env"]}


def test_every_key_and_type_is_one_of_the_chart(values):
    assert problems(values, KEYS) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("securityContexts", "container"), {}),  # `containers` where it is of all pods
        (("workers", "resources"), {}),  # deprecated in favour of two
        (("webserver",), {"replicas": 1}),  # of Airflow 2
        (("apiServer", "podDisruptionBudget", "maxUnavailable"), 1),
        (("fernetKeySecret",), "name"),
        (("extraEnvFrom",), [{"secretRef": {"name": "x"}}]),  # a string, which the chart fills in
        (("env",), {"OWNVOICE_LAKE": "s3://lake"}),
        (("triggerer", "replicas"), "2"),
    ],
)
def test_a_key_or_type_that_the_chart_does_not_know_is_found(path, value):
    wrong = copy.deepcopy(read("values.yaml"))
    place = wrong
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    assert problems(wrong, KEYS)


def test_every_variable_is_a_setting_or_an_airflow_connection(variables):
    assert ownvoice_setting_problems(variables) == []
    others = [name for name in variables if not name.startswith(("OWNVOICE_", "AIRFLOW_CONN_"))]
    assert airflow_option_problems(others) == [] == [name for name in others if not name.startswith("AIRFLOW__")]


def test_every_option_of_the_config_is_one_of_airflow(values):
    options = [f"AIRFLOW__{section}__{name}" for section, names in values["config"].items() for name in names]
    assert airflow_option_problems(options) == []


def test_the_settings_are_valid_as_they_stand_and_the_price_is_empty(variables, monkeypatch):
    from ownvoice.config.settings import load_settings
    from ownvoice.training.settings import load_training_settings

    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert load_settings().lake.startswith("s3://")
    training = load_training_settings()
    assert variables["OWNVOICE_TRAINER_GPU_USD_PER_HOUR"] == ""
    assert training.gpu_usd_per_hour == 0
    assert f"AIRFLOW_CONN_{training.kubernetes_conn_id}".upper() in variables
    for name, value in variables.items():
        if name.startswith("AIRFLOW_CONN_"):
            assert json.loads(value)["extra"]["namespace"] == training.namespace


def test_nothing_of_a_lake_or_a_log_is_on_one_machine(values, variables):
    addresses = [variables["OWNVOICE_LAKE"], variables["OWNVOICE_ARTICLES"]]
    addresses.append(values["config"]["logging"]["remote_base_log_folder"])
    assert all(address.startswith("s3://") for address in addresses)
    for place in (values["dags"]["persistence"], values["dags"]["gitSync"], values["logs"]["persistence"]):
        assert place == {"enabled": False}
    assert values["triggerer"]["persistence"] == {"enabled": False}


def test_every_secret_comes_by_name_and_none_stands_in_the_values(values):
    named = [values["fernetKeySecretName"], values["apiSecretKeySecretName"], values["jwtSecretName"]]
    named += values["data"].values()
    assert all(name.startswith("ownvoice-") for name in named)
    assert values["createUserJob"] == {"enabled": False}, "the chart's user is admin with the password admin"
    for name in ("values.yaml", "values-celery.yaml"):
        without_comments = re.sub(r"#.*", "", (HELM / name).read_text())
        assert not re.search(r"://[^/\s:]+:[^@\s]+@", without_comments)
        assert not re.search(r"(?i)^\s*(password|token|fernetKey|apiSecretKey|jwtSecret):", without_comments, re.M)


def test_the_chart_s_own_database_and_broker_are_off(values):
    assert values["postgresql"] == values["redis"] == {"enabled": False}
    celery = values["executor"] == "CeleryExecutor"
    assert ("brokerUrlSecretName" in values["data"]) == celery
    assert ("resultBackendSecretName" in values["data"]) == celery


def test_only_an_executor_that_starts_pods_may_start_them_in_airflow_s_namespace(values):
    assert values["allowPodLaunching"] == (values["executor"] == "KubernetesExecutor")


def test_the_image_is_that_of_the_airflow_whose_options_were_checked(values):
    from importlib.metadata import version

    assert values["airflowVersion"] == version("apache-airflow")
    assert values["defaultAirflowDigest"] is None, "no image was pushed yet: a digest here was not observed"


def test_what_the_chart_hands_on_to_kubernetes_is_what_kubernetes_knows(values):
    parts = [
        (values["securityContexts"]["pod"], "V1PodSecurityContext"),
        (values["securityContexts"]["containers"], "V1SecurityContext"),
        (values["apiServer"]["networkPolicy"]["ingress"]["from"], "list[V1NetworkPolicyPeer]"),
        (values["statsd"]["extraNetworkPolicies"], "list[V1NetworkPolicyPeer]"),
        (yaml.safe_load(values["extraEnvFrom"]), "list[V1EnvFromSource]"),
    ]
    processes = [values[name] for name in ("apiServer", "scheduler", "dagProcessor", "triggerer")]
    processes += values["workers"].values()
    for process in processes:
        parts.append((process.get("resources", {}), "V1ResourceRequirements"))
        parts.append((process.get("podDisruptionBudget", {}).get("config", {}), "V1PodDisruptionBudgetSpec"))
    assert [list(unknown_keys(value, kind)) for value, kind in parts] == [[]] * len(parts)


def test_a_budget_never_blocks_a_node_that_is_to_be_drained(values):
    processes = [values[name] for name in ("apiServer", "scheduler", "dagProcessor", "triggerer")]
    for process in [*processes, *([values["workers"]["celery"]] if values["executor"] == "CeleryExecutor" else [])]:
        assert process["podDisruptionBudget"] == {"enabled": True, "config": {"maxUnavailable": 1}}
        assert process["resources"]["requests"].keys() >= {"cpu", "memory"}
