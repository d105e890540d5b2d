"""docker/try/bucket.py, as the container runs it, against a store over a real connection."""

from __future__ import annotations

import subprocess
import sys

import boto3
import pytest

from stand_ins.docker_files import ROOT, made_secrets
from stand_ins.s3_server import running_s3_server


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The way into an empty S3 server."""
    with running_s3_server(tmp_path_factory.mktemp("s3") / "s3.log") as access:
        yield access


@pytest.fixture
def environment(tmp_path, store):
    """The variables of the service `bucket`: its keys are a file that make_secrets.py made, its store is ours."""
    made_secrets(tmp_path)
    return {
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "aws_credentials"),
        "AWS_ENDPOINT_URL_S3": store.endpoint_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",  # where there are no keys, this machine is asked for none
    }


def fill(environment, bucket, articles=ROOT / "samples" / "articles"):
    """Run the script; return the finished process."""
    command = [sys.executable, ROOT / "docker" / "try" / "bucket.py", "--bucket", bucket]
    command += ["--articles", articles]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def keys(store, bucket):
    """Return the keys of a bucket."""
    session = boto3.Session(store.access_key_id, store.secret_access_key, region_name="us-east-1")
    return [one.key for one in session.resource("s3", endpoint_url=store.endpoint_url).Bucket(bucket).objects.all()]


def test_an_empty_store_gets_the_bucket_and_every_sample(store, environment):
    done = fill(environment, "ownvoice")
    assert done.returncode == 0, done.stderr
    samples = {f"articles/{path.name}" for path in (ROOT / "samples" / "articles").iterdir()}
    assert set(keys(store, "ownvoice")) == samples
    assert str(len(samples)) in done.stdout


def test_a_bucket_that_holds_articles_is_left_as_it_is(store, environment):
    session = boto3.Session(store.access_key_id, store.secret_access_key, region_name="us-east-1")
    bucket = session.resource("s3", endpoint_url=store.endpoint_url).create_bucket(Bucket="mine")
    bucket.put_object(Key="articles/own.md", Body=b"mine")
    done = fill(environment, "mine")
    assert (done.returncode, keys(store, "mine")) == (0, ["articles/own.md"])
    assert "left as it is" in done.stdout


def test_a_folder_without_articles_is_told_and_leaves_no_empty_source_behind_a_success(environment, tmp_path):
    done = fill(environment, "empty", tmp_path / "nowhere")
    assert done.returncode == 1
    assert "there are no articles in" in done.stderr


@pytest.mark.parametrize("fault", ["no server", "no key", "no such name"])
def test_a_store_that_cannot_be_filled_is_told_in_one_sentence(environment, fault):
    wrong = {
        "no server": ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9"),
        "no key": ("AWS_SHARED_CREDENTIALS_FILE", "/no"),
    }
    variable, value = wrong.get(fault, ("AWS_DEFAULT_REGION", "us-east-1"))
    bucket = "not/a/bucket" if fault == "no such name" else "ownvoice"
    done = fill(environment | {variable: value}, bucket)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"the bucket {bucket} could not be filled" in done.stderr
