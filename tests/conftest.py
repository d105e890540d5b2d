"""What tests share: a lake, an S3 server, a stand-in model and Hub, and the book's articles where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.llm.answers import AnswerStore
from ownvoice.offline_model.server import OfflineModel, running_offline_model
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.hostile_articles import write_hostile_articles
from stand_ins.hub import WRITER, StandInHub
from stand_ins.hub_server import running_hub
from stand_ins.model_behaviour import QUICK
from stand_ins.model_process import ModelProcess, running_model_process
from stand_ins.model_server import ModelServer, running_model_server
from stand_ins.places import BOOK, REPOSITORY, SAMPLES, TESTS
from stand_ins.radosgw import missing_programs, running_radosgw
from stand_ins.s3_server import make_bucket, running_s3_server

# No test is judged by the clock of the machine that it runs on.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def offline_model() -> Iterator[OfflineModel]:
    with running_offline_model() as model:
        yield model


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInHub]:
    """Sign in to a stand-in Hub, in this process and in those that it starts."""
    with running_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", WRITER)
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")  # the stand-in stores files the older way
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
        yield hub


@pytest.fixture(scope="session")
def s3_access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsAccess]:
    with running_s3_server(tmp_path_factory.mktemp("s3") / "requests.log") as access:
        yield access


@pytest.fixture(scope="session")
def forgetful_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AwsAccess, Path]]:
    """Yield the way into a server on which every racer wins, and the file that names the races."""
    log = tmp_path_factory.mktemp("forgetful") / "requests.log"
    with running_s3_server(log, str(TESTS / "stand_ins" / "forgetful_s3.py")) as access:
        yield access, log


@pytest.fixture(scope="session")
def radosgw_access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsAccess]:
    """Sign in to a production S3 server, Ceph's; skip where it is not installed."""
    if missing := missing_programs():
        pytest.skip(f"no {', '.join(missing)} here: apt-get install ceph-mon ceph-osd ceph-common radosgw")
    with running_radosgw(tmp_path_factory.mktemp("radosgw")) as access:
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


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model_server() as running:
        yield running


@pytest.fixture(scope="module")
def model_process() -> Iterator[ModelProcess]:
    with running_model_process(QUICK) as running:
        yield running


@pytest.fixture
def quick_model(model_process: ModelProcess) -> ModelProcess:
    """A model in a process of its own, with empty records; a test may give it another behaviour."""
    model_process.reset(QUICK)
    return model_process


@pytest.fixture
def answers(tmp_path: Path) -> AnswerStore:
    return AnswerStore(ObjectStore(tmp_path.as_uri()))


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ownvoice.llm.failures._MAX_WAIT_S", 0.01)


def run_night(folder: Path, articles: Path, **fields) -> tuple[Lake, RefreshReport]:
    from stand_ins.offline_night import offline_night  # the trainer's environment lacks what a refresh imports

    lake = Lake((folder / "lake").as_uri())
    return lake, offline_night(lake, articles, **fields)


@pytest.fixture(scope="session")
def night(tmp_path_factory) -> tuple[Lake, RefreshReport]:
    return run_night(tmp_path_factory.mktemp("samples"), SAMPLES)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> tuple[Lake, RefreshReport]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "articles").mkdir()
    write_hostile_articles(folder / "articles")
    (folder / "articles" / "<img src=x onerror=document.title='owned'>.md").write_bytes(b"\xff\xfe")
    return run_night(folder, folder / "articles")


@pytest.fixture
def refreshed():
    """Run a night of the sample articles into a folder; return its lake and its report."""
    return lambda folder, **fields: run_night(folder, SAMPLES, **fields)
