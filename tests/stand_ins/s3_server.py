"""A moto server: S3's own protocol over a real connection, in a process of its own.

Not a thread: deltalake holds Python's lock while it reads a table's history from S3, and would wait for itself.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ownvoice.stores import AwsAccess


@contextlib.contextmanager
def running_s3_server(log: Path) -> Iterator[AwsAccess]:
    """Yield the way into an empty server; it writes a line a request to `log`."""
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        try:
            _wait_until_it_listens(port)
            yield AwsAccess("test-key", "test-secret", region="us-east-1", endpoint_url=f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def make_bucket(access: AwsAccess, name: str) -> str:
    """Make a bucket, empty it if it was there, and return its URI."""
    import boto3

    s3: Any = boto3.resource(
        "s3",
        endpoint_url=access.endpoint_url,
        region_name=access.region,
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
    )
    s3.create_bucket(Bucket=name).objects.all().delete()
    return f"s3://{name}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_listens(port: int) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("the moto server did not listen within a minute")
