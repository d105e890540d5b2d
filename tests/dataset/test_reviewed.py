"""What people decide reaches the next version and every one after it, whoever works on the article, killed or not."""

from __future__ import annotations

import datetime as dt
import shutil
from operator import itemgetter

import pytest

from ownvoice.articles.cluster import split_of
from ownvoice.dataset import commit as module
from ownvoice.dataset.chunk_rows import run_chunks
from ownvoice.dataset.commit import commit_version
from ownvoice.dataset.verify import verify
from ownvoice.errors import DamagedError
from ownvoice.offline_model.server import running_offline_model
from ownvoice.pairs.reviewed import Decision, write_decisions
from ownvoice.reports.report import write_report
from ownvoice.reviewing.answers import give_answer
from ownvoice.reviewing.sample import write_sample
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.layout import REVIEWS
from ownvoice.storage.review_keys import ReviewKeys
from ownvoice.storage.versions import all_versions, latest_version
from stand_ins.night import RECIPE, Night
from stand_ins.review_rounds import AT, ROUND, a_round, answer

TYPED = "A short text that a person typed in, which answers the instruction and is the less good one."
BALANCED = {"recipe": RECIPE.model_copy(update={"balance": True})}


@pytest.fixture(scope="module")
def model():
    with running_offline_model() as model:
        yield model


@pytest.fixture(scope="module")
def first_night(tmp_path_factory, model):
    """Return the folder of a lake and its articles after one night, which each test begins with a copy of."""
    folder = tmp_path_factory.mktemp("first")
    found = Night(Lake((folder / "lake").as_uri()), folder / "articles", model)
    found.write("a", "b")
    found.run("one")
    return folder


@pytest.fixture
def night(first_night, tmp_path, model):
    folder = shutil.copytree(first_night, tmp_path / "copy")
    return Night(Lake((folder / "lake").as_uri()), folder / "articles", model)


def pairs(night, number=None):
    rows = [row for batch in scan(night.lake.table("pairs", number)) for row in batch.to_pylist()]
    return {row["pair_id"]: row for row in rows}


def first_of(night, article_id="a"):
    return min(
        (row for row in pairs(night).values() if row["article_id"] == article_id), key=lambda row: row["pair_id"]
    )


def decide(night, row, what, edited=None, source=None, round_name=ROUND, at=AT):
    """Have one person say so in a round of its own."""
    write_sample(night.lake, a_round(round_name), [])
    said = answer(row["pair_id"], round_name=round_name, edited=edited, edit_source=source)
    assert give_answer(night.lake, said).recorded
    decision = Decision(row["pair_id"], what, said.review_id, ["ann"], edited, source, at)
    write_decisions(night.lake, round_name, [decision])
    return decision


def check(night, run_id):
    """Verify the newest version, and add up the report of its run."""
    found = verify(night.lake)
    assert found.passed, found
    version = latest_version(night.lake)
    assert version.pairs == len(pairs(night))
    report = write_report(night.lake, run_id)
    assert report.triples.total == report.triples.kept + sum(report.triples.dropped.values())
    return report


@pytest.mark.parametrize(("what", "reason"), [("overturned", "overturned_by_reviewers"), ("both_bad", "both_bad")])
def test_a_night_without_new_articles_drops_what_people_overturned_and_never_turns_it_around(night, what, reason):
    before, row = pairs(night), first_of(night)
    decide(night, row, what)
    asked = night.model.requests_served
    version = night.run("two")
    assert pairs(night) == {pair_id: one for pair_id, one in before.items() if pair_id != row["pair_id"]}
    assert (version.added, version.retired, version.retired_for) == (0, 1, {reason: 1})
    assert night.model.requests_served == asked
    assert check(night, "two").retired_for == {reason: 1}
    assert night.run("three") is None, "there is nothing left to do"


