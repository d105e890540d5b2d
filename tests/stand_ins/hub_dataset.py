"""What a dataset repository of the stand-in Hub holds: files, shards and the rows in them."""

from __future__ import annotations

import io
from typing import Any

import pyarrow.parquet as pq

from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import latest_version
from stand_ins.hub import StandInHub

REPOSITORY = "ann/pairs"


def tree(hub: StandInHub) -> dict[str, bytes]:
    """Return the files of the main branch by path."""
    return hub.repositories[REPOSITORY].main


def shards(hub: StandInHub) -> dict[str, bytes]:
    """Return the Parquet files among them."""
    return {path: data for path, data in tree(hub).items() if path.endswith(".parquet")}


def rows(hub: StandInHub, folder: str) -> list[dict[str, Any]]:
    """Return the rows of a folder's shards, in the order of their paths."""
    return [
        row
        for path, data in sorted(shards(hub).items())
        if path.startswith(folder)
        for row in pq.read_table(io.BytesIO(data)).to_pylist()
    ]


def pushed_pairs(hub: StandInHub) -> dict[str, dict[str, Any]]:
    """Return the pairs by id as they are on the Hub, put together from both folders."""
    texts = {row["pair_id"]: row for row in rows(hub, "data/")}
    return {row["pair_id"]: row | texts[row["pair_id"]] for row in rows(hub, "provenance/")}


def committed_pairs(lake: Lake) -> dict[str, dict[str, Any]]:
    """Return the pairs of the newest version by id."""
    version = latest_version(lake)
    assert version is not None
    return {row["pair_id"]: row for batch in scan(lake.table("pairs", version.number)) for row in batch.to_pylist()}


def commit_requests(hub: StandInHub) -> int:
    """Return how many commits were asked for."""
    return hub.count("POST .*/commit/main")
