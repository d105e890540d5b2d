"""Balanced versions: whole over all their pairs, committed once, and proved like any other."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.dataset.balance.sides import balance_of
from ownvoice.dataset.commit import commit_version
from ownvoice.dataset.export import export
from ownvoice.dataset.verify import verify
from ownvoice.pairs.balance import select
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import all_versions, latest_version
from stand_ins.night import RECIPE, Night

BALANCED = RECIPE.model_copy(update={"balance": True})


@pytest.fixture
def night(lake, tmp_path, offline_model, monkeypatch):
    """Nights of few articles, whose pairs are enough to judge."""
    monkeypatch.setattr(select, "MIN_PAIRS", 8)
    monkeypatch.setattr(select, "MIN_ARTICLES", 2)
    return Night(lake, tmp_path / "articles", offline_model)


def run(night, number, recipe=BALANCED, commit=commit_version):
    """Go through a night whose rejected answers are of several lengths."""
    run_id = f"night {number}"
    night.list_and_plan(run_id, recipe=recipe, refresh_date=dt.date(2026, 2, number), test_share=0.0)
    night.generate(run_id)
    night.vary_rejected(run_id)
    return commit(night.lake, run_id)


def marks(lake, version=None):
    batches = scan(lake.table("pairs", version), "pair_id, selected, selected_reason")
    return {row["pair_id"]: (row["selected"], row["selected_reason"]) for batch in batches for row in batch.to_pylist()}


def left_out(lake):
    return [reason for selected, reason in marks(lake).values() if selected is False]


def test_a_balanced_version_says_what_it_leaves_out_and_why_and_exports_the_others(night, tmp_path):
    night.write(*"abcdef")
    version = run(night, 1)
    reasons = left_out(night.lake)
    assert 0 < len(reasons) == version.left_out < version.pairs
    assert set(reasons) <= {"length", "punctuation"}
    assert all(reason is None for selected, reason in marks(night.lake).values() if selected)
    assert version.selection == balance_of(night.lake, version)
    assert export(night.lake, tmp_path / "out")["train"] == version.selected
    assert verify(night.lake).passed


def test_a_selection_follows_from_the_pairs_and_not_from_the_nights_that_made_them(night, tmp_path, offline_model):
    night.write(*"abcd")
    run(night, 1)
    before = marks(night.lake)
    night.write(*"efg")
    run(night, 2)
    after = marks(night.lake)
    assert any(after[pair_id] != mark for pair_id, mark in before.items()), (
        "pairs of the first night are marked otherwise"
    )
    at_once = Night(Lake((tmp_path / "other").as_uri()), tmp_path / "articles", offline_model)
    run(at_once, 1)
    assert marks(at_once.lake) == after
    assert verify(night.lake).passed


def test_an_edit_and_a_takedown_leave_a_version_that_is_whole_and_balanced(night):
    night.write(*"abcdef")
    first = run(night, 1)
    night.edit("a", "I don't see why a sentence that is new tonight should change what the others are selected for.")
    night.remove("b")
    second = run(night, 2)
    assert verify(night.lake).passed
    assert second.pairs == first.pairs + second.added - second.retired == len(marks(night.lake))
    assert second.retired > 0
    assert second.selection == balance_of(night.lake, second)
    assert len(left_out(night.lake)) == second.left_out


@pytest.mark.parametrize("killed_in", ["write_articles", "write_pairs"])
def test_a_commit_that_is_killed_and_repeated_comes_to_the_same_and_is_made_once(night, monkeypatch, killed_in):
    night.write(*"abcd")
    run(night, 1)
    night.write("e")

    def dies(lake, run_id):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(
                f"ownvoice.dataset.commit.{killed_in}", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
            )
            commit_version(lake, run_id)

    before = marks(night.lake)
    run(night, 2, commit=dies)
    assert marks(night.lake) == before
    version = commit_version(night.lake, "night 2")
    assert commit_version(night.lake, "night 2") == version
    assert len(all_versions(night.lake)) == 2
    assert version.selection == balance_of(night.lake, version)
    assert verify(night.lake).passed


def test_it_is_switched_on_and_off_by_a_night_without_articles_and_no_pair_is_added_or_retired(night):
    night.write(*"abcdef")
    plain = run(night, 1, RECIPE)
    assert set(marks(night.lake).values()) == {(None, None)}
    on = run(night, 2)
    assert left_out(night.lake)
    assert (on.added, on.retired, on.pairs) == (0, 0, plain.pairs)
    assert run(night, 3) is None, "it is as the recipe says already"
    off = run(night, 4, RECIPE)
    assert off.selection is None
    assert off.digest == plain.digest != on.digest
    assert marks(night.lake, plain.number) == marks(night.lake, off.number)
    assert [verify(night.lake, one.number).passed for one in all_versions(night.lake)] == [True] * 3


def test_a_version_of_few_pairs_is_not_judged_and_no_pair_is_left_out(night, monkeypatch):
    monkeypatch.setattr(select, "MIN_PAIRS", 50)
    night.write("a", "b")
    version = run(night, 1)
    assert {one.before for one in version.selection.cues} == {None}
    assert set(marks(night.lake).values()) == {(None, None)}
    assert latest_version(night.lake).selected == version.pairs


def test_a_dry_run_selects_nothing(night):
    night.write(*"abcdef")
    run(night, 1, RECIPE)
    night.list_and_plan("dry", recipe=BALANCED, dry_run=True)
    assert commit_version(night.lake, "dry") is None
    assert set(marks(night.lake).values()) == {(None, None)}
