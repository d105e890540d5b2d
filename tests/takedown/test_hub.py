"""The Hub without what was withdrawn: what it refuses or keeps is told, and the next call does what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ownvoice.errors import SettingsError
from ownvoice.offline_model.server import OfflineModel
from ownvoice.storage.hub import hub_client
from ownvoice.storage.lake import Lake
from ownvoice.takedown.hub import clear_hub, pushed_repositories
from stand_ins.hub import WRITER, StandInHub
from stand_ins.hub_dataset import REPOSITORY, shards
from stand_ins.night import Night


def test_what_the_hub_keeps_is_named_and_what_it_refuses_is_done_next_time(
    lake: Lake, tmp_path: Path, offline_model: OfflineModel, hub: StandInHub
) -> None:
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.run("night")
    assert pushed_repositories(lake) == []
    assert clear_hub(lake, REPOSITORY, lambda: hub_client(WRITER), None).left == []
    assert pushed_repositories(lake) == [REPOSITORY]
    repository = hub.repositories[REPOSITORY]
    old = "data/train-2026-01-01-00000000-00000-of-00001.parquet"
    before = repository.commit({old: b"PAR1 withdrawn"})
    repository.tags["v1"], repository.converts["parquet"] = before, before

    hub.fail("POST", "/super-squash/", status=403, body=b'{"error": "forbidden"}')
    (refused,) = clear_hub(lake, REPOSITORY, lambda: hub_client(WRITER), None).left
    assert "refuses to write" in refused

    done = clear_hub(lake, REPOSITORY, lambda: hub_client(WRITER), None)
    assert (done.squashed, done.files) == (("main",), 1)
    assert [one.split(" ")[0] for one in done.left] == ["refs/tags/v1", "refs/convert/parquet"]
    assert not any(old in tree for tree in repository.commits.values())
    assert shards(hub)

    def without_token() -> Any:
        raise SettingsError("there is no token for the Hub")

    assert clear_hub(lake, REPOSITORY, without_token, None).left == ["there is no token for the Hub"]