@pytest.mark.parametrize("source", ["edited", "human"])
def test_an_edit_replaces_its_pair_by_one_with_an_id_and_a_source_of_its_own(night, source):
    before, row = pairs(night), first_of(night)
    decision = decide(night, row, "edited", TYPED, source)
    version = night.run("two")
    new = pairs(night)[decision.new_pair_id]
    changed = {
        "pair_id": decision.new_pair_id,
        "rejected": TYPED,
        "rejected_model": row["rejected_model"] if source == "edited" else "human",
        "rejected_request_key": row["rejected_request_key"] if source == "edited" else "",
        "rejected_source": source,
        "review_id": decision.review_id,
        "created_by_run": "two",
    }
    assert new == row | changed
    assert set(pairs(night)) == set(before) - {row["pair_id"]} | {new["pair_id"]}
    assert (version.added, version.retired, version.retired_for) == (1, 1, {})
    check(night, "two")
    assert night.run("three") is None


def test_decisions_hold_when_the_article_is_made_again_and_its_chunks_count_them(night):
    dropped, edited = sorted(
        (row for row in pairs(night).values() if row["article_id"] == "a"), key=itemgetter("pair_id")
    )[:2]
    decide(night, dropped, "overturned")
    decision = decide(night, edited, "edited", TYPED, "human", "round-2")
    night.run("two")
    night.edit("a", "A sentence that was not there before, and it says something new about the night shift.")
    version = night.run("three")
    assert dropped["pair_id"] not in pairs(night)
    assert edited["pair_id"] not in pairs(night)
    assert pairs(night)[decision.new_pair_id]["rejected"] == TYPED
    reasons = [row["drop_reasons"] for row in run_chunks(night.lake, version)]
    assert sum(one.get("overturned_by_reviewers", 0) for one in reasons) == 1
    kept = sum(row["kept"] for row in run_chunks(night.lake, version))
    assert kept == sum(row["article_id"] == "a" for row in pairs(night).values())
    check(night, "three")


def test_decisions_reach_a_first_commit_of_the_article_s_pairs_and_a_repeated_one_changes_nothing(night):
    row = first_of(night)
    decide(night, row, "overturned")
    night.edit("a", "A sentence that was not there before, and it says something new about the night shift.")
    version = night.run("two")
    assert row["pair_id"] not in pairs(night)
    assert commit_version(night.lake, "two") == version
    assert len(all_versions(night.lake)) == 2
    check(night, "two")


