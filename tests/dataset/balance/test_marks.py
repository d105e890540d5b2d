"""Balanced versions: whole over all their pairs, committed once, and proved like any other."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ownvoice.cli.balance import command
from ownvoice.config.settings import HubDataset
from ownvoice.dataset.balance.sides import balance_of
from ownvoice.dataset.commit import commit_version
from ownvoice.dataset.digest import digest_of, lattice_of
from ownvoice.dataset.export import export
from ownvoice.dataset.hub.push import push_to_hub
from ownvoice.dataset.verify import verify
from ownvoice.pairs.balance import select
from ownvoice.reports.report import write_report
from ownvoice.reports.text.versions import version_lines
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import all_versions, latest_version
from stand_ins.hub_dataset import committed_pairs, pushed_pairs, rows, tree
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


def test_the_report_says_of_a_balanced_version_alone_how_far_each_cue_came_and_what_it_cost(night):
    night.write(*"abcdef")
    run(night, 1, RECIPE)
    assert not {"balanced_length", "balanced_punctuation", "left_out"} & {
        audit.name for audit in write_report(night.lake, "night 1").audits
    }
    version = run(night, 2)
    report = write_report(night.lake, "night 2")
    audits = {audit.name: audit for audit in report.audits}
    assert audits["left_out"].numbers["left_out"] == version.left_out
    assert audits["balanced_length"].value == max(one.after for one in version.selection.cues if one.cue == "length")
    assert audits["pair_count"].numbers["pairs"] == version.selected
    assert f"{version.left_out} pairs left out" in "".join(version_lines([version]))


def test_the_command_shows_what_balance_would_come_to_and_writes_nothing(night, monkeypatch, capsys):
    night.write(*"abcdef")
    run(night, 1, RECIPE)
    monkeypatch.setenv("OWNVOICE_LAKE", night.lake.uri)
    before = {found.key: found.tag for found in night.lake.store.objects()}
    command(as_json=True)
    found = json.loads(capsys.readouterr().out)
    command()
    said = " ".join(capsys.readouterr().out.split())
    assert {found.key: found.tag for found in night.lake.store.objects()} == before
    assert found["left_out"] == run(night, 2).left_out > 0
    assert f"{found['left_out']} of {found['pairs']} pairs would be left out" in said
    assert "length, train: " in said


def test_the_hub_holds_the_selected_pairs_and_the_others_apart_and_both_give_the_digest(night, hub):
    night.write(*"abcdef")
    version = run(night, 1)
    write_report(night.lake, "night 1")
    push_to_hub(night.lake, hub_client(token_from_environment()), HubDataset("ann/pairs"))
    pushed, others = pushed_pairs(hub), {row["pair_id"]: row for row in rows(hub, "left_out/")}
    assert (len(pushed), len(others)) == (version.selected, version.left_out)
    assert pushed | others == committed_pairs(night.lake)
    assert digest_of(lattice_of((pushed | others).values())) == version.digest
    card = tree(hub)["README.md"].decode()
    assert "config_name: left_out" in card
    assert f"| train pairs left out | {version.left_out} |" in card
    assert f"optimization: {version.selected} pairs" in card


def test_a_dry_run_selects_nothing(night):
    night.write(*"abcdef")
    run(night, 1, RECIPE)
    night.list_and_plan("dry", recipe=BALANCED, dry_run=True)
    assert commit_version(night.lake, "dry") is None
    assert set(marks(night.lake).values()) == {(None, None)}
