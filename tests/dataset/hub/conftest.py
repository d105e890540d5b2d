"""A lake whose nights are real refreshes of small articles, and a push of what they made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.push import push_to_hub
from ownvoice.dataset.hub.record import Pushed
from ownvoice.reports.report import write_report
from ownvoice.storage.hub import hub_client, token_from_environment
from stand_ins.night import Night

TARGET = HubDataset("ann/pairs")


class Nights(Night):
    """Nights with a date each and a report, as the DAG makes them."""

    def pass_by(self, number: int, **fields: Any) -> None:
        """Go through night `number`, on that day of February."""
        run_id = f"night {number}"
        self.list_and_plan(run_id, refresh_date=dt.date(2026, 2, number), **fields)
        self.generate(run_id)
        self.commit(run_id)
        write_report(self.lake, run_id)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client waits between its own retries; nothing here needs it to."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def nights(lake, tmp_path, offline_model) -> Nights:
    """Two articles and one night."""
    nights = Nights(lake, tmp_path / "articles", offline_model)
    nights.write("a", "b")
    nights.pass_by(1)
    return nights


@pytest.fixture
def push(lake, hub) -> Callable[..., Pushed]:
    return lambda target=TARGET: push_to_hub(lake, hub_client(token_from_environment()), target)
