"""What the settings of a pod refuse before a cluster sees it; a value that may be a key is in no message."""

from __future__ import annotations

import json

import pytest

from ownvoice.errors import SettingsError
from ownvoice.training.settings import load_training_settings


def load(monkeypatch, name, value):
    monkeypatch.setenv(f"OWNVOICE_TRAINER_{name}", value if isinstance(value, str) else json.dumps(value))
    return load_training_settings()


@pytest.mark.parametrize(
    "variables",
    [
        {"NCCL_DEBUG": "INFO", "TOKENIZERS_PARALLELISM": "false"},
        {"HTTPS_PROXY": "http://proxy.example:3128"},
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token", "HF_TOKEN_PATH": "/keys/hub"},
        {"MONKEY": "a", "KEYBOARD": "us", "AWS_REGION": "eu-central-1"},
    ],
    ids=lambda variables: ", ".join(variables),
)
def test_variables_that_are_no_secret_are_taken(monkeypatch, variables):
    assert load(monkeypatch, "ENVIRONMENT", variables).environment == variables


SECRET = "not-to-be-shown"
SECRETS = {
    **dict.fromkeys(("HF_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), SECRET),
    **dict.fromkeys(("COMET_API_KEY", "WANDB_API_KEY", "PGPASSWORD", "DB_PASSWORD", "hf_token", "APIKEY"), SECRET),
    "HTTPS_PROXY": f"http://ann:{SECRET}@proxy.example",
    "NAME": "hf_" + "a" * 30 + SECRET,
    "OTHER": f"AKIAABCDEFGHIJKLMNOP {SECRET}",
}


@pytest.mark.parametrize("name", SECRETS)
def test_what_looks_like_a_key_is_sent_to_a_secret_and_not_shown(monkeypatch, name):
    with pytest.raises(SettingsError, match=f"the variable {name} looks like a key") as caught:
        load(monkeypatch, "ENVIRONMENT", {name: SECRETS[name]})
    assert "OWNVOICE_TRAINER_TRAIN_SECRETS" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["HOME", "TMPDIR", "PATH", "PYTHONPATH", "HF_HUB_CACHE", "OWNVOICE_TRAINER_IMAGE"])
def test_a_variable_that_ownvoice_sets_is_refused(monkeypatch, name):
    with pytest.raises(SettingsError, match=f"the variable {name} is set by Ownvoice"):
        load(monkeypatch, "ENVIRONMENT", {name: "x"})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ENVIRONMENT", {"A-B": "x"}, "'A-B' is no name of a variable"),
        ("ENVIRONMENT", {"A": 1}, "OWNVOICE_TRAINER_ENVIRONMENT"),
        ("LABELS", {"dag_id": "x"}, "the label dag_id is set by Airflow or Ownvoice"),
        ("LABELS", {"app.kubernetes.io/name": "x"}, "is set by Airflow or Ownvoice"),
        ("LABELS", {"team": "a b"}, "has the value 'a b', which Kubernetes refuses"),
        ("LABELS", {"team": "a" * 64}, "which Kubernetes refuses"),
        ("LABELS", {"/x": "y"}, "'/x' is no name that Kubernetes takes"),
        ("LABELS", {"Example.com/x": "y"}, "is no name that Kubernetes takes"),
        ("ANNOTATIONS", {"a b": "y"}, "'a b' is no name that Kubernetes takes"),
        ("RUNTIME_CLASS", "NVIDIA", "OWNVOICE_TRAINER_RUNTIME_CLASS"),
        ("PRIORITY_CLASS", "a_b", "OWNVOICE_TRAINER_PRIORITY_CLASS"),
        ("SERVICE_ACCOUNT", "-x", "OWNVOICE_TRAINER_SERVICE_ACCOUNT"),
        ("BASE_CACHE_CLAIM", "a/b", "OWNVOICE_TRAINER_BASE_CACHE_CLAIM"),
        ("CAPACITY_TIMEOUT_S", "5", "OWNVOICE_TRAINER_CAPACITY_TIMEOUT_S"),
    ],
)
def test_what_kubernetes_would_refuse_is_refused_at_start(monkeypatch, name, value, words):
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, name, value)
    assert words in str(caught.value)


def test_labels_of_queues_and_teams_are_taken(monkeypatch):
    labels = {"kueue.x-k8s.io/queue-name": "gpus", "team": "voice", "empty": ""}
    assert load(monkeypatch, "LABELS", labels).labels == labels
