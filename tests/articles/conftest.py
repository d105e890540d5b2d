"""Sources on both kinds of store, and nights that list them."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.listing_nights import Nights
from stand_ins.s3_server import make_bucket


@pytest.fixture
def source(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """A source in a folder, or, parametrised with the name of a fixture, in a bucket of that server."""
    server = getattr(request, "param", "folder")
    if server == "folder":
        return ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    access = request.getfixturevalue(server)
    return ObjectStore(f"{make_bucket(access, f'source-{uuid.uuid4().hex}')}/blog", access)


@pytest.fixture
def night(lake: Lake, source: ObjectStore) -> Nights:
    return Nights(lake, source)
