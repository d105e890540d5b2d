"""Articles in languages that the recipe does not name: they wait, and come when it names them."""

from __future__ import annotations

import pytest

from ownvoice.chunks import language
from ownvoice.dataset.verify import verify
from ownvoice.reports.report import write_report
from ownvoice.states import ArticleState
from ownvoice.storage.lake import scan
from ownvoice.storage.versions import all_versions, latest_version
from stand_ins.night import RECIPE, Night, article

GERMAN = "## Über das Warten\n\n" + " ".join(
    f"Wenn ich an den Morgen im Jahr {year} denke, sehe ich am Kai keinen „Fortschritt“, sondern nur sehr viel Geduld."
    for year in range(1981, 1990)
)


@pytest.fixture
def night(lake, tmp_path, offline_model):
    return Night(lake, tmp_path / "articles", offline_model)


def in_languages(codes):
    return RECIPE.model_copy(update={"languages": codes})


def states(lake):
    rows = scan(lake.table("articles", latest_version(lake).articles_version))
    return {row["article_id"]: row["state"] for batch in rows for row in batch.to_pylist()}


def articles_with_pairs(lake):
    return {row["article_id"] for batch in scan(lake.table("pairs")) for row in batch.to_pylist()}


def test_a_language_that_is_added_brings_back_what_it_had_left_out(night, lake):
    night.write("a")
    night.put("b", GERMAN)
    night.run("one", recipe=in_languages("en"))
    assert states(lake) == {"a": ArticleState.CURRENT, "b": ArticleState.PENDING}
    night.run("two", recipe=in_languages("en, de"))
    assert states(lake) == {"a": ArticleState.CURRENT, "b": ArticleState.CURRENT}
    assert articles_with_pairs(lake) == {"a", "b"}
    assert write_report(lake, "two").left_out == {}
    assert verify(lake).passed


def test_a_night_with_nothing_but_articles_that_wait_commits_nothing_and_counts_them(night, lake):
    night.write("a")
    night.put("b", GERMAN)
    night.run("one", recipe=in_languages("en"))
    assert night.run("two", recipe=in_languages("en")) is None
    assert len(all_versions(lake)) == 1
    assert write_report(lake, "two").left_out == {"other_language": 1}


def test_a_language_that_is_taken_away_keeps_the_pairs_of_a_text_until_the_text_changes(night, lake):
    night.write("a")
    night.put("b", GERMAN)
    night.run("one", recipe=in_languages("en, de"))
    night.run("two", recipe=in_languages("en"))
    assert articles_with_pairs(lake) == {"a", "b"}
    night.edit("b", "Ein neuer Satz, den es vorher nicht gab, über das Schiff und seinen Kapitän am Abend.")
    night.run("three", recipe=in_languages("en"))
    assert articles_with_pairs(lake) == {"a"}
    assert states(lake)["b"] == ArticleState.PENDING
    assert verify(lake).passed
    night.run("four", recipe=in_languages("de"))
    assert articles_with_pairs(lake) == {"a", "b"}
    assert verify(lake).passed


def test_a_text_that_waits_is_judged_once(night, lake, monkeypatch):
    judged = []
    judge = language._judged
    monkeypatch.setattr(language, "_judged", lambda lake, one: judged.append(one.article_id) or judge(lake, one))
    night.put("b", GERMAN)
    night.put("c", GERMAN + " Noch ein Satz.", language="de")
    for run_id in ("one", "two", "three"):
        night.run(run_id, recipe=in_languages("en"))
    assert judged == ["b"]


@pytest.mark.parametrize("named", ["und", "mul", "zxx", "", "German"])
def test_a_code_that_names_no_language_leaves_it_to_the_text(night, lake, named):
    night.put("b", article("b"), language=named)
    night.run("one", recipe=in_languages("en"))
    assert states(lake) == {"b": ArticleState.CURRENT}
