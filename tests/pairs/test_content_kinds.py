"""Prompt version 3 through the real client: content that is the same, and every way in which it is not."""

from __future__ import annotations

from collections import Counter

import pytest

from ownvoice.dataset.verify import verify
from ownvoice.reports.html import read_page
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import scan
from ownvoice.storage.rows import chunk_rows
from ownvoice.triples.prompts import CONTENT_KINDS, INSTRUCTION_KINDS
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import running_model_server
from stand_ins.night import RECIPE, Night

THREE = RECIPE.model_copy(update={"prompt_version": "3"})
PAGES = " ".join(
    f"When I asked Ada about page {number} of the log, she counted {1000 + number:,} alarms and wrote “enough”, and "
    "nobody thought that the pager would ever be heard again in that house."
    for number in range(101, 125)
)
DROPPED = {
    "no points": "prompt_carries_too_little",
    "the quote itself": "prompt_copies_quote",
    "no numbers": "prompt_lacks_number",
    "no names": "prompt_lacks_name",
    "much besides": "prompt_carries_too_much",
}


def night_of(lake, tmp_path, breaks):
    with running_model_server(Behaviour(offline_answers=True, breaks=breaks)) as model:
        night = Night(lake, tmp_path / "articles", model)
        night.put("a", PAGES)
        night.run("one", recipe=THREE)
    return write_report(lake, "one"), [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]


def drops_in_table(lake):
    rows = (row for batch in scan(lake.table("chunks")) for row in chunk_rows(batch))
    return sum((Counter(row["drop_reasons"]) for row in rows), Counter())


def test_pairs_that_carry_their_content_are_made_told_by_kind_and_proved(lake, tmp_path):
    report, rows = night_of(lake, tmp_path, "")
    kinds = Counter(row["instruction_kind"] for row in rows)
    assert set(CONTENT_KINDS) < set(kinds) <= {*CONTENT_KINDS, *INSTRUCTION_KINDS}
    assert report.instruction_kinds == kinds
    assert f"{kinds['brief']} brief" in read_page(lake, "one").decode()
    assert {row["prompt_version"] for row in rows} == {"3"}
    for row in rows:
        if row["instruction_kind"] in CONTENT_KINDS:
            ask, _, carried = row["prompt"].partition("\n")
            assert ask.endswith(":") and "Ada" in carried and row["chosen"] not in row["prompt"]
            assert carried.startswith("- ") is (row["instruction_kind"] == "brief")
    assert verify(lake).passed


@pytest.mark.parametrize("breaks", DROPPED)
def test_content_that_is_not_the_same_is_dropped_for_its_reason_and_counted_everywhere(lake, tmp_path, breaks):
    report, rows = night_of(lake, tmp_path, breaks)
    reason = DROPPED[breaks]
    assert not {row["instruction_kind"] for row in rows} & set(CONTENT_KINDS)
    assert report.triples.dropped[reason] > 0
    assert drops_in_table(lake) == report.triples.dropped
    assert report.triples.total == report.triples.kept + sum(report.triples.dropped.values())
    example = report.drop_examples[reason][0]
    assert example.detail and example.detail in read_page(lake, "one").decode()


def test_a_kind_that_was_not_asked_for_is_no_triple_and_the_others_of_the_answer_count(lake, tmp_path):
    report, rows = night_of(lake, tmp_path, "no kind that was asked for")
    assert {row["instruction_kind"] for row in rows} <= set(INSTRUCTION_KINDS)
    assert report.triples.total == report.chunks.answered
