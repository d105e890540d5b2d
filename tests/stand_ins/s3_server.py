"""A moto server: S3's own protocol over a real connection, in a process of its own.

Not a thread: deltalake holds Python's lock while it reads a table's history from S3, and would wait for itself.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ownvoice.storage.aws import AwsAccess


@contextlib.contextmanager
def running_s3_server(log: Path, *program: str) -> Iterator[AwsAccess]:
    """Yield the way into an empty server; it writes a line a request to `log`. `program` is for Python to run."""
    port = free_port()
    command = [sys.executable, *(program or ("-m", "moto.server")), "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        try:
            wait_until_it_listens(port)
            yield AwsAccess("test-key", "test-secret", region="us-east-1", endpoint_url=f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def make_bucket(access: AwsAccess, name: str) -> str:
    """Make a bucket, empty it if it was there, and return its URI."""
    _s3(access).create_bucket(Bucket=name).objects.all().delete()
    return f"s3://{name}"


def make_versioned(access: AwsAccess, uri: str) -> str:
    """Let the bucket keep every version of its objects; return its URI."""
    _s3(access).BucketVersioning(uri.removeprefix("s3://")).enable()
    return uri


def enforce_policies(access: AwsAccess, *actions: str) -> AwsAccess:
    """Return the access of a user who may do `actions` and nothing else; from now on the server refuses all others."""
    import httpx

    iam = _session(access).client("iam", endpoint_url=access.endpoint_url)
    iam.create_user(UserName="reader")
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="reader", PolicyName="reader", PolicyDocument=policy)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    httpx.post(f"{access.endpoint_url}/moto-api/reset-auth", content="0").raise_for_status()
    return replace(access, access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])


def client_of(access: AwsAccess) -> Any:
    """Return a client of the test's own, which sees what the server holds."""
    return _session(access).client("s3", endpoint_url=access.endpoint_url)


def _s3(access: AwsAccess) -> Any:
    return _session(access).resource("s3", endpoint_url=access.endpoint_url)


def _session(access: AwsAccess) -> Any:
    import boto3

    return boto3.Session(access.access_key_id, access.secret_access_key, region_name=access.region)


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_listens(port: int) -> None:
    """Return when something listens on `port`."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listened on port {port} within a minute")
