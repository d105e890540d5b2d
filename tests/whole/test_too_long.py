"""A chunk that a model's context does not hold: the next night asks about its two halves instead."""

from __future__ import annotations

import pytest

from ownvoice.articles.latest_chunks import latest_chunks
from ownvoice.dataset.verify import verify
from ownvoice.errors import DeadChunksError
from ownvoice.reports.report import write_report
from ownvoice.states import ChunkState
from ownvoice.storage.lake import scan
from ownvoice.storage.versions import latest_version
from ownvoice.triples.request import request_body
from stand_ins.night import RECIPE, Night

PROMPT_CHARS = len(request_body(RECIPE, "")["messages"][-1]["content"])


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    return night


def rows_of(lake, run_id):
    rows = [row for batch in scan(lake.table("chunks")) for row in batch.to_pylist() if row["run_id"] == run_id]
    return sorted(rows, key=lambda row: (row["article_id"], row["chunk_index"]))


def longest_chunk_chars(night):
    """The length of the longest chunk that an undisturbed plan cuts."""
    night.list_and_plan("measured")
    plan = night.lake.read_rows("runs/measured/plan/batch-0000.parquet")
    return max(len(row["text"]) for row in plan.to_pylist())


def test_its_halves_are_asked_about_and_every_count_adds_up(night, lake, offline_model):
    offline_model.context_chars = PROMPT_CHARS + longest_chunk_chars(night) - 1
    night.run("one")
    first = write_report(lake, "one").chunks
    cut = [row for row in rows_of(lake, "one") if row["event"] == "too_long"]
    assert first.deferred == len(cut) > 0
    assert first.answered + first.reused + first.deferred + first.dead == first.total
    night.run("two")
    second = write_report(lake, "two").chunks
    assert second.answered == 2 * len(cut)
    assert second.deferred == second.dead == 0
    whole = cut[0]
    halves = [row for row in rows_of(lake, "two") if row["article_id"] == whole["article_id"]]
    inside = [row for row in halves if whole["start"] <= row["start"] and row["end"] <= whole["end"]]
    assert (inside[0]["start"], inside[-1]["end"], len(inside)) == (whole["start"], whole["end"], 2)
    assert sum(row["kept"] for row in inside) > 0
    assert verify(lake).passed
    asked, offline_model.context_chars = offline_model.requests_served, 1_000_000
    night.edit("a", "A sentence at the end, which changes the last chunk and no other one at all.")
    night.run("three")
    assert offline_model.requests_served == asked + 1, "later nights cut in the same places"


def test_a_piece_that_is_too_short_to_cut_is_dead_with_advice(night, lake, offline_model):
    night.remove("b")
    offline_model.context_chars = PROMPT_CHARS + RECIPE.min_chunk_chars // 2
    for run_id in ("one", "two", "three", "four"):
        night.run(run_id)
    found = latest_chunks(lake, latest_version(lake), ChunkState.DEAD)
    assert {tuple(row["faults"]) for row in found} == {("context_too_long",)}
    assert max(row["end"] - row["start"] for row in found) < RECIPE.min_chunk_chars + 100
    assert {row["state"] for batch in scan(lake.table("articles")) for row in batch.to_pylist()} == {"current"}


def test_where_most_are_too_long_the_model_is_at_fault_and_nothing_is_cut(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write(*"abcdef")
    night.list_and_plan("one")
    offline_model.context_chars = 10
    with pytest.raises(DeadChunksError, match=r"dead or too long \(\d+ context_too_long\)"):
        night.generate("one")
    assert list(lake.store.objects("too_long")) == []
