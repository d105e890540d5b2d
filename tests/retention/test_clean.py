"""After a cleaning, everything that anybody asks of a lake is answered as before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from ownvoice.dataset.export import export
from ownvoice.dataset.verify import verify
from ownvoice.errors import DamagedError, LakeHeldError, StorageError
from ownvoice.evaluation.judges.table import record_judgements
from ownvoice.pages.chunk import chunk_page
from ownvoice.pages.refresh import refresh_page
from ownvoice.pages.trainings import trainings_page
from ownvoice.publishing.champion import Move, record_move
from ownvoice.publishing.provenance import training_rows
from ownvoice.publishing.publish import draft
from ownvoice.publishing.training_rows import record_of
from ownvoice.retention.clean import clean
from ownvoice.retention.plan import Choice, plan_cleaning
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.layout import answer_key, champion_key, lease_key, log_entry_key
from ownvoice.storage.lease import take_lease
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.tables import JUDGEMENTS
from ownvoice.storage.versions import all_versions, latest_version
from ownvoice.training.results.lineage import lineage_of_model, lineage_of_version
from stand_ins.lake_history import History

A_YEAR = dt.timedelta(days=365)


@pytest.fixture
def history(lake, tmp_path, offline_model):
    return History(lake, tmp_path / "articles", offline_model)


@pytest.fixture
def later():
    """A time at which all that a test has made is old."""
    return dt.datetime.now(dt.UTC) + A_YEAR


def keys(lake):
    return {one.key for one in lake.store.objects()}


def chosen(plan):
    return {part.rule.kind: {one.key for one in part.objects} for part in plan.parts}


def told(lake: Lake, folder: Path):
    """Return what verify, export, pages, lineage and rows-of say about everything that the lake holds."""
    versions = all_versions(lake)
    runs = [row for batch in scan(lake.table("runs"), "run_id, kind") for row in batch.to_pylist()]
    trainings = [row["run_id"] for row in runs if row["kind"] == "training"]
    refreshes = [row["run_id"] for row in runs if row["kind"] != "training"]
    chunks = [row for batch in scan(lake.table("chunks")) for row in batch.to_pylist()]
    return {
        "verify": [verify(lake, one.number) for one in versions],
        "export": [exported(lake, folder / f"{one.number}", one.number) for one in versions],
        "versions": versions,
        "lineage of versions": [lineage_of_version(lake, one.number) for one in versions],
        "lineage of models": [lineage_of_model(lake, run_id) for run_id in trainings],
        "rows of models": [training_rows(lake, record_of(lake, run_id)) for run_id in trainings],
        "refreshes": [refresh_page(lake, run_id) for run_id in refreshes],
        "chunks": [chunk_page(lake, row["run_id"], row["article_id"], row["chunk_index"]) for row in chunks[:5]],
        "trainings": trainings_page(lake),
    }


def exported(lake, folder, number):
    export(lake, folder, number)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def next_night(lake, history):
    """Refresh after one more article; return the requests that were paid for, and the digest."""
    history.night.lake = lake
    history.night.write("one-more")
    history.night.run("the-next")
    version = latest_version(lake)
    paid = {one.key for one in lake.store.objects("answers")}
    return paid, version.digest


@pytest.mark.parametrize("seed", (1, 7))
def test_nothing_that_anybody_asks_is_missed(history, lake, tmp_path, later, seed):
    history.happen(seed)
    before = told(lake, tmp_path / "before")
    shutil.copytree(tmp_path / "lake", tmp_path / "uncleaned")
    plan = clean(lake, Choice(answers=True), later)
    assert plan.unknown == ()
    assert told(lake, tmp_path / "after") == before
    assert all(one.passed for one in before["verify"])
    assert not any(chosen(plan_cleaning(lake, Choice(), later)).values())  # and a second cleaning finds no more
    cleaned = next_night(lake, history)
    assert next_night(Lake((tmp_path / "uncleaned").as_uri()), history)[1] == cleaned[1]


def test_a_night_that_died_is_not_paid_for_twice(history, lake, later, offline_model):
    history.die()
    clean(lake, Choice(answers=True), later)
    paid = {one.key for one in lake.store.objects("answers")}
    history.refresh()
    assert {one.key for one in lake.store.objects("answers")} == paid


def test_each_kind_goes_once_it_is_old_enough_and_not_before(history, lake, later):
    history.train()
    history.train()
    history.stop()
    history.die()
    leave_the_rest(lake)
    found = chosen(plan_cleaning(lake, Choice(), later))
    assert all(found.values()), found
    assert not any(chosen(plan_cleaning(lake, Choice(days=1), dt.datetime.now(dt.UTC))).values())
    for part in plan_cleaning(lake, Choice(), later).parts:
        almost = dt.datetime.fromtimestamp(part.oldest_s + part.rule.days * 86400 - 60, dt.UTC)
        assert not chosen(plan_cleaning(lake, Choice(), almost))[part.rule.kind]


def leave_the_rest(lake):
    """Leave what killed writers leave: files of no version, half-written files, old leases, a probe, batch files."""
    lake.store.write("tables/pairs/refresh_date=2026-02-01/part-00000-lost-c000.snappy.parquet", b"rows")
    lake.store.write("tables/pairs/_delta_log/_commit_1.json.tmp", b"{}")
    lake.store.write(RunKeys("run-1").request_file("0" * 64), b"{}\n")
    lake.store.write(f"probe/{'0' * 32}", b"1")
    for number in (1, 2):
        lake.write_json(lease_key(number), {})
    Path(lake.uri.removeprefix("file://"), "answers", "half#123").write_bytes(b"{")
    Path(lake.uri.removeprefix("file://"), "cursor.json#123").write_bytes(b"{")


def test_the_newest_lease_a_published_model_the_newest_one_and_a_base_stay(history, lake, later):
    history.publish()
    history.train()
    base = history.train()
    history.train(base_model=f"lake:{RunKeys(base).merged}")
    merged = {key.split("/")[1] for key in chosen(plan_cleaning(lake, Choice(), later))["merged models"]}
    assert merged == {"run-3"}


def merged_that_may_go(lake, later):
    return {key.split("/")[1] for key in chosen(plan_cleaning(lake, Choice(), later))["merged models"]}


def test_the_newest_model_is_the_one_that_was_trained_last_and_not_the_one_that_was_copied_last(history, lake, later):
    first, last = history.train(), history.train()
    for hour, run_id in ((9, last), (8, first)):  # a restore copies in any order
        lake.store.write(RunKeys(run_id).log, f"2026-04-01T{hour:02}:00:00Z TRAINED: merged\n".encode())
        lake.write_json(RunKeys(run_id).result, lake.read_json(RunKeys(run_id).result))
    assert merged_that_may_go(lake, later) == {first}


def test_the_champion_and_the_one_to_roll_back_to_stay_and_all_do_where_nobody_knows_them(history, lake, later):
    runs = [history.train() for _ in range(4)]
    for number, run_id in enumerate([runs[0], runs[2], runs[1], runs[2]], 1):
        move = Move(
            number=number, repo_id="ann/voice", run_id=run_id, revision="c0ffee", how="forced", because="", at=later
        )
        assert record_move(lake, move)
    assert merged_that_may_go(lake, later) == {runs[0]}
    lake.store.write(champion_key("ann/voice", 4), b"{")
    assert merged_that_may_go(lake, later) == set()


def test_a_training_at_work_keeps_its_checkpoints(history, lake, later):
    run_id = history.stop()
    path = Path(lake.uri.removeprefix("file://"), RunKeys(run_id).recipe)
    os.utime(path, (later.timestamp() - 60, later.timestamp() - 60))
    assert not chosen(plan_cleaning(lake, Choice(), later))["stopped trainings"]


def test_a_run_with_an_open_batch_job_keeps_everything(history, lake, later):
    history.die()
    run = RunKeys("run-2")
    lake.write_json(run.open_batch_job("b-1"), {})
    lake.store.write(run.request_file("0" * 64), b"{}\n")
    found = chosen(plan_cleaning(lake, Choice(), later))
    assert not found["abandoned runs"]
    assert not found["batch files"]


def test_what_ownvoice_does_not_write_is_listed_and_stays(history, lake, later):
    history.die()
    foreign = {"models/toy/config.json", "runs/run-2/notes.txt", "notes.txt"}
    for key in foreign:
        lake.store.write(key, b"mine")
    plan = clean(lake, Choice(), later)
    assert set(plan.unknown) == foreign
    assert foreign <= keys(lake)


def test_nothing_of_a_table_goes_whose_older_log_entries_were_deleted(history, lake, later):
    leave_the_rest(lake)
    lake.table("pairs").create_checkpoint()
    lake.store.delete(log_entry_key("pairs", 0))
    assert not chosen(plan_cleaning(lake, Choice(), later))["table files"]


def test_nothing_goes_where_a_table_cannot_be_read(history, lake, later):
    history.die()
    lake.store.delete(log_entry_key("pairs", 0))
    before = keys(lake)
    with pytest.raises(DamagedError, match="tables/pairs cannot be read"):
        clean(lake, Choice(), later)
    assert before <= keys(lake)


def test_a_lake_at_work_is_not_cleaned(history, lake, later):
    history.die()
    before = keys(lake)
    take_lease(lake, "a-night")
    with pytest.raises(LakeHeldError, match="a-night"):
        clean(lake, Choice(), later)
    assert before <= keys(lake)


def test_a_cleaning_that_was_killed_is_gone_on_with(history, lake, later, monkeypatch):
    history.train()
    history.train()
    history.die()
    going = set().union(*chosen(plan_cleaning(lake, Choice(), later)).values())
    while len(left := going & keys(lake)) > 7:
        with monkeypatch.context() as patch:
            patch.setattr(ObjectStore, "delete", refusing_after(7))
            with pytest.raises(StorageError, match="7 objects were deleted"):
                clean(lake, Choice(), later)
        assert len(going & keys(lake)) == len(left) - 7
    clean(lake, Choice(), later)
    assert not going & keys(lake)


def refusing_after(number):
    delete, done = ObjectStore.delete, []

    def refuse(store, key):
        if len(done) == number:
            raise StorageError(f"{key}: the store refuses.")
        if not key.startswith("lease/"):  # taking the lake deletes those before
            done.append(key)
        delete(store, key)

    return refuse


def test_a_model_that_was_cleaned_away_is_not_published_without_its_weights(history, lake, later):
    run_id = history.train()
    history.train()
    draft(lake, run_id)
    clean(lake, Choice(), later)
    with pytest.raises(StorageError, match=r"holds no whole model; `ownvoice clean` deletes"):
        draft(lake, run_id)


def test_answers_go_by_the_option_alone_and_never_those_behind_a_pair(history, lake, later):
    history.appear()
    history.refresh()
    history.retire()
    behind_pairs = {
        row["request_key"]
        for version in all_versions(lake)
        for batch in scan(lake.table("pairs", version.number), "request_key")
        for row in batch.to_pylist()
    }
    assert "answers" not in chosen(plan_cleaning(lake, Choice(), later))
    going = chosen(plan_cleaning(lake, Choice(answers=True), later))["answers"]
    assert not {key.split("/")[1] for key in going} & behind_pairs


def test_an_answer_that_a_judgement_names_stays_after_its_article(history, lake, later):
    history.appear()
    history.refresh()
    history.retire()
    (removed,) = [
        row["article_id"]
        for batch in scan(lake.table("articles"), where="state = 'removed'")
        for row in batch.to_pylist()
    ]
    named, unnamed = "a" * 64, "b" * 64
    for key in (named, unnamed):
        lake.write_json(answer_key(key, 1), {"request_key": key, "bought_for": ["judging", removed, 0], "response": {}})
    row = dict.fromkeys(JUDGEMENTS.names) | {"judgement_id": "j", "request_key": named}
    record_judgements(lake, [row, row | {"judgement_id": "decided without a request", "request_key": None}])
    going = chosen(plan_cleaning(lake, Choice(answers=True), later))["answers"]
    assert going & {answer_key(named, 1), answer_key(unnamed, 1)} == {answer_key(unnamed, 1)}


def test_batch_files_of_work_that_is_no_refresh_go_once_its_answers_are_stored(lake, later):
    run = RunKeys("manual/judging")
    lake.store.write(run.request_file("0" * 64), b"{}\n")
    lake.write_json(run.open_batch_job("judges-1"), {})
    assert not chosen(plan_cleaning(lake, Choice(), later))["batch files"]
    lake.store.delete(run.open_batch_job("judges-1"))
    lake.write_json(run.batch_job("judges-1"), {})
    lake.write_json(run.spending("judges"), {})
    plan = plan_cleaning(lake, Choice(), later)
    assert chosen(plan)["batch files"] == {run.request_file("0" * 64)}
    assert not plan.unknown


def test_old_versions_go_by_the_option_alone_and_those_kept_or_trained_on_say_what_they_said(
    history, lake, tmp_path, later
):
    history.train()  # on version 1
    for _ in range(3):
        history.edit()
    numbers = [one.number for one in all_versions(lake)]
    assert "old versions" not in chosen(plan_cleaning(lake, Choice(), later))
    kept = [numbers[0], *numbers[-2:]]
    before = [(verify(lake, number), exported(lake, tmp_path / f"{number}", number)) for number in kept]
    rows = training_rows(lake, record_of(lake, "run-2"))
    pages = [refresh_page(lake, version.run_id) for version in all_versions(lake)]
    plan = clean(lake, Choice(keep_versions=2), later)
    assert chosen(plan)["old versions"]
    assert [(verify(lake, number), exported(lake, tmp_path / f"{number}", number)) for number in kept] == before
    assert training_rows(lake, record_of(lake, "run-2")) == rows
    assert [refresh_page(lake, version.run_id) for version in all_versions(lake)] == pages
    assert [one.number for one in all_versions(lake)] == numbers
    with pytest.raises(DamagedError, match="`ownvoice clean --keep-versions` deletes those of old versions"):
        verify(lake, numbers[1])
    history.edit()
    assert verify(lake).passed


def test_no_version_goes_where_the_recipe_of_a_training_cannot_be_read(history, lake, later):
    run_id = history.train()
    for _ in range(3):
        history.edit()
    lake.store.write(RunKeys(run_id).recipe, b"{")
    found = chosen(plan_cleaning(lake, Choice(keep_versions=1), later))
    assert not found["old versions"]
    assert not found["merged models"]
