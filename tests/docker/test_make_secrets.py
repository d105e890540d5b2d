"""The secrets of docker/compose.yaml: made once, random, kept, and what Airflow and Ownvoice read in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from airflow.secrets.local_filesystem import LocalFilesystemBackend
from cryptography.fernet import Fernet
from sqlalchemy.engine import make_url

from ownvoice.airflow import connections
from stand_ins.docker_files import ROOT, made_secrets


@pytest.fixture
def folder(tmp_path):
    """A folder that is not there yet."""
    return tmp_path / "docker" / "secrets"


def test_what_is_there_is_kept_and_what_lacks_is_made_to_fit_it(folder):
    first = made_secrets(folder)
    (folder / "metadata_url").unlink()
    (folder / "connections.json").write_text("{}")
    second = made_secrets(folder)
    assert second == first | {"connections.json": "{}"}


def test_two_installations_share_no_secret(folder, tmp_path):
    one, other = made_secrets(folder), made_secrets(tmp_path / "other")
    assert one.keys() == other.keys()
    assert all(one[name] != other[name] for name in one)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_the_folder_is_closed_to_others_and_a_container_s_user_can_read_the_files(folder, umask):
    before = os.umask(umask)
    try:
        made_secrets(folder)
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}


def test_a_run_that_was_interrupted_leaves_no_secret_that_would_be_kept_half_made(folder, monkeypatch):
    folder.mkdir(parents=True)
    (folder / ".fernet_key").write_text("")
    made = made_secrets(folder)
    assert len(made["fernet_key"]) == 44
    assert ".fernet_key" not in made


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    script = ROOT / "docker" / "make_secrets.py"
    done = subprocess.run([sys.executable, script, tmp_path / "file" / "x"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert str(tmp_path / "file") in done.stderr


def test_the_addresses_hold_the_passwords_and_need_no_escaping(folder):
    made = made_secrets(folder)
    assert make_url(made["metadata_url"]).password == made["postgres_password"]
    assert make_url(made["metadata_url"]).drivername == "postgresql+psycopg2"
    assert urlsplit(made["broker_url"]).password == made["redis_password"]


def test_airflow_takes_the_keys(folder):
    made = made_secrets(folder)
    assert Fernet(made["fernet_key"]).decrypt(Fernet(made["fernet_key"]).encrypt(b"text")) == b"text"
    assert len(made["jwt_secret"]) >= 64  # HS512


def test_ownvoice_finds_lake_source_and_model_by_the_connections_that_airflow_reads(folder, monkeypatch):
    made = made_secrets(folder)
    backend = LocalFilesystemBackend(connections_file_path=str(folder / "connections.json"))
    monkeypatch.setattr(connections, "_connection", backend.get_connection)
    for name in ("aws_articles", "aws_lake"):
        access = connections._aws_access(name)
        assert (access.access_key_id, access.secret_access_key) == (made["s3_access_key"], made["s3_secret_key"])
        assert access.endpoint_url == "http://s3:9000"
    assert connections.model_access().base_url == "http://offline-model:8321/v1"
    assert set(json.loads(made["connections.json"])) == {"aws_articles", "aws_lake", "llm_api"}
