"""Boilerplate over several runs: passages of many articles reach no prompt, and a text once decided never changes."""

import datetime as dt
from pathlib import Path

import pytest

from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.chunks.plan import DEFERRED, read_batch
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.dataset.verify import verify
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import scan
from ownvoice.storage.stores import ObjectStore
from stand_ins.night import Night, article

FOOTER = "Subscribe to my letter, and tell your friends about it if you liked it."
NAMES = "abcdefgh"


@pytest.fixture
def night(lake, tmp_path, offline_model):
    return Night(lake, tmp_path / "articles", offline_model)


def write_with_footer(night, names, footer=FOOTER):
    for name in names:
        night.put(name, f"{article(name)}\n\n{footer}\n")


def prompts(lake, run_id):
    """Return the texts of the planned chunks by article."""
    run = recorded_run(lake, run_id)
    texts = {}
    for file in lake.store.objects(f"{run.keys.folder}/plan"):
        for chunk in read_batch(lake, run, file.key.rpartition("/")[2].removesuffix(".parquet")):
            texts[chunk["article_id"]] = texts.get(chunk["article_id"], "") + chunk["text"]
    return texts


def test_a_footer_reaches_no_prompt_and_no_pair(lake, night):
    write_with_footer(night, NAMES)
    night.run("one")
    assert not any(FOOTER in text for text in prompts(lake, "one").values())
    pairs = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    assert len(pairs) > 20
    assert not any(FOOTER in pair[side] for pair in pairs for side in ("chosen", "rejected", "prompt"))
    assert verify(lake).passed


def test_a_passage_of_few_articles_stays(lake, night):
    write_with_footer(night, NAMES[:4])
    night.run("one")
    assert all(FOOTER in text for text in prompts(lake, "one").values())


def test_articles_of_earlier_runs_count(lake, night):
    write_with_footer(night, NAMES[:4])
    night.run("one")
    write_with_footer(night, NAMES[4:5])
    night.run("two")
    assert FOOTER not in prompts(lake, "two")["e"]


def test_lost_counts_are_made_again(lake, night):
    write_with_footer(night, NAMES[:4])
    night.run("one")
    for found in list(lake.store.objects("passages")):
        lake.store.delete(found.key)
    write_with_footer(night, NAMES[4:5])
    night.run("two")
    assert FOOTER not in prompts(lake, "two")["e"]


def test_a_text_that_was_decided_stays_when_more_becomes_boilerplate(lake, night):
    write_with_footer(night, NAMES[:4])
    night.list_and_plan("one")
    night.commit("one")  # no batch was generated: everything stays pending
    write_with_footer(night, NAMES[4:])
    night.list_and_plan("two")
    assert [name for name, text in prompts(lake, "two").items() if FOOTER in text] == list(NAMES[:4])


def test_what_an_earlier_version_of_the_cleaning_decided_and_counted_still_holds(lake, night):
    write_with_footer(night, NAMES[:4])
    night.list_and_plan("one")
    night.commit("one")
    for folder in ("readings", "passages"):
        made = Path(lake.uri.removeprefix("file://"), folder)
        (made / "faithful-2").rename(made / "faithful-1")
    write_with_footer(night, NAMES[4:5])
    night.list_and_plan("two")
    assert [name for name, text in prompts(lake, "two").items() if FOOTER in text] == list(NAMES[:4])


def test_a_pair_that_holds_what_became_boilerplate_is_dropped_with_its_own_reason(lake, night):
    long_footer = " ".join(f"My letter number {n} is free, so subscribe to it now, friends." for n in range(60))
    write_with_footer(night, NAMES[:4], long_footer)
    night.list_and_plan("one", near_duplicate_jaccard=1)
    night.commit("one")
    write_with_footer(night, NAMES[4:], long_footer)
    night.list_and_plan("two", near_duplicate_jaccard=1)
    night.generate("two")
    night.commit("two")
    report = write_report(lake, "two")
    dropped = report.triples.dropped
    assert dropped["boilerplate"] > 0
    assert report.triples.total == report.triples.kept + sum(dropped.values())
    assert "My letter number" in report.drop_examples["boilerplate"][0].detail


def test_a_dry_run_decides_and_counts_nothing(lake, night):
    write_with_footer(night, NAMES[:4])
    night.list_and_plan("dry", dry_run=True)
    assert list(lake.store.objects("readings")) == list(lake.store.objects("passages")) == []


def test_an_article_in_another_language_is_left_out_with_a_reason(lake, tmp_path):
    source = ObjectStore((tmp_path / "source").as_uri(), create_folder=True)
    source.write("a.md", b"A short English text about nothing in particular, written on a rainy morning.")
    source.write("b.md", "Ein kurzer deutscher Text über nichts Besonderes, an einem Morgen im Regen.".encode())
    source.write("c.md", b"---\nlanguage: fr-CA\n---\nHm.")
    run = RefreshRun(
        run_id="one",
        refresh_date=dt.date(2026, 2, 1),
        articles_uri=source.uri,
        recipe=GenerationRecipe(languages="en, fr"),
    )
    list_new_articles(lake, source, run)
    batches = plan_batches(lake, "one")
    assert {chunk["article_id"] for b in batches for chunk in read_batch(lake, run, b.name)} == {"a.md", "c.md"}
    assert read_batch(lake, run, DEFERRED) == []
    assert write_report(lake, "one").left_out == {"other_language": 1}
