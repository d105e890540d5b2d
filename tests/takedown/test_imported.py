"""A takedown reaches what readers and known sets say in an author's words, and it does not come back with its file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ownvoice.articles.tombstones import Withheld, put_tombstone
from ownvoice.imports.table import read_imported, record_imported, row_id
from ownvoice.offline_model.server import OfflineModel
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ImportedRow
from ownvoice.storage.table_log import log_entries
from ownvoice.takedown.commit import commit_without
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.old_versions import rewrite_old_versions
from ownvoice.takedown.rows import find_rows
from stand_ins.night import Night, article

_QUOTE = next(line for line in article("alpha").splitlines() if len(line.split()) > 12)


def _row(chosen: str, author_id: str | None = None) -> ImportedRow:
    prompt = [{"role": "user", "content": "What did the author say?"}]
    return {
        "row_id": row_id("feedback", prompt, chosen, "No."),  # type: ignore[arg-type]  # a message, as a dict
        "set": "feedback",
        "revision": "r1",
        "licence": "",
        "import_id": "feedback@r1",
        "source_file": "votes.jsonl",
        "source_row": 1,
        "source_sha256": "0" * 64,
        "provenance_class": "human_preference",
        "prompt_messages": prompt,  # type: ignore[typeddict-item]
        "chosen": chosen,
        "rejected": "No.",
        "author_id": author_id,
        "person": None,
        "score_margin": None,
        "imported_by_run": "test",
        "imported_at": dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
    }


@pytest.fixture
def rows(lake: Lake, tmp_path: Path, offline_model: OfflineModel) -> list[ImportedRow]:
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("alpha", "bravo")
    night.run("one")
    rows = [_row(f"She wrote: {_QUOTE}"), _row("Something of the reader's own."), _row("An edit.", author_id="jane")]
    assert record_imported(lake, rows) == 3
    return rows


def test_a_quoting_row_goes_from_every_version_and_does_not_come_back(lake: Lake, rows: list[ImportedRow]) -> None:
    quoting, own, edit = rows
    found = find_rows(lake, Wanted(article_ids=frozenset({"alpha"})))
    assert found.imported_ids == {quoting["row_id"]} and found.rows["imported"] == {0: 1}
    put_tombstone(lake, "td", Withheld(row_ids=found.imported_ids), 0.5)
    commit_without(lake, "td", found)
    rewrite_old_versions(lake, "td", found)
    for version in [None, *range(1, len(log_entries(lake, "imported")))]:
        left = {row["row_id"] for row in read_imported(lake, version=version)}
        assert left == {own["row_id"], edit["row_id"]}
    files = [one.key for one in lake.store.objects("tables/imported") if one.key.endswith(".parquet")]
    assert not any(_QUOTE[:40].encode() in (lake.store.read(key) or b"") for key in files)
    assert record_imported(lake, rows) == 0


def test_an_authors_edits_go_with_the_author(lake: Lake, rows: list[ImportedRow]) -> None:
    assert find_rows(lake, Wanted(author_ids=frozenset({"jane"}))).imported_ids == {rows[2]["row_id"]}
