"""A lake as some weeks of refreshes leave it: the sample articles arrive one by one, and the model has bad days."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.errors import OwnvoiceError
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import running_model_server
from stand_ins.places import SAMPLES

ARTICLES = sorted(SAMPLES.glob("*.md"))
# Made up, as the model is: so that there is a column of costs to look at.
PRICE = ModelPrice(
    input_usd_per_million_tokens=0.15, output_usd_per_million_tokens=0.6, source="none", seen_on=dt.date(2026, 1, 1)
)


def run_id_of(date: dt.date) -> str:
    """Return the id of a run of that night, as Airflow gives it to one that is triggered."""
    return f"manual__{date}T02:00:00+00:00"


def refresh_once(
    lake: Lake, source: Path, date: dt.date, *, faults: float = 1.0, run_id: str | None = None, **fields: Any
) -> RefreshReport | None:
    """Run one night; return its report, or None where it ended red."""
    recipe = GenerationRecipe(model=OFFLINE_MODEL, min_chunk_chars=500, max_chunk_chars=1000)
    given: Mapping[str, Any] = {
        "max_generation_tasks": 6,
        "prices": {OFFLINE_MODEL: PRICE},
        "reconcile_every_days": 1,
    } | fields
    run = RefreshRun(
        run_id=run_id or run_id_of(date), refresh_date=date, articles_uri=source.as_uri(), recipe=recipe, **given
    )
    behaviour = Behaviour(offline_answers=True, bad_day=faults, median_s=0.05)
    with running_model_server(behaviour) as model:
        access = ModelAccess(model.base_url, model.api_key, patience_s=0.1)
        try:
            return refresh(lake, ObjectStore(source.as_uri()), run, lambda _: access, lambda _: None, lambda _: None)
        except OwnvoiceError:
            return None


def refresh_many(lake: Lake, source: Path, last: dt.date, nights: int) -> None:
    """Run so many nights up to `last`: an article a night, over and over with another title, and two bad nights."""
    source.mkdir(parents=True, exist_ok=True)
    for night in range(nights):
        date = last - dt.timedelta(days=nights - 1 - night)
        sample = ARTICLES[night % len(ARTICLES)]
        shutil.copy(sample, source / sample.name)
        if night >= len(ARTICLES):
            with (source / sample.name).open("a") as file:
                file.write(f"\n\n## Later, in {date:%B}\n\n{_afterthought(date)}\n")
        refresh_once(lake, source, date, faults=5.0 if night in (nights - 4, nights - 1) else 1.0)


def _afterthought(date: dt.date) -> str:
    return " ".join(
        f"I read this again on day {date.day + turn} and I’d still stand by line {turn}, though that’s a big word."
        for turn in range(8)
    )
