from __future__ import annotations

from pathlib import Path

import pytest

from ownvoice.chunks.plan import Plan, read_plan
from ownvoice.config.run import recorded_run
from ownvoice.offline_model.server import OfflineModel
from ownvoice.storage.lake import Lake
from stand_ins.night import Night


def plan_of(lake: Lake, night: Night, run_id: str, **fields: object) -> Plan:
    night.list_and_plan(run_id, **fields)
    return read_plan(lake, recorded_run(lake, run_id))


def tokens(plan: Plan) -> tuple[int, int]:
    return plan.estimated_prompt_tokens, plan.most_completion_tokens


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, None])
def test_a_plan_estimates_the_articles_within_the_limit_alone(
    lake: Lake, tmp_path: Path, offline_model: OfflineModel, limit: int | None, dry_run: bool
) -> None:
    names = ("a", "b", "c")
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write(*names)
    found = plan_of(lake, night, "one", limit_articles=limit, dry_run=dry_run)

    other = Lake((tmp_path / "other").as_uri())
    alone = Night(other, tmp_path / "fewer", offline_model)
    alone.write(*names[:limit])
    assert tokens(found) == tokens(plan_of(other, alone, "one"))
    assert tokens(found) > (0, 0)
    assert found.articles == len(names)
    assert (found.deferred == found.chunks) is dry_run