def test_a_commit_that_is_killed_before_its_last_write_loses_no_decision(night, monkeypatch):
    row, other = first_of(night), first_of(night, "b")
    decide(night, row, "overturned")
    decision = decide(night, other, "edited", TYPED, "edited", "round-2")
    night.list_and_plan("two")
    with monkeypatch.context() as patch:
        patch.setattr(module, "write_pairs", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            night.commit("two")
    assert row["pair_id"] in pairs(night)
    version = night.commit("two")
    assert (version.added, version.retired) == (1, 2)
    assert decision.new_pair_id in pairs(night)
    assert night.commit("two") == version
    check(night, "two")


def test_an_article_that_is_removed_takes_its_reviewed_pairs_with_it(night):
    decision = decide(night, first_of(night), "edited", TYPED, "edited")
    night.run("two")
    night.remove("a")
    night.run("three")
    assert decision.new_pair_id not in pairs(night)
    assert {row["article_id"] for row in pairs(night).values()} == {"b"}
    check(night, "three")
    night.write("a")
    night.run("four")
    assert pairs(night)[decision.new_pair_id]["rejected"] == TYPED, "what was decided holds when it comes back"
    check(night, "four")


def test_a_pair_that_an_edit_made_can_be_reviewed_in_its_turn(night):
    row = first_of(night)
    first = decide(night, row, "edited", TYPED, "edited")
    night.run("two")
    decide(night, pairs(night)[first.new_pair_id], "overturned", round_name="round-2", at=AT + dt.timedelta(days=1))
    night.run("three")
    assert not {row["pair_id"], first.new_pair_id} & set(pairs(night))
    assert check(night, "three").retired_for == {"overturned_by_reviewers": 1}


def test_the_newest_of_several_decisions_about_a_pair_counts(night):
    row = first_of(night)
    decide(night, row, "overturned", round_name="a-later-one", at=AT + dt.timedelta(days=1))
    decide(night, row, "edited", TYPED, "edited", "b-earlier-one")
    night.run("two")
    assert check(night, "two").retired_for == {"overturned_by_reviewers": 1}


def test_an_edit_that_gives_the_author_s_own_words_is_dropped_with_the_filter_s_reason(night):
    row = first_of(night)
    decide(night, row, "edited", row["chosen"].upper(), "human")
    night.run("two")
    assert check(night, "two").retired_for == {"chosen_equals_rejected": 1}


def test_an_edit_that_holds_a_row_of_an_evaluation_set_is_dropped(night, tmp_path):
    (tmp_path / "set.txt").write_text("nine plain words of an evaluation set stand here together\n")
    decide(night, first_of(night), "edited", "And nine plain words of an evaluation set stand here together.", "human")
    night.run("two", evaluation_sets=((tmp_path / "set.txt").as_uri(),))
    assert check(night, "two").retired_for == {"in_evaluation_set": 1}


def test_an_edit_that_holds_words_of_both_sides_of_the_split_is_dropped(lake, tmp_path, model):
    halves = {"test_share": 0.5, "near_duplicate_jaccard": 0.9}
    train, test = (next(name for name in "abcdefgh" if split_of(name, 0.5) == side) for side in ("train", "test"))
    night = Night(lake, tmp_path / "articles", model)
    shared = "Whoever keeps a garden for long learns seven things about waiting that no shorter acquaintance teaches."
    for name in (train, test):
        night.write(name)
        night.edit(name, shared)
    night.run("one", **halves)
    decide(night, first_of(night, train), "edited", f"I would say this. {shared}", "human")
    night.run("two", **halves)
    assert check(night, "two").retired_for == {"in_other_split": 1}


def test_a_balanced_version_marks_the_pair_that_an_edit_made(night):
    night.run("two", **BALANCED)
    decision = decide(night, first_of(night), "edited", TYPED, "edited")
    version = night.run("three", **BALANCED)
    marked = {row["pair_id"]: row["selected"] is not None for row in pairs(night).values()}
    assert marked[decision.new_pair_id] == marked[first_of(night, "b")["pair_id"]]
    assert version.selection is not None
    check(night, "three")


def test_a_dry_run_decides_nothing(night):
    decide(night, first_of(night), "overturned")
    before = pairs(night)
    assert night.run("two", dry_run=True) is None
    assert pairs(night) == before


def test_a_decision_about_a_pair_that_is_gone_makes_no_version(night):
    night.run("two")  # the copied articles have other times
    decide(night, first_of(night) | {"pair_id": "0" * 32}, "overturned")
    assert night.run("three") is None


def test_decisions_that_cannot_be_read_stop_the_commit_before_what_was_overturned_comes_back(night):
    decide(night, first_of(night), "overturned")
    night.lake.store.write(ReviewKeys(ROUND).decisions, b"PAR1")
    with pytest.raises(DamagedError, match=r"decisions\.parquet cannot be read.*fold"):
        night.run("two")


def test_verify_names_a_pair_whose_review_says_something_else_or_is_gone(night):
    decision = decide(night, first_of(night), "edited", TYPED, "edited")
    night.run("two")
    stored = night.lake.read_json(decision.review_id)
    night.lake.write_json(decision.review_id, stored | {"edited": "Another text."})
    assert "is not what was written in the review" in verify(night.lake).failed[decision.new_pair_id]
    night.lake.store.write(decision.review_id, b"{")
    assert "cannot be read" in verify(night.lake).failed[decision.new_pair_id]
    night.lake.store.delete(decision.review_id)
    assert REVIEWS in verify(night.lake).failed[decision.new_pair_id]
