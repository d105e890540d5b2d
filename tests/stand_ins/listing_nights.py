"""Nights without a model: they list a source, plan, and commit what has changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from ownvoice.articles.changeset import Listing, read_listing
from ownvoice.articles.cursor import advance_cursor
from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.articles.table import ArticleRow, read_articles
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.commit import commit_version
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import latest_version

_FIRST_DAY = dt.date(2026, 3, 10)


class Nights:
    """Nights that list and commit without asking a model, one a day."""

    def __init__(self, lake: Lake, source: ObjectStore) -> None:
        self.lake, self.source, self.day = lake, source, 0
        self.run: RefreshRun

    def __call__(self, **fields: Any) -> dict[str, int]:
        """Run the next night; return the number of articles by event, without those that are none."""
        self.day += 1
        date = _FIRST_DAY + dt.timedelta(self.day)
        self.run = RefreshRun(run_id=f"night {self.day}", refresh_date=date, articles_uri=self.source.uri, **fields)
        counts = list_new_articles(self.lake, self.source, self.run)
        plan_batches(self.lake, self.run.run_id)
        commit_version(self.lake, self.run.run_id)
        advance_cursor(self.lake, self.run.run_id)
        return {event: count for event, count in counts.items() if count}

    @property
    def articles(self) -> dict[str, ArticleRow]:
        """What the lake knows, by id."""
        return read_articles(self.lake, latest_version(self.lake), lambda rows: pa.array([True] * rows.num_rows))

    @property
    def reasons(self) -> dict[str, str]:
        """Why something was left out in the last night, by key."""
        return {one.source_key: one.reason for one in self.listing.quarantined}

    @property
    def listing(self) -> Listing:
        """What the last night found in the source."""
        return read_listing(self.lake, self.run)
