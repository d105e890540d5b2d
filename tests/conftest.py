"""What tests share: a lake, an S3 server, the stand-in model, and the book's articles where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ownvoice.lake import Lake
from ownvoice.stores import AwsAccess
from ownvoice.triples.offline_model import OfflineModel, running_offline_model
from stand_ins.s3_server import make_bucket, running_s3_server

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
def s3_access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsAccess]:
    with running_s3_server(tmp_path_factory.mktemp("s3") / "requests.log") as access:
        yield access


@pytest.fixture
def new_bucket(s3_access: AwsAccess) -> Callable[[str], str]:
    return lambda name: make_bucket(s3_access, name)


@pytest.fixture(scope="session")
def book_dir() -> Path:
    if not BOOK.is_dir():
        pytest.skip(f"the book's articles are not at {os.path.relpath(BOOK, REPOSITORY)}")
    return BOOK


@pytest.fixture(scope="session")
def book_articles(book_dir: Path) -> list[dict[str, Any]]:
    """The 76 raw articles: dicts with id, content (a dict: Title, Subtitle, Content, language), author_id, link."""
    return json.loads((book_dir / "raw_documents.json").read_text())["artifact_data"]
