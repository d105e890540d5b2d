"""A jury over a night of the book's articles; skipped where they are not at hand."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.verify import verify
from ownvoice.evaluation.judges import night as night_module
from ownvoice.evaluation.judges.qualification.stored import write_qualification
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.stores import ObjectStore
from stand_ins.judgements import a_judge, a_qualification

JURY = tuple(
    a_judge(f"judge-{family}", model=f"{OFFLINE_MODEL}-{family}", family=family, prompt=prompt)
    for family, prompt in (("a", "absolute"), ("b", "absolute"), ("c", "pairwise"))
)
ARTICLES = 4


@pytest.fixture
def source(book_dir, tmp_path):
    store = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    documents = json.loads((book_dir / "raw_documents.json").read_text(encoding="utf-8"))
    documents["artifact_data"] = documents["artifact_data"][:ARTICLES]
    store.write("raw_documents.json", json.dumps(documents).encode())
    return store


def refresh_with_jury(lake, source, model, **fields):
    for judge in JURY:
        write_qualification(lake, a_qualification(judge))
    run = RefreshRun(
        run_id="book",
        refresh_date=dt.date(2026, 4, 1),
        articles_uri=source.uri,
        recipe=GenerationRecipe(model=OFFLINE_MODEL, judged_by=JURY, quality_at_least=4.5),
        **fields,
    )
    access = ModelAccess(model.base_url, model.api_key)
    return refresh(lake, source, run, lambda _: access, lambda _: None, lambda _: None)


def rows(lake, table):
    return [row for batch in scan(lake.table(table)) for row in batch.to_pylist()]


def test_a_jury_that_is_killed_and_done_again_asks_nothing_twice_and_its_report_adds_up(
    lake, source, offline_model, tmp_path, monkeypatch
):
    undisturbed = Lake((tmp_path / "undisturbed").as_uri())
    refresh_with_jury(undisturbed, source, offline_model)
    asked = Counter(offline_model.served)
    for place in ("judge_items", "record_judgements", "write_staged"):
        kill_once(monkeypatch, place)
        with pytest.raises(KeyboardInterrupt):
            refresh_with_jury(lake, source, offline_model)
        monkeypatch.undo()
    report = refresh_with_jury(lake, source, offline_model)
    assert Counter(offline_model.served) == asked + asked, "the night that was killed asked as often as the other"
    assert {row["pair_id"] for row in rows(lake, "pairs")} == {row["pair_id"] for row in rows(undisturbed, "pairs")}
    assert verify(lake).passed
    assert report.triples.total == report.triples.kept + sum(report.triples.dropped.values())
    assert 0 < report.triples.dropped["below_quality"] < report.triples.total
    judged = rows(lake, "judgements")
    for judge in JURY:
        paid = {row["request_key"]: row for row in judged if row["judge"] == judge.name}.values()
        tokens = sum(row["prompt_tokens"] + row["completion_tokens"] for row in paid)
        assert report.spend.models[judge.model].spent.tokens == tokens > 0
    assert report.spend.spent.tokens == sum(one.spent.tokens for one in report.spend.models.values())


def test_the_budget_of_a_night_holds_with_its_jury(lake, source, offline_model):
    report = refresh_with_jury(lake, source, offline_model, max_tokens=400_000)
    assert 0 < report.spend.spent.tokens <= 400_000
    assert report.spend.models[JURY[0].model].spent.tokens > 0


def kill_once(monkeypatch, place):
    """End the process's work right after `place` was called for the first time."""
    real = getattr(night_module, place)

    def killed(*args, **kwargs):
        real(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(night_module, place, killed)
