"""Airflow connections, or the usual environment variables, become the way to the stores and to the model."""

from __future__ import annotations

import json
import os

import pytest

from ownvoice.airflow.connections import model_access, open_lake, open_source
from ownvoice.airflow.retry_policy import RETRY_POLICY
from ownvoice.errors import (
    LostCommitError,
    ModelAccessError,
    ModelUnavailableError,
    SettingsError,
    StorageError,
    StorageUnavailableError,
)
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.stores import ObjectStore
from stand_ins.model_server import running_model_server

KEY = "sk-canary-4711-never-shown"
AWS = {"conn_type": "aws", "login": "AKIAEXAMPLE", "password": KEY}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    """No connection, no key, no profile: only what a test says is there."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "OPENAI_", "AIRFLOW_CONN_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("OWNVOICE_LAKE", "s3://lake/voice")


@pytest.fixture
def connect(monkeypatch):
    def set_connection(conn_id, **fields):
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))

    return set_connection


def test_an_aws_connection_becomes_the_access_to_its_store(connect):
    extra = {"region_name": "eu-central-1", "endpoint_url": "https://s3.example.com", "aws_session_token": "token-1"}
    connect("aws_articles", **AWS, extra=extra)
    access = open_source("s3://articles/blog").access
    assert access == AwsAccess("AKIAEXAMPLE", KEY, "token-1", "eu-central-1", "https://s3.example.com")


def test_the_lake_and_the_source_have_connections_of_their_own(connect):
    connect("aws_articles", **AWS | {"login": "reader"})
    connect("aws_lake", **AWS | {"login": "writer"})
    assert open_source("s3://articles/blog").access.access_key_id == "reader"
    assert open_lake().store.access.access_key_id == "writer"


def test_an_aws_connection_may_name_a_role_to_take_on(connect):
    connect("aws_lake", **AWS, extra={"role_arn": "arn:aws:iam::123456789012:role/voice"})
    assert open_lake().store.access.role_arn == "arn:aws:iam::123456789012:role/voice"


def test_without_a_connection_the_store_is_reached_with_the_environments_keys(s3_access, new_bucket, monkeypatch):
    bucket = new_bucket("environment-keys")
    ObjectStore(bucket, s3_access).write("one.md", b"# One")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_access.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_access.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_access.endpoint_url)
    source = open_source(bucket)
    assert source.access == AwsAccess()
    assert source.read("one.md") == b"# One"


def test_without_keys_anywhere_one_sentence_names_both_ways_to_the_store():
    with pytest.raises(StorageError, match=r"connection \(aws_articles, aws_lake\), or set AWS_ACCESS_KEY_ID"):
        open_source("s3://articles/blog")


@pytest.mark.parametrize(
    ("fields", "base_url"),
    [
        ({"conn_type": "openai"}, "https://api.openai.com/v1"),
        ({"conn_type": "http", "host": "https://models.example.com/v2"}, "https://models.example.com/v2"),
        ({"conn_type": "http", "host": "vllm", "port": 8000, "schema": "http"}, "http://vllm:8000/v1"),
        ({"conn_type": "http", "host": "models.example.com"}, "https://models.example.com/v1"),
    ],
)
def test_the_model_connection_becomes_the_access_to_its_endpoint(connect, monkeypatch, fields, base_url):
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example.com/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "another-key")
    connect("llm_api", **fields, password=KEY)
    access = model_access()
    assert (access.base_url, access.api_key) == (base_url, KEY)


def test_without_a_connection_the_model_is_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    assert model_access().base_url == "http://localhost:8000/v1"
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert model_access().api_key == KEY
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    assert model_access().base_url == "https://api.openai.com/v1"


def test_without_a_model_one_sentence_names_both_ways_to_one():
    with pytest.raises(SettingsError, match=r"connection llm_api .*or set OPENAI_API_KEY, and OPENAI_BASE_URL"):
        model_access()


def test_another_endpoint_of_the_recipe_has_a_connection_of_its_own_or_variables_of_its_name(connect, monkeypatch):
    connect("llm_api", conn_type="openai", password="another-key")
    monkeypatch.setenv("LLM_SFT_BASE_URL", "http://sft:8000/v1")
    assert (model_access("llm_sft").base_url, model_access("llm_sft").api_key) == ("http://sft:8000/v1", "none")
    connect("llm_sft", conn_type="http", host="vllm", port=8000, schema="http", password=KEY)
    assert (model_access("llm_sft").base_url, model_access("llm_sft").api_key) == ("http://vllm:8000/v1", KEY)
    with pytest.raises(SettingsError, match=r"connection llm_none .*or set LLM_NONE_API_KEY, and LLM_NONE_BASE_URL"):
        model_access("llm_none")


def test_the_settings_say_how_the_model_is_asked(connect, monkeypatch):
    connect("llm_api", conn_type="openai", password=KEY)
    monkeypatch.setenv("OWNVOICE_REQUEST_TIMEOUT_S", "7.5")
    monkeypatch.setenv("OWNVOICE_MAX_REQUESTS_IN_FLIGHT", "3")
    access = model_access()
    assert (access.request_timeout_s, access.max_requests_in_flight) == (7.5, 3)


def test_no_secret_shows_where_an_access_is_printed(connect):
    connect("aws_lake", **AWS, extra={"aws_session_token": f"{KEY}-token"})
    connect("llm_api", conn_type="openai", password=KEY)
    printed = f"{open_lake().store.access} {model_access()}"
    assert "AKIAEXAMPLE" in printed
    assert KEY not in printed


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (ModelAccessError, "fail"),
        (SettingsError, "fail"),
        (StorageError, "fail"),
        (ModelUnavailableError, "retry"),
        (StorageUnavailableError, "retry"),
        (LostCommitError, "retry"),
        (MemoryError, "default"),
    ],
)
def test_only_a_fault_that_a_retry_may_mend_is_retried(error, action):
    assert RETRY_POLICY.evaluate(error("what happened"), try_number=1, max_tries=3).action.value == action


def test_a_refused_key_fails_the_batch_at_once_and_is_shown_nowhere(run_refresh, monkeypatch, tmp_path, capfd):
    source = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    source.write("one.md", b"bad_key: The stand-in reads the first two words, and answers as a provider does.\n")
    monkeypatch.setenv("OWNVOICE_ARTICLES", source.uri)
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    with running_model_server() as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)  # of the two ways the one whose key Airflow does not mask in logs
        run = run_refresh()
    batch = run.get_task_instance("generate_batch", map_index=0)
    assert (run.state, batch.state, batch.try_number) == ("failed", "failed", 1)
    log = "".join(capfd.readouterr())
    assert f"{model.base_url}: the key is not accepted. Check the password of the Airflow connection `llm_api`" in log
    assert list(model.met.values()) == [["bad_key"]]
    kept = [*kept_by_airflow(run.run_id), *(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())]
    assert [text for text in (log, *kept) if KEY in str(text)] == []


def kept_by_airflow(run_id):
    """Return what the metadata database keeps of a run's tasks: the results they pass on and their rendered fields."""
    from airflow.models.renderedtifields import RenderedTaskInstanceFields
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    with create_session() as session:
        results = [row.value for row in session.query(XComModel).filter_by(run_id=run_id)]
        rendered = [row.rendered_fields for row in session.query(RenderedTaskInstanceFields).filter_by(run_id=run_id)]
    assert results
    assert rendered
    return results + rendered
