"""Signing in: what boto3 finds reaches the tables as well as the objects."""

from __future__ import annotations

import pytest

from ownvoice.errors import StorageError
from ownvoice.storage.aws import AwsAccess, table_options


def test_a_temporary_key_reaches_the_tables_with_its_token():
    access = AwsAccess("key", "secret", "token", region="eu-west-1", endpoint_url="http://127.0.0.1:9")
    assert table_options(access) == {
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
        "aws_session_token": "token",
        "aws_region": "eu-west-1",
        "aws_endpoint": "http://127.0.0.1:9",
        "aws_virtual_hosted_style_request": "false",
        "aws_allow_http": "true",
    }


def test_a_lasting_key_has_no_token_and_an_endpoint_with_tls_stays_with_it():
    options = table_options(AwsAccess("key", "secret", region="eu-west-1", endpoint_url="https://store.example"))
    assert "aws_session_token" not in options
    assert "aws_allow_http" not in options


def test_where_boto3_finds_no_key_the_error_names_the_ways_to_give_one(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StorageError, match="no AWS credentials were found. Fill the Airflow connection"):
        table_options(AwsAccess())
