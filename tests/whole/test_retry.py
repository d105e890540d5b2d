"""Asking again about dead chunks, through every room: what is asked, what is paid, and what stays as it was."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.articles.latest_chunks import latest_chunks
from ownvoice.config.run import recorded_run
from ownvoice.dataset.verify import verify
from ownvoice.errors import SettingsError
from ownvoice.llm.failures import MAX_ANSWERS_PER_CHUNK
from ownvoice.llm.outcomes import read_outcomes
from ownvoice.reports.advice import advice_on
from ownvoice.reports.report import write_report
from ownvoice.reports.text.chunks import chunk_lines
from ownvoice.states import ChunkState
from ownvoice.storage.lake import scan
from ownvoice.storage.versions import latest_version
from ownvoice.training.planning.plan import new_pairs_since_last_training
from stand_ins.night import RECIPE, Night, article, spoil


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    return night


@pytest.fixture
def with_dead(night, lake, offline_model):
    """A lake whose night "one" has left the first chunk of each of two articles dead."""
    night.list_and_plan("one")
    night.generate("one")
    rows = read_outcomes(lake, recorded_run(lake, "one"), "batch-0000")
    spoil(lake, rows["a", 0]["request_key"], "no JSON")
    spoil(lake, rows["b", 0]["request_key"], "")
    night.generate("one")
    night.commit("one")
    offline_model.requests_served = 0
    return night


def retry(night, run_id="again", **fields):
    night.list_and_plan(run_id, retry="dead", **fields)
    night.generate(run_id)
    night.commit(run_id)
    return write_report(night.lake, run_id)


def dead(lake):
    return [
        (row["article_id"], row["faults"][-1]) for row in latest_chunks(lake, latest_version(lake), ChunkState.DEAD)
    ]


def pairs(lake):
    rows = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    return {row["pair_id"]: row for row in rows}


def test_only_the_dead_are_asked_and_no_pair_that_stands_is_taken_away(with_dead, lake, offline_model):
    assert dead(lake) == [("a", "bad_json"), ("b", "empty")]
    before = pairs(lake).keys()
    report = retry(with_dead)
    assert offline_model.requests_served == 2
    assert report.articles == {"retried": 2, "quarantined": 0}
    assert report.chunks.answered == 2
    assert report.chunks.answered + report.chunks.reused == report.chunks.total
    assert dead(lake) == []
    assert pairs(lake).keys() > before, "new pairs of the first chunk repeat some of the others, and give way"
    assert {row["state"] for batch in scan(lake.table("articles")) for row in batch.to_pylist()} == {"current"}
    assert lake.read_json("cursor.json") is None, "the source was not looked at"
    assert verify(lake).passed


def test_the_bad_answers_stay_and_a_later_night_finds_the_good_one_behind_them(with_dead, lake, offline_model):
    retry(with_dead)
    key = read_outcomes(lake, recorded_run(lake, "again"), "batch-0000")["a", 0]["request_key"]
    assert [found.key for found in sorted(lake.store.objects(f"answers/{key}"), key=lambda one: one.key)] == [
        f"answers/{key}/{attempt}.json" for attempt in range(1, MAX_ANSWERS_PER_CHUNK + 2)
    ]
    asked = offline_model.requests_served
    with_dead.edit("a", "A sentence at the end, which changes the last chunk and no other one at all.")
    with_dead.run("three")
    assert offline_model.requests_served == asked + 1
    assert dead(lake) == []


@pytest.mark.parametrize("narrowed", [{"retry_article": "b"}, {"retry_error": "empty"}])
def test_a_retry_can_be_narrowed_to_an_article_or_to_a_class_of_error(narrowed, with_dead, lake, offline_model):
    report = retry(with_dead, **narrowed)
    assert offline_model.requests_served == report.chunks.answered == 1
    assert dead(lake) == [("a", "bad_json")]


def test_a_class_of_error_takes_in_chunks_that_met_another_one_last(with_dead, lake):
    key = read_outcomes(lake, recorded_run(lake, "one"), "batch-0000")["a", 0]["request_key"]
    first = lake.read_json(f"answers/{key}/1.json")
    first["response"]["choices"][0]["message"]["content"] = ""
    lake.write_json(f"answers/{key}/1.json", first)
    with_dead.edit("a", "A sentence at the end, so that the chunks of this article are recorded again.")
    with_dead.run("two")
    assert dead(lake) == [("a", "bad_json"), ("b", "empty")]
    retry(with_dead, retry_error="empty")
    assert dead(lake) == []


def test_what_a_retry_only_dates_again_counts_as_no_new_pair_for_a_training(with_dead, lake):
    retry(with_dead, refresh_date=dt.date(2026, 2, 2))
    assert latest_version(lake).retired > 0
    assert new_pairs_since_last_training(lake) == len(pairs(lake))


def test_a_retry_keeps_to_its_prefix_and_to_its_limit_and_leaves_the_other_articles_as_they_are(with_dead, lake):
    report = retry(with_dead, "elsewhere", prefix="nowhere")
    assert (report.chunks.total, report.version) == (0, None)
    report = retry(with_dead, "one of two", limit_articles=1)
    assert report.articles["retried"] == report.planned.articles == 1
    assert {row["state"] for batch in scan(lake.table("articles")) for row in batch.to_pylist()} == {"current"}
    assert len(dead(lake)) == 1
    retry(with_dead, "the other")
    assert dead(lake) == []


def test_a_retry_keeps_standing_pairs_of_a_passage_that_has_become_boilerplate_since(night, lake):
    letter = "If you like this, subscribe to my weekly letter, which costs nothing at all and was never sold to anyone."
    foot = f"\n\n{letter}\n"
    for name in "ab":
        night.put(name, article(name) + foot)
    night.list_and_plan("one")
    night.generate("one")
    spoil(lake, read_outcomes(lake, recorded_run(lake, "one"), "batch-0000")["a", 0]["request_key"], "no JSON")
    night.generate("one")
    night.commit("one")
    for name in "cdefg":
        night.put(name, article(name) + foot)
    night.run("two")
    before = pairs(lake)
    assert any(row["article_id"] == "a" and "weekly letter" in row["chosen"] for row in before.values())
    retry(night)
    assert dead(lake) == []
    assert pairs(lake).keys() >= before.keys()


def test_a_retry_whose_batch_fails_takes_no_pair_away(with_dead, lake):
    before = pairs(lake)
    with_dead.list_and_plan("again", retry="dead")
    with_dead.generate("again", leave_out=0)
    with_dead.commit("again")
    assert pairs(lake) == before
    with_dead.run("the next night")
    assert pairs(lake).keys() == before.keys()
    assert dead(lake) == [("a", "bad_json"), ("b", "empty")], "an ordinary night asks about no dead chunk"


def test_a_retry_that_finds_nothing_dead_commits_nothing(night, lake):
    night.run("one")
    report = retry(night)
    assert report.version is None
    assert report.chunks.total == 0


def test_a_retry_by_another_recipe_would_pay_for_good_answers_again_and_is_refused(with_dead, monkeypatch):
    other = RECIPE.model_copy(update={"temperature": 0.1})
    monkeypatch.setattr("stand_ins.night.RECIPE", other)
    with pytest.raises(SettingsError, match=f"none of the 2 dead chunks was asked about by recipe {other.recipe_id}"):
        with_dead.list_and_plan("again", retry="dead")


def test_dead_chunks_are_listed_with_reason_and_advice_in_a_hundred_columns(with_dead, lake):
    found = latest_chunks(lake, latest_version(lake), ChunkState.DEAD)
    found[0]["article_id"] = "https://example.com/2026/02/a-very-long-address/of-an-article-by-somebody-or-other"
    lines = list(chunk_lines(ChunkState.DEAD, found))
    assert max(map(len, lines)) <= 100
    assert lines[0] == "2 chunks are dead"
    told = " ".join(map(str.strip, lines))
    for reason in ("bad_json", "empty"):
        assert f"1 × {reason}: {advice_on(reason).what_to_do}" in told
    assert "Ask about them again: ownvoice retry --only dead" in told
