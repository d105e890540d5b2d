"""Pairs that hold a row of an evaluation set are dropped, and the drop names the row."""

import pytest

from ownvoice.pairs.evaluation import MIN_WORDS
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import scan
from ownvoice.storage.stores import ObjectStore
from stand_ins.night import Night


@pytest.mark.parametrize("side", ["prompt", "chosen", "rejected"])
def test_a_pair_that_holds_a_row_is_dropped_and_the_row_is_named(lake, tmp_path, offline_model, side):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.run("before")
    pairs = [row for batch in scan(lake.table("pairs"), f"pair_id, {side}") for row in batch.to_pylist()]
    hit = next(pair for pair in pairs if len(pair[side].split()) >= MIN_WORDS)
    sets = ObjectStore((tmp_path / "sets").as_uri(), create_folder=True)
    sets.write("quiz.txt", f"\n{' '.join(hit[side].upper().split())}".encode())
    for name in "ab":
        night.edit(name, "One more sentence, so that it is read again.")
    night.list_and_plan("after", evaluation_sets=(sets.uri,))
    night.generate("after")
    night.commit("after")
    report = write_report(lake, "after")
    dropped = report.triples.dropped
    assert dropped["in_evaluation_set"] > 0
    assert report.triples.total == report.triples.kept + sum(dropped.values())
    details = {drop.detail for drop in report.drop_examples["in_evaluation_set"]}
    assert f"{side}: {sets.uri}/quiz.txt, row 2" in details
    left = {row["pair_id"] for batch in scan(lake.table("pairs"), "pair_id") for row in batch.to_pylist()}
    assert hit["pair_id"] not in left
