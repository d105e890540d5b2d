"""Nights whose pages are looked at: of the sample articles, and of articles that attack their readers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ownvoice.lake import Lake
from ownvoice.recipe import GenerationRecipe
from ownvoice.refresh import refresh
from ownvoice.run import RefreshRun
from ownvoice.stores import ObjectStore
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.offline_model import OFFLINE_MODEL, running_offline_model
from stand_ins.hostile_articles import write_hostile_articles

SAMPLES = Path(__file__).parent.parent.parent / "samples" / "articles"


def run_night(folder: Path, articles: Path, **fields) -> tuple[Lake, dict]:
    lake = Lake((folder / "lake").as_uri())
    given = {
        "run_id": "night",
        "refresh_date": dt.date(2026, 4, 1),
        "recipe": GenerationRecipe(model=OFFLINE_MODEL),
        "max_generation_tasks": 1,
    } | fields
    run = RefreshRun(articles_uri=articles.as_uri(), **given)
    with running_offline_model() as model:
        access = ModelAccess(model.base_url, model.api_key)
        return lake, refresh(lake, ObjectStore(run.articles_uri), run, lambda _: access, lambda _: None, lambda _: None)


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
