"""Lakes of older releases: brought to today's columns once, whole, and proved afterwards."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pyarrow as pa
import pytest

from ownvoice.dataset import migrate as module
from ownvoice.dataset.migrate import ADDED, migrate, plan_migration
from ownvoice.dataset.verify import verify
from ownvoice.errors import StorageError
from ownvoice.storage.hub import hub_client
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import TABLES
from ownvoice.storage.versions import all_versions, latest_version
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.lineage import lineage_of_articles
from ownvoice.takedown.steps import Asked
from ownvoice.takedown.take_down import take_down
from stand_ins.night import Night

RECORDED = Path(__file__).parent.parent / "recorded" / "lake-of-an-older-release.tar.gz"

COLUMNS_OF_THE_FIRST_RELEASE = {
    "pairs": "pair_id prompt chosen rejected split author_id article_id article_sha256 source_key spans exact "
    "cleaning_version chunk_key request_key recipe_id chosen_model rejected_model prompt_version refresh_date "
    "created_by_run",
    "articles": "article_id author_id title language source_key source_object source_tag article_sha256 cluster_key "
    "split state written_sha256 written_date last_run",
    "chunks": "run_id refresh_date article_id article_sha256 chunk_index chunk_key request_key start end batch state "
    "event attempts faults prompt_tokens completion_tokens latency_s triples kept drop_reasons",
    "runs": "run_id kind refresh_date verdict version digest recipe_id counts report_key",
    "judgements": "judgement_id run_id item_id pair_id prompt_id article_id dataset_version left_source right_source "
    "order judge judge_id family prompt prompt_version question repeat request_key answered_by reason "
    "verdict winner rating is_control prompt_tokens completion_tokens cost_usd at",
    "imported": "row_id set revision licence import_id source_file source_row source_sha256 provenance_class "
    "prompt_messages chosen rejected author_id person score_margin imported_by_run imported_at",
}
"""Of the first release that had the table."""


@pytest.fixture
def old_lake(tmp_path):
    """A lake with one version of two articles, recorded with the first release that had a command line."""
    with tarfile.open(RECORDED) as archive:
        archive.extractall(tmp_path, filter="data")
    return Lake((tmp_path / "lake").as_uri())


def rows(lake, name):
    return [row for batch in scan(lake.table(name)) for row in batch.to_pylist()]


def rows_of_any_release(lake, name):
    return [row for batch in scan(lake.table_of_any_release(name)) for row in batch.to_pylist()]


def logs_of(lake):
    keys = (one.key for one in lake.store.objects("tables") if "/_delta_log/" in one.key)
    return " ".join((lake.store.read(key) or b"").decode(errors="replace") for key in keys)


def test_a_lake_of_an_older_release_is_refused_in_one_sentence_that_names_the_command(old_lake):
    with pytest.raises(StorageError, match=r"older release.*ownvoice migrate"):
        verify(old_lake)


def test_a_dry_run_says_what_each_table_lacks_and_changes_nothing(old_lake):
    before = {found.key: found.tag for found in old_lake.store.objects()}
    planned = {one.table: one for one in plan_migration(old_lake)}
    assert set(planned) == set(TABLES) - {"judgements", "imported"}, "they came later"
    assert planned["articles"].missing == ("licence", "consent", "published_at")
    assert planned["pairs"].rows == 19
    assert {found.key: found.tag for found in old_lake.store.objects()} == before


def test_a_migrated_lake_is_proved_and_its_pairs_are_the_ones_it_had(old_lake):
    old = {row["pair_id"]: row for batch in scan(old_lake.table_of_any_release("pairs")) for row in batch.to_pylist()}
    migrate(old_lake)
    assert verify(old_lake).passed
    assert {row["pair_id"]: {name: row[name] for name in old[row["pair_id"]]} for row in rows(old_lake, "pairs")} == old
    assert latest_version(old_lake).added == 0
    assert all(row["consent"] == "" and row["licence"] == "" for row in rows(old_lake, "articles"))
    assert all(row["tries"] == [] for row in rows(old_lake, "chunks"))


def test_a_migration_is_one_commit_a_table_and_repeated_it_changes_nothing(old_lake):
    there = [name for name in TABLES if old_lake.table_of_any_release(name)]
    before = {name: old_lake.table_of_any_release(name).version() for name in there}
    migrate(old_lake)
    after = {name: old_lake.table(name).version() for name in there}
    assert after == {name: version + 1 for name, version in before.items()}
    assert migrate(old_lake) == []
    assert {name: old_lake.table(name).version() for name in there} == after


@pytest.mark.parametrize("killed_before", ["articles", "chunks", "pairs"])
def test_a_migration_that_is_killed_and_begun_again_comes_to_the_same(old_lake, monkeypatch, killed_before):
    whole = module._rewrite

    def dies(lake, name, *rest):
        if name == killed_before:
            raise KeyboardInterrupt
        whole(lake, name, *rest)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(module, "_rewrite", dies)
        migrate(old_lake)
    migrate(old_lake)
    assert verify(old_lake).passed
    assert [version.pairs for version in all_versions(old_lake)] == [19, 19]


def test_a_version_of_before_the_migration_is_proved_after_it_and_after_a_takedown_too(old_lake):
    migrate(old_lake)
    assert verify(old_lake, 1).passed
    gone = next(row["article_id"] for row in rows(old_lake, "articles") if row["state"] == "current")
    assert lineage_of_articles(old_lake, Wanted(article_ids=frozenset({gone}))).versions[0].pairs > 0

    record = take_down(old_lake, Asked(Wanted(article_ids=frozenset({gone}))), hub_client)

    assert (record.state, record.open) == ("closed", {})
    proved = [verify(old_lake, version.number) for version in all_versions(old_lake)]
    assert [one.passed for one in proved] == [True] * 3
    assert proved[0].withdrawn == proved[1].withdrawn > 0 == proved[2].withdrawn


def test_a_lake_that_is_yet_to_be_migrated_is_not_taken_down_in_part(old_lake):
    with pytest.raises(StorageError, match=r"older release.*ownvoice migrate"):
        take_down(old_lake, Asked(Wanted(article_ids=frozenset({"names"}))), hub_client)
    assert not list(old_lake.store.objects("takedowns"))


def test_a_migrated_lake_goes_on(old_lake, tmp_path, offline_model):
    migrate(old_lake)
    night = Night(old_lake, tmp_path / "articles", offline_model)
    night.write("a")
    assert night.run("after", prefix="").added > 0
    assert verify(old_lake).passed


def test_the_log_of_a_migrated_lake_holds_no_beginning_of_a_text_and_every_version_is_still_there(old_lake):
    beginnings = {
        str(row[name])[:20] for row in rows_of_any_release(old_lake, "pairs") for name in ("prompt", "chosen")
    }
    assert any(beginning in logs_of(old_lake) for beginning in beginnings)
    migrate(old_lake)
    assert not any(beginning in logs_of(old_lake) for beginning in beginnings)
    assert [one.number for one in all_versions(old_lake)] == [1, 2] and plan_migration(old_lake) == []


def test_columns_of_a_newer_release_are_refused_and_named(old_lake):
    from deltalake import write_deltalake

    migrate(old_lake)
    table = old_lake.table("runs")
    newer = pa.table({"run_id": ["later"], "mood": ["calm"]})
    write_deltalake(table, newer, mode="append", schema_mode="merge")
    for look in (plan_migration, lambda lake: lake.table("runs")):
        with pytest.raises(StorageError, match="mood"):
            look(old_lake)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_that_was_added_since_the_first_release_has_a_value_for_older_rows(name):
    first = COLUMNS_OF_THE_FIRST_RELEASE[name].split()
    assert set(TABLES[name].names) == set(first) | set(ADDED[name])
