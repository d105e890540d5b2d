"""The whole refresh on the articles of the LLM Engineer's Handbook; skipped where they are not at hand."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.articles.near_duplicates.shingles import words
from ownvoice.chunks import clean
from ownvoice.chunks.plan import read_batch, read_plan
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.dataset.verify import verify
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import NOT_VERBATIM
from ownvoice.pairs.verbatim import locate
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.stores import ObjectStore
from stand_ins.source_objects import read


def refresh_book(lake, book_dir, model, tmp_path, cleaning):
    source = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    source.write("raw_documents.json", (book_dir / "raw_documents.json").read_bytes())
    run = RefreshRun(
        run_id="book",
        refresh_date=dt.date(2026, 4, 1),
        articles_uri=source.uri,
        recipe=GenerationRecipe(model=OFFLINE_MODEL, cleaning=cleaning),
        max_generation_tasks=1,
    )
    access = ModelAccess(model.base_url, model.api_key)
    return refresh(lake, source, run, lambda _: access, lambda _: None, lambda _: None)


@pytest.fixture(scope="module")
def refreshed(book_dir, tmp_path_factory):
    """Return the lake after a refresh of the book, and the report; its tests only read."""
    folder = tmp_path_factory.mktemp("book")
    lake = Lake((folder / "lake").as_uri())
    with running_offline_model() as model:
        return lake, refresh_book(lake, book_dir, model, folder, "faithful")


def test_the_whole_refresh_of_the_book_is_verified(refreshed):
    assert_verified(*refreshed)


def test_the_whole_refresh_of_the_book_by_the_chapter_s_cleaning_is_verified(lake, book_dir, offline_model, tmp_path):
    assert_verified(lake, refresh_book(lake, book_dir, offline_model, tmp_path, "chapter"))


def assert_verified(lake, report):
    assert report.articles == {"appeared": 75, "copied": 1, "unchanged": 0, "quarantined": 0}
    assert report.chunks.answered + report.chunks.reused == report.chunks.total
    found = verify(lake)
    assert found.passed, (len(found.failed), found.clusters_on_both_sides)
    assert found.pairs == report.pairs.total > 500


def test_the_one_piece_on_two_platforms_is_generated_from_once(refreshed):
    lake, _ = refreshed
    rows = [
        row for batch in scan(lake.table("articles"), "title, cluster_key, split, state") for row in batch.to_pylist()
    ]
    (copy,) = (row for row in rows if row["state"] == "duplicate")
    (other,) = (row for row in rows if row["cluster_key"] == copy["cluster_key"] and row is not copy)
    assert (other["title"], other["split"]) == (copy["title"], copy["split"])


FOOTER = "Substack is the home for great culture"
CALLS = (
    "Within this newsletter, I will help you decode complex topics about ML",
    "The Full Stack 7-Steps MLOps Framework : a 7-lesson FREE course",
    "Join Medium with my referral link",
)


@pytest.mark.parametrize("cleaning", ["faithful", "chapter"])
@pytest.mark.parametrize("file", ["raw", "cleaned"])
def test_the_footer_of_45_articles_reaches_no_prompt(lake, book_dir, tmp_path, file, cleaning):
    source = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    source.write("book.json", (book_dir / f"{file}_documents.json").read_bytes())
    assert sum(FOOTER in article.content for article in read("book.json", source.read("book.json"))) >= 45
    run = RefreshRun(
        run_id="book",
        refresh_date=dt.date(2026, 4, 1),
        articles_uri=source.uri,
        recipe=GenerationRecipe(cleaning=cleaning),
    )
    list_new_articles(lake, source, run)
    texts = [chunk["text"] for batch in plan_batches(lake, "book") for chunk in read_batch(lake, run, batch.name)]
    assert len(texts) > 400
    assert not any(FOOTER in text for text in texts)


def test_calls_to_subscribe_are_in_no_prompt_and_no_pair_of_the_book(refreshed, book_dir):
    lake, _ = refreshed
    run = recorded_run(lake, "book")
    texts = [chunk["text"] for name in read_plan(lake, run).batches for chunk in read_batch(lake, run, name)]
    rows = [row for batch in scan(lake.table("pairs"), "chosen, rejected") for row in batch.to_pylist()]
    texts += [text for row in rows for text in row.values()]
    originals = [article.content for article in read("raw.json", (book_dir / "raw_documents.json").read_bytes())]
    for call in CALLS:
        assert sum(call in clean(original, "faithful").text for original in originals) >= 8
        assert not any(call in text for text in texts)


def test_no_article_of_the_book_lies_on_both_sides(refreshed):
    lake, _ = refreshed
    rows = [row for batch in scan(lake.table("pairs"), "article_id, split") for row in batch.to_pylist()]
    sides = {split: {row["article_id"] for row in rows if row["split"] == split} for split in ("train", "test")}
    assert sides["train"] & sides["test"] == set()
    assert min(map(len, sides.values())) > 0


def test_none_of_the_pairs_that_were_shipped_with_the_book_is_verbatim(book_dir):
    shipped = json.loads((book_dir / "preference_datasets.json").read_text())
    pairs = [pair for side in ("train", "test") for pair in shipped[side]["articles"]["samples"]]
    articles = read("raw.json", (book_dir / "raw_documents.json").read_bytes())
    readings = [Reading.of(clean(article.content, "faithful").text) for article in articles]
    verdicts = [{locate(pair["chosen"], reading) for reading in readings} for pair in pairs]
    assert len(verdicts) == 402
    assert sum(found == {NOT_VERBATIM} for found in verdicts) == 402


def test_no_words_of_a_pair_of_the_book_are_on_both_sides_and_no_answer_is_kept_for_two_articles(refreshed):
    lake, report = refreshed
    assert report.triples.dropped["in_other_split"] > 30
    assert report.triples.dropped["repeated_elsewhere"] > 20
    rows = [row for batch in scan(lake.table("pairs"), "article_id, split, chosen") for row in batch.to_pylist()]
    texts = {"train": set(), "test": set()}
    for batch in scan(lake.table("articles"), "article_sha256, split", "state = 'current'"):
        for article in batch.to_pylist():
            texts[article["split"]] |= runs_of_13(clean(lake.original(article["article_sha256"]), "faithful").text)
    other = {"train": texts["test"], "test": texts["train"]}
    assert [row["chosen"] for row in rows if runs_of_13(row["chosen"]) & other[row["split"]]] == []
    assert len({row["chosen"] for row in rows}) == len({(row["chosen"], row["article_id"]) for row in rows})


def runs_of_13(text):
    found = words(text)
    return {tuple(found[start : start + 13]) for start in range(len(found) - 12)}
