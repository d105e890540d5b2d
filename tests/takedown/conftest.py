"""A lake of three nights, of which each test gets a copy."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from ownvoice.offline_model.server import running_offline_model
from ownvoice.storage.lake import Lake
from stand_ins.night import Night

GONE = "alpha"


@pytest.fixture(scope="package")
def three_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a lake of three nights: two articles, a third one, and an edit of the first."""
    folder = tmp_path_factory.mktemp("three-nights")
    with running_offline_model() as model:
        night = Night(Lake(f"file://{folder}/lake"), folder / "articles", model)
        night.write(GONE, "bravo")
        night.run("one")
        night.write_by("jane", "charlie")
        night.run("two", refresh_date=dt.date(2026, 2, 2))
        night.edit(GONE, "Nobody had ever counted the herons of that river before.")
        night.run("three", refresh_date=dt.date(2026, 2, 3))
    return folder


@pytest.fixture
def old_lake(three_nights: Path, tmp_path: Path) -> Lake:
    shutil.copytree(three_nights / "lake", tmp_path / "lake")
    return Lake(f"file://{tmp_path}/lake")
