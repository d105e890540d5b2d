"""One night over a folder of articles, answered by the offline model."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore


def offline_night(lake: Lake, articles: Path, **fields: Any) -> RefreshReport:
    """Run the whole night and return its report."""
    given = {
        "run_id": "night",
        "refresh_date": dt.date(2026, 4, 1),
        "recipe": GenerationRecipe(model=OFFLINE_MODEL),
        "max_generation_tasks": 1,
    } | fields
    run = RefreshRun(articles_uri=articles.as_uri(), **given)
    with running_offline_model() as model:
        access = ModelAccess(model.base_url, model.api_key)
        return refresh(lake, ObjectStore(run.articles_uri), run, lambda _: access, lambda _: None, lambda _: None)
