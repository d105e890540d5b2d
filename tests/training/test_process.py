"""The trainer's process gets the keys that it needs, and no other."""

from __future__ import annotations

import sys

import pytest

from ownvoice.training.process import start_trainer, trainer_environment

KEPT = ["PATH", "HOME", "LC_ALL", "https_proxy", "HTTPS_PROXY", "CUDA_VISIBLE_DEVICES", "HF_HOME", "AWS_PROFILE"]
WITHHELD = [
    *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "OWNVOICE_LLM_API_KEY", "GITHUB_TOKEN", "DATABASE_URL"),
    *("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW_CONN_LLM_API", "MY_PATH", "KUBERNETES_SERVICE_HOST", "SECRET"),
]


@pytest.mark.parametrize("name", KEPT)
def test_what_a_trainer_reads_is_handed_on(name):
    assert trainer_environment({name: "x"}, {})[name] == "x"


@pytest.mark.parametrize("name", WITHHELD)
def test_a_key_that_it_does_not_need_stays_behind(name):
    assert name not in trainer_environment({name: "x"}, {})


def test_keys_to_aws_are_not_mixed_of_two_halves():
    inherited = {"AWS_SESSION_TOKEN": "theirs", "AWS_ACCESS_KEY_ID": "theirs", "HF_HOME": "/models"}
    keys = {"AWS_ACCESS_KEY_ID": "ours", "AWS_SECRET_ACCESS_KEY": "ours", "HF_TOKEN": "ours"}
    environment = trainer_environment(inherited, keys)
    assert environment == {**keys, "HF_HOME": "/models", "PYTHONUNBUFFERED": "1"}


def test_the_process_itself_sees_nothing_else(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret")
    show = ["-c", "import os; print(*sorted(os.environ))"]
    with start_trainer(sys.executable, show, keys={"HF_TOKEN": "x"}, is_attached=False) as process:
        names = process.stdout.read().split()
    assert "HF_TOKEN" in names
    assert "OPENAI_API_KEY" not in names
