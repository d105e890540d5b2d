"""The lake of a test on any store: parametrize `lake` indirectly; by itself it is a folder."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from ownvoice.storage.lake import Lake
from stand_ins.s3_server import make_bucket


@pytest.fixture
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    """Return an empty lake in a folder, or in a new bucket of the server that the named fixture signs in to."""
    server = getattr(request, "param", "folder")
    if server == "folder":
        return Lake((tmp_path / "lake").as_uri())
    access = request.getfixturevalue(server)
    return Lake(f"{make_bucket(access, f'lake-{uuid.uuid4().hex}')}/a lake", access)
