"""The pages of takedowns: the list, and a record whose ids and reasons attack the page."""

from __future__ import annotations

import datetime as dt

from ownvoice.takedown.models import ModelUse
from ownvoice.takedown.record import StepDone, TakedownRecord, write_takedown
from ownvoice.takedown.request import TakedownRequest

ATTACK = "<script>document.title='owned'</script>"
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def made_record(lake, **fields):
    """Write a takedown whose every text is an attack."""
    request = TakedownRequest(article_ids=[ATTACK], author_ids=[ATTACK], text_sha256s=["a" * 64])
    record = TakedownRecord(
        takedown_id=request.takedown_id,
        request=request,
        began_at=NOW,
        decided_by=ATTACK,
        near_copies={ATTACK: ATTACK},
        models=[
            ModelUse(run_id=ATTACK, dataset_version=3, train_pairs=1200, decision="keep", reason=ATTACK, repo_id=ATTACK)
        ],
        steps=[
            StepDone(
                name="search",
                at=NOW,
                counts={"objects": 1234, "hits": 2},
                open={ATTACK: ATTACK},
                outside={ATTACK: ATTACK},
            )
        ],
    )
    record = record.model_copy(update=fields)
    write_takedown(lake, record)
    return record


def test_takedowns_are_listed_and_one_shows_its_steps_its_models_and_what_is_left(get, lake):
    record = made_record(lake)
    listed = get(lake, "/takedown").text
    assert f"takedown={record.takedown_id}" in listed and "1,234" in listed
    shown = get(lake, f"/takedown?takedown={record.takedown_id}").text
    assert "1,200" in shown and "Left to do" in shown and "Could not be looked through" in shown
    assert "downloads and forks" in shown
    for text in (listed, shown):
        assert ATTACK not in text
    made_record(lake, closed_at=NOW, steps=[])
    assert "nothing is left to do" in get(lake, f"/takedown?takedown={record.takedown_id}").text


def test_a_lake_without_takedowns_and_an_unknown_or_odd_id_are_told(get, lake):
    assert "Nothing was taken down yet" in get(lake, "/takedown").text
    assert get(lake, f"/takedown?takedown={'0' * 16}").status_code == 404
    assert get(lake, "/takedown?takedown=../x").status_code == 422
