"""A refresh run on this machine, as `ownvoice refresh` and `ownvoice retry` start it."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ownvoice.cli.endpoints import open_endpoints
from ownvoice.cli.output import print_result
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.config.settings import Settings, new_run
from ownvoice.llm.endpoints import addresses_of
from ownvoice.refresh import refresh
from ownvoice.reports.text.progress import Progress
from ownvoice.reports.text.report import report_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore


def local_run(
    settings: Settings, recipe: GenerationRecipe, articles_uri: str, run_id: str | None, **fields: Any
) -> RefreshRun:
    """Return the run that the options ask for; where they name no run, a new one, named after the time in UTC."""
    now = dt.datetime.now(dt.UTC)
    return new_run(
        settings,
        recipe,
        run_id=run_id or f"manual__{now:%Y-%m-%dT%H%M%S.%fZ}",
        refresh_date=now.date(),
        articles_uri=articles_uri,
        # All chunks run at the same time in one process; several batches would only make them wait for each other.
        max_generation_tasks=1,
        max_active_generation_tasks=1,
        **fields,
    )


def refresh_and_print(settings: Settings, run: RefreshRun, *, offline: bool, as_json: bool) -> None:
    """Run a refresh, with its progress on standard error, and print its report.

    Where it is interrupted, what is said last is how to go on with it.
    """
    progress = Progress(sys.stderr)
    with open_endpoints(settings, offline) as endpoints:
        for name in () if run.dry_run else run.recipe.endpoints:
            endpoints(name)  # a missing key is told before the source is read
        if not offline:  # the offline model is at another port each time
            run = run.model_copy(update={"addresses": addresses_of(run.recipe.endpoints, endpoints)})
        source = ObjectStore(run.articles_uri)
        with _told_how_to_go_on(run):
            report = refresh(Lake(settings.lake), source, run, endpoints, progress.step, progress.chunks)
    print_result(report_lines(report), report.model_dump(mode="json"), as_json)


@contextmanager
def _told_how_to_go_on(run: RefreshRun) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print(
            f"ownvoice: stopped. The same command with `--run {run.run_id}` goes on with this run; no answer that is "
            "stored is paid for twice.",
            file=sys.stderr,
        )
        raise
