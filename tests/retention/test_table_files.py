"""When files of the tables may go that only old versions name."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from ownvoice.retention.plan import Choice, plan_cleaning
from ownvoice.retention.rules import OLD_VERSIONS
from stand_ins.lake_history import History

DAY = dt.timedelta(days=1)


def old_version_files(lake, now):
    plan = plan_cleaning(lake, Choice(keep_versions=1), now)
    return [one.key for part in plan.parts if part.rule == OLD_VERSIONS for one in part.objects]


def test_a_file_stays_for_thirty_days_from_the_version_that_retired_it_however_old_it_is(lake, tmp_path, offline_model):
    history = History(lake, tmp_path / "articles", offline_model)
    now = dt.datetime.now(dt.UTC)
    for file in Path(lake.uri.removeprefix("file://")).rglob("*.parquet"):
        os.utime(file, ((now - 100 * DAY).timestamp(),) * 2)
    history.edit()
    assert not old_version_files(lake, now + 29 * DAY)
    assert old_version_files(lake, now + 31 * DAY)
