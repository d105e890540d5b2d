"""Nights whose pages are looked at: of the sample articles, and of articles that attack their readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ownvoice.storage.lake import Lake
from stand_ins.hostile_articles import write_hostile_articles
from stand_ins.offline_night import offline_night

SAMPLES = Path(__file__).parent.parent.parent / "samples" / "articles"


def run_night(folder: Path, articles: Path, **fields) -> tuple[Lake, dict]:
    lake = Lake((folder / "lake").as_uri())
    return lake, offline_night(lake, articles, **fields)


@pytest.fixture(scope="session")
def night(tmp_path_factory) -> tuple[Lake, dict]:
    return run_night(tmp_path_factory.mktemp("samples"), SAMPLES)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> tuple[Lake, dict]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "articles").mkdir()
    write_hostile_articles(folder / "articles")
    (folder / "articles" / "<img src=x onerror=document.title='owned'>.md").write_bytes(b"\xff\xfe")
    return run_night(folder, folder / "articles")


@pytest.fixture
def refreshed():
    """Run a night of the sample articles into a folder; return its lake and its report."""
    return lambda folder, **fields: run_night(folder, SAMPLES, **fields)
