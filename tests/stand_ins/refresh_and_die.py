"""A refresh in a process of its own that kills itself with SIGKILL right after a named function has returned.

Run as: python refresh_and_die.py LAKE ARTICLES MODEL_URL MODE [MODULE:FUNCTION [SECOND_MODEL]]
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any, cast

from ownvoice.answering import asking
from ownvoice.config.generators import RejectedBy
from ownvoice.config.options import Mode
from ownvoice.config.run import RefreshRun
from ownvoice.llm.client import ModelAccess
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.dying import die_after
from stand_ins.night import RECIPE

IN_FLIGHT = 4


def main(lake_uri: str, articles_uri: str, model_url: str, mode: Mode, place: str = "", second_model: str = "") -> None:
    """Run the refresh `the-run`; with a place, up to there; with a second model, that writes the rejected answers."""
    second = RejectedBy(model=second_model) if second_model else None
    if place:
        die_after(place)
    run = RefreshRun(
        run_id="the-run",
        refresh_date=dt.date(2026, 2, 1),
        articles_uri=articles_uri,
        recipe=RECIPE.model_copy(update={"rejected_by": second}),
        max_generation_tasks=3,
        mode=mode,
    )
    access = ModelAccess(model_url, "offline", max_requests_in_flight=IN_FLIGHT)
    asking._POLL_INTERVAL_S = 0.01
    refresh(Lake(lake_uri), ObjectStore(articles_uri), run, lambda _: access, lambda _: None, lambda _: None)


if __name__ == "__main__":
    main(*cast(Any, sys.argv[1:]))
