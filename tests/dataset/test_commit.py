"""A night from listing to commit, step by step, so that any step can be repeated, skipped or killed."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ownvoice.dataset.commit import commit_version
from ownvoice.dataset.verify import verify
from ownvoice.errors import StorageError
from ownvoice.reports.report import write_report
from ownvoice.states import ArticleState
from ownvoice.storage.lake import scan
from ownvoice.storage.versions import all_versions, latest_version, version_or_latest
from stand_ins.night import Night
from stand_ins.stores import on_any_store


@pytest.fixture
def night(lake, tmp_path, offline_model):
    return Night(lake, tmp_path / "articles", offline_model)


def logical_rows(night):
    rows = [row for batch in scan(night.lake.table("pairs")) for row in batch.to_pylist()]
    return sorted(({**row, "created_by_run": ""} for row in rows), key=lambda row: row["pair_id"])


def article_states(night):
    rows = scan(night.lake.table("articles", latest_version(night.lake).articles_version))
    return {row["article_id"]: ArticleState(row["state"]) for batch in rows for row in batch.to_pylist()}


@on_any_store
def test_a_repeated_commit_changes_nothing(night):
    night.write("a", "b")
    first = night.run("one")
    again = commit_version(night.lake, "one")
    assert again == first
    assert len(all_versions(night.lake)) == 1


@on_any_store
def test_a_night_with_only_removals_still_commits(night):
    night.write("a", "b")
    night.run("one")
    night.remove("a")
    version = night.run("two")
    assert version.added == 0
    assert version.retired > 0
    assert {row["article_id"] for row in logical_rows(night)} == {"b"}
    assert article_states(night)["a"] is ArticleState.REMOVED


@on_any_store
def test_an_article_that_comes_back_is_made_again_from_stored_answers(night):
    night.write("a", "b")
    night.run("one")
    before = logical_rows(night)
    night.remove("a")
    night.run("two")
    asked = night.model.requests_served
    night.write("a")
    night.run("three")
    assert logical_rows(night) == before
    assert night.model.requests_served == asked


@on_any_store
def test_the_commit_of_an_earlier_run_does_not_undo_a_later_one(night):
    night.write("a")
    night.list_and_plan("late")
    night.generate("late")
    night.edit("a", "A sentence that was not there before, and it says something new about the night shift.")
    night.run("newer")
    after = logical_rows(night)
    commit_version(night.lake, "late")
    assert logical_rows(night) == after
    assert verify(night.lake).passed


@on_any_store
def test_what_a_killed_commit_left_in_the_side_tables_is_rolled_back(night, monkeypatch):
    night.write("a")
    night.run("one")
    night.write("b")
    night.list_and_plan("two")
    night.generate("two")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("ownvoice.dataset.commit.write_pairs", killed)
        commit_version(night.lake, "two")
    assert night.lake.table("articles").version() > latest_version(night.lake).articles_version
    assert "b" not in article_states(night), "readers do not see it"

    night.run("three")
    assert article_states(night) == {"a": ArticleState.CURRENT, "b": ArticleState.CURRENT}
    assert {row["article_id"] for row in logical_rows(night)} == {"a", "b"}
    assert verify(night.lake).passed


@on_any_store
def test_pairs_of_an_edited_article_stay_until_its_new_text_is_answered(night, monkeypatch):
    night.write("a")
    night.run("one")
    before = logical_rows(night)
    night.edit("a", "A new sentence at the end, which nobody has been asked about yet, and that is the point of it.")
    night.list_and_plan("two", max_generation_tasks=64)
    night.generate("two", leave_out=-1)
    night.commit("two")
    assert logical_rows(night) == before
    assert article_states(night)["a"] is ArticleState.PENDING

    night.run("three")
    assert article_states(night)["a"] is ArticleState.CURRENT
    assert {row["article_sha256"] for row in logical_rows(night)}.isdisjoint({row["article_sha256"] for row in before})


def test_the_counts_add_up_whatever_fails(night):
    night.write("a", "b", "c")
    night.list_and_plan("one", max_generation_tasks=64)
    night.generate("one", leave_out=1)
    night.commit("one")
    report = write_report(night.lake, "one")
    chunks, triples = report.chunks, report.triples
    assert chunks.total == report.planned.chunks
    assert chunks.total == chunks.answered + chunks.reused + chunks.deferred + chunks.dead
    assert chunks.deferred == 1
    assert triples.total == triples.kept + sum(triples.dropped.values())
    assert report.pairs.added == triples.kept


@on_any_store
def test_the_digest_does_not_change_when_files_are_compacted(night):
    night.write("a")
    night.run("one")
    night.write("b")
    night.run("two")
    before = latest_version(night.lake)
    night.lake.table("pairs").optimize.compact()
    assert latest_version(night.lake) == before
    assert verify(night.lake).passed


def test_a_long_log_is_summed_up_in_checkpoints(night, monkeypatch):
    monkeypatch.setattr("ownvoice.dataset.log_entry._ENTRIES_PER_CHECKPOINT", 1)
    night.write("a")
    night.run("one")
    for table in ("pairs", "articles", "chunks"):
        log = [found.key for found in night.lake.store.objects(f"tables/{table}/_delta_log")]
        assert any(".checkpoint." in key for key in log)
    assert verify(night.lake).passed


def test_a_table_of_another_ownvoice_is_refused_in_one_sentence(night):
    import pyarrow as pa
    from deltalake import write_deltalake

    write_deltalake(f"{night.lake.uri}/tables/pairs", pa.table({"instruction": ["?"]}))
    night.write("a")
    with pytest.raises(StorageError, match="not written by this release.*missing columns: article_id"):
        night.run("one")


def test_every_version_can_be_looked_at_for_ever(night):
    night.write("a")
    night.run("one")
    night.write("b")
    night.run("two")
    night.remove("a")
    night.run("three")
    assert [verify(night.lake, version.number).passed for version in all_versions(night.lake)] == [True] * 3
    assert [version_or_latest(night.lake, number).run_id for number in (1, 2, 3)] == ["one", "two", "three"]


def test_a_run_keeps_its_date_when_it_is_repeated_later(night):
    night.write("a")
    night.list_and_plan("one", refresh_date=dt.date(2026, 3, 1))
    night.generate("one")
    version = night.commit("one")
    assert version.refresh_date == dt.date(2026, 3, 1)
    assert {row["refresh_date"] for row in logical_rows(night)} == {dt.date(2026, 3, 1)}
    assert json.loads(version.as_record())["refresh_date"] == "2026-03-01"
