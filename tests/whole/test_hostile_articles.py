"""Articles that attack their readers, through a whole refresh: they are text, and stay text."""

from __future__ import annotations

import pyarrow.parquet as pq

from ownvoice.dataset.export import export
from ownvoice.dataset.verify import verify
from ownvoice.reports.text.report import report_lines
from stand_ins.hostile_articles import HOSTILE_ARTICLES, write_hostile_articles
from stand_ins.offline_night import offline_night


def test_every_fragment_reaches_the_dataset_as_it_was_written_and_nothing_breaks(lake, tmp_path):
    (tmp_path / "articles").mkdir()
    write_hostile_articles(tmp_path / "articles")
    report = offline_night(lake, tmp_path / "articles")
    assert report.articles["appeared"] == len(HOSTILE_ARTICLES)
    assert all(line.isprintable() for line in report_lines(report))
    assert verify(lake).passed

    export(lake, tmp_path / "out")
    files = [pq.read_table(file) for file in (tmp_path / "out").glob("*.parquet")]  # none for an empty side
    chosen = [text for file in files for text in file["chosen"].to_pylist()]
    lost = [one.name for one in HOSTILE_ARTICLES if not any(one.fragment in text for text in chosen)]
    assert lost == []


def test_a_name_with_a_line_break_adds_no_line_to_a_report(lake, tmp_path):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a\nlisted: 99 appeared.md").write_text("")
    (tmp_path / "articles" / "good.md").write_text("A good article.")
    lines = list(report_lines(offline_night(lake, tmp_path / "articles")))
    assert [line for line in lines if "\\u000alisted: 99 appeared.md: empty" in line]
    assert not [line for line in lines if "\n" in line]
