"""What tests share: a lake, an S3 server, the stand-in model, and the book's articles where they are at hand."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ownvoice.lake import Lake
from ownvoice.stores import AwsAccess
from ownvoice.triples.offline_model import OfflineModel, running_offline_model

REPOSITORY = Path(__file__).parent.parent
BOOK = REPOSITORY.parent / "shared" / "data" / "book"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def offline_model() -> Iterator[OfflineModel]:
    with running_offline_model() as model:
        yield model


@pytest.fixture(scope="session")
def s3_access() -> Iterator[AwsAccess]:
    """A moto server: S3's own protocol over a real connection.

    It is a process of its own, since deltalake holds Python's lock while it reads a table's history from S3.
    """
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(port)
        yield AwsAccess("test-key", "test-secret", region="us-east-1", endpoint_url=f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait()


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


@pytest.fixture
def new_bucket(s3_access: AwsAccess) -> Callable[[str], str]:
    """Make a bucket, empty it if it was there, and return its URI."""
    import boto3

    def make(name: str) -> str:
        s3 = boto3.resource(
            "s3",
            endpoint_url=s3_access.endpoint_url,
            region_name=s3_access.region,
            aws_access_key_id=s3_access.access_key_id,
            aws_secret_access_key=s3_access.secret_access_key,
        )
        bucket = s3.create_bucket(Bucket=name)
        bucket.objects.all().delete()
        return f"s3://{name}"

    return make


@pytest.fixture(scope="session")
def book_dir() -> Path:
    if not BOOK.is_dir():
        pytest.skip(f"the book's articles are not at {os.path.relpath(BOOK, REPOSITORY)}")
    return BOOK


@pytest.fixture(scope="session")
def book_articles(book_dir: Path) -> list[dict[str, Any]]:
    """The 76 raw articles: dicts with id, content (a dict: Title, Subtitle, Content, language), author_id, link."""
    return json.loads((book_dir / "raw_documents.json").read_text())["artifact_data"]
