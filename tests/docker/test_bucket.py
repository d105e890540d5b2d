"""docker/try/bucket.py, as the container runs it, against a store over a real connection."""

from __future__ import annotations

import subprocess
import sys

import boto3
import pytest

from stand_ins.docker_files import ROOT
from stand_ins.s3_server import running_s3_server


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The way into an empty S3 server."""
    with running_s3_server(tmp_path_factory.mktemp("s3") / "s3.log") as access:
        yield access


@pytest.fixture
def secrets(tmp_path, store):
    """A folder with the keys, as Compose mounts them."""
    (tmp_path / "s3_access_key").write_text(f"{store.access_key_id}\n")
    (tmp_path / "s3_secret_key").write_text(f"{store.secret_access_key}\n")
    return tmp_path


def fill(endpoint, secrets, bucket):
    """Run the script; return the finished process."""
    command = [sys.executable, ROOT / "docker" / "try" / "bucket.py", "--endpoint", endpoint, "--bucket", bucket]
    command += ["--articles", ROOT / "samples" / "articles", "--secrets", secrets]
    return subprocess.run(command, capture_output=True, text=True)


def keys(store, bucket):
    """Return the keys of a bucket."""
    session = boto3.Session(store.access_key_id, store.secret_access_key, region_name="us-east-1")
    return [one.key for one in session.resource("s3", endpoint_url=store.endpoint_url).Bucket(bucket).objects.all()]


def test_an_empty_store_gets_the_bucket_and_every_sample(store, secrets):
    done = fill(store.endpoint_url, secrets, "ownvoice")
    assert done.returncode == 0, done.stderr
    samples = {f"articles/{path.name}" for path in (ROOT / "samples" / "articles").iterdir()}
    assert set(keys(store, "ownvoice")) == samples
    assert str(len(samples)) in done.stdout


def test_a_bucket_that_holds_articles_is_left_as_it_is(store, secrets):
    session = boto3.Session(store.access_key_id, store.secret_access_key, region_name="us-east-1")
    bucket = session.resource("s3", endpoint_url=store.endpoint_url).create_bucket(Bucket="mine")
    bucket.put_object(Key="articles/own.md", Body=b"mine")
    done = fill(store.endpoint_url, secrets, "mine")
    assert (done.returncode, keys(store, "mine")) == (0, ["articles/own.md"])
    assert "left as it is" in done.stdout


@pytest.mark.parametrize("fault", ["no server", "no key"])
def test_a_store_that_cannot_be_filled_is_told_in_one_sentence(store, secrets, fault):
    if fault == "no key":
        (secrets / "s3_secret_key").unlink()
    done = fill("http://127.0.0.1:9" if fault == "no server" else store.endpoint_url, secrets, "ownvoice")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "the bucket ownvoice at http" in done.stderr
