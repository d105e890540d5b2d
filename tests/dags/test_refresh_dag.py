"""The refresh as Airflow runs it, over a folder and over S3, with the real client against the stand-in model."""

from __future__ import annotations

import json

import pytest

from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.dataset.verify import verify
from ownvoice.reports.report import read_report
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import all_versions, latest_version
from stand_ins.places import SAMPLES

PICKED = ("names", "running-small-databases", "bread-is-a-schedule", "die-sprache-im-zug")


@pytest.fixture(params=["s3"])
def world(request, tmp_path, monkeypatch, offline_model):
    """A source with four articles and an empty lake, as a data engineer would set them up."""
    if request.param == "folder":
        source = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
        lake_uri = (tmp_path / "lake").as_uri()
        access = None
    else:
        access = request.getfixturevalue("s3_access")
        new_bucket = request.getfixturevalue("new_bucket")
        source = ObjectStore(f"{new_bucket('dag-articles')}/blog", access)
        lake_uri = f"{new_bucket('dag-lake')}/voice"
        extra = {"endpoint_url": access.endpoint_url, "region_name": access.region}
        connection = {"conn_type": "aws", "login": access.access_key_id, "password": access.secret_access_key,
                      "extra": json.dumps(extra)}  # fmt: skip
        monkeypatch.setenv("AIRFLOW_CONN_AWS_ARTICLES", json.dumps(connection))
        monkeypatch.setenv("AIRFLOW_CONN_AWS_LAKE", json.dumps(connection))
    for name in PICKED:
        source.write(f"{name}.md", (SAMPLES / f"{name}.md").read_bytes())
    monkeypatch.setenv("OWNVOICE_ARTICLES", source.uri)
    monkeypatch.setenv("OWNVOICE_LAKE", lake_uri)
    monkeypatch.setenv("OWNVOICE_MAX_GENERATION_TASKS", "3")
    llm = {"conn_type": "http", "host": offline_model.base_url, "password": offline_model.api_key}
    monkeypatch.setenv("AIRFLOW_CONN_LLM_API", json.dumps(llm))
    return source, Lake(lake_uri, access)


def states(dag_run):
    return {(ti.task_id, ti.map_index): str(ti.state) for ti in dag_run.get_task_instances()}


def pairs_of(lake, article_id):
    table = lake.table("pairs", latest_version(lake).number)
    rows = [row for batch in scan(table) for row in batch.to_pylist()]
    return {row["pair_id"]: row for row in rows if row["article_id"] == article_id}


@pytest.mark.parametrize("world", ["folder", "s3"], indirect=True)
def test_the_life_of_a_dataset_from_its_first_night_on(world, run_refresh, offline_model):
    source, lake = world

    first = run_refresh()
    assert first.state == "success"
    assert {task for (task, _), state in states(first).items() if state == "skipped"} == {
        "write_rejected_job", "answer_rejected", "add_rejected", "judge_batch"
    }  # fmt: skip
    assert verify(lake).passed
    assert verify(lake).pairs > 10
    asked = offline_model.requests_served
    report = read_report(lake, lake_run_id(first))
    assert report.chunks.total == report.chunks.answered == asked
    rows = [row for batch in scan(lake.table("chunks")) for row in batch.to_pylist()]
    named = {(row["batch"], row["task_id"], row["map_index"], row["try_number"]) for row in rows}
    assert named == {(f"batch-000{number}", "generate_batch", number, 1) for number in range(3)}

    second = run_refresh()
    assert second.state == "success"
    assert states(second)["commit_version", -1] == "skipped"
    assert offline_model.requests_served == asked
    assert len(all_versions(lake)) == 1

    bread = pairs_of(lake, "bread-is-a-schedule")
    german = pairs_of(lake, "die-sprache-im-zug")
    text = source.read("bread-is-a-schedule.md").decode()
    heading = text.rindex("\n## ")
    source.write(
        "bread-is-a-schedule.md",
        (text[:heading] + "\n\nThis line is new tonight, and it stays." + text[heading:]).encode(),
    )
    source.write("deutsch/die-sprache-im-zug.md", source.read("die-sprache-im-zug.md"))
    source.delete("die-sprache-im-zug.md")
    source.delete("running-small-databases.md")

    third = run_refresh()
    assert third.state == "success"
    report = read_report(lake, lake_run_id(third))
    assert report.articles == {"edited": 1, "renamed": 1, "vanished": 1, "unchanged": 1, "quarantined": 0}
    assert report.chunks.reused > 0, "chunks whose text did not change are answered from the lake"
    assert report.chunks.answered == offline_model.requests_served - asked > 0
    assert pairs_of(lake, "running-small-databases") == {}
    assert pairs_of(lake, "bread-is-a-schedule").keys() & bread.keys()
    assert pairs_of(lake, "bread-is-a-schedule").keys() != bread.keys()
    renamed = pairs_of(lake, "die-sprache-im-zug")
    assert renamed == {i: row | {"source_key": "deutsch/die-sprache-im-zug.md"} for i, row in german.items()}
    assert verify(lake).passed
    assert verify(lake, version=1).passed, "an old version stays what it was"


def test_a_batch_that_fails_keeps_nobody_else_from_being_committed(world, run_refresh, offline_model, monkeypatch):
    _, lake = world
    from ownvoice.errors import ModelUnavailableError
    from ownvoice.triples import generate

    whole = generate.generate_batch

    def failing(lake, run_id, batch, *rest):
        if batch == "batch-0001":
            raise ModelUnavailableError("the endpoint is away")
        return whole(lake, run_id, batch, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(generate, "generate_batch", failing)
        red = run_refresh()
    assert red.state == "failed"
    assert states(red)["commit_version", -1] == "success"
    assert states(red)["advance_cursor", -1] == "upstream_failed"
    report = read_report(lake, lake_run_id(red))
    assert report.failed_batches == ["batch-0001"]
    assert 0 < report.chunks.deferred < report.chunks.total
    assert verify(lake).passed
    asked = offline_model.requests_served

    green = run_refresh()
    assert green.state == "success"
    assert offline_model.requests_served - asked == report.chunks.deferred, "nothing is asked twice"
    assert verify(lake).passed


def test_a_dry_run_asks_nothing_and_commits_nothing(world, run_refresh, offline_model):
    _, lake = world
    dry = run_refresh(dry_run=True)
    assert dry.state == "success"
    assert offline_model.requests_served == 0
    assert all_versions(lake) == []
    report = read_report(lake, lake_run_id(dry))
    assert report.planned.chunks > 0
    assert report.planned.estimated_prompt_tokens > 0


def test_a_limit_leaves_the_other_articles_pending_for_the_next_run(world, run_refresh, offline_model):
    _, lake = world
    run_refresh(limit_articles=1)
    written = {row["article_id"] for batch in scan(lake.table("pairs")) for row in batch.to_pylist()}
    assert len(written) <= 1
    assert lake.read_json("cursor.json") is None, "a partial run never moves the cursor"
    run_refresh()
    assert {row["state"] for batch in scan(lake.table("articles")) for row in batch.to_pylist()} == {"current"}
    report = read_report(lake)
    assert report.chunks.answered + report.chunks.reused == report.chunks.total
    assert verify(lake).passed
