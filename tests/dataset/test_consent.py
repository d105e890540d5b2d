"""Consent through a whole night: what is refused leaves the dataset at once, and costs nothing when it comes back."""

from __future__ import annotations

from ownvoice.config.source_rules import SourceRules
from ownvoice.dataset.verify import verify
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import scan
from stand_ins.night import Night


def rows(night):
    return [row for batch in scan(night.lake.table("pairs")) for row in batch.to_pylist()]


def run(night, run_id, **fields):
    night.list_and_plan(run_id, **fields)
    night.generate(run_id)
    return night.commit(run_id)


def test_a_refusal_retires_an_authors_pairs_and_its_end_brings_them_back_without_asking(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.write_by("jane", "c")
    run(night, "one")
    everything = {row["pair_id"] for row in rows(night)}
    asked = night.model.requests_served

    version = run(night, "two", source=SourceRules(authors={"jane": {"consent": "no"}}))
    assert {row["author_id"] for row in rows(night)} == {"tests"}
    assert version.retired == len(everything) - len(rows(night)) > 0
    assert write_report(lake, "two").articles == {"unchanged": 2, "withheld": 1, "quarantined": 0}
    assert verify(lake).passed

    run(night, "three")
    assert {row["pair_id"] for row in rows(night)} == everything
    assert night.model.requests_served == asked


def test_an_article_that_never_had_consent_is_never_asked_about(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write_by("jane", "a")
    run(night, "one", source=SourceRules(authors={"jane": {"consent": "no"}}))
    assert night.model.requests_served == 0
    assert rows(night) == []
