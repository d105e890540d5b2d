"""Style reports in the lake: written whole, and read whatever became of them."""

from __future__ import annotations

import pytest

from ownvoice.errors import DamagedError
from ownvoice.evaluation.stored import read_style, read_style_answers, write_style
from ownvoice.evaluation.style_report import StyleAnswer, StyleReport, SubjectStyle
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.style.description import describe

REPORT = StyleReport(
    run_id="night",
    dataset_version=3,
    author_id="ann",
    judged=True,
    prompts=1,
    articles=1,
    subjects=(SubjectStyle(name="base", answers=1, score=0.25, description=describe(["Because so."])),),
)
ANSWER = StyleAnswer(
    subject="base",
    prompt_id="p1",
    article_id="a1",
    prompt="Why?",
    text="Because 𝗯𝗼𝗹𝗱 <b>.",
    words=2,
    chars=17,
    score=0.25,
    copied_share=None,
    longest_run=None,
    is_cut_off=None,
)


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path.as_uri())


def test_a_report_and_its_answers_are_read_as_they_were_written(lake):
    write_style(lake, "night", REPORT, [ANSWER])
    faults: list[str] = []
    assert read_style(lake, "night", faults) == REPORT
    assert read_style_answers(lake, "night") == [ANSWER]
    assert faults == []


def test_a_training_without_a_report_has_none_and_no_fault(lake):
    faults: list[str] = []
    assert read_style(lake, "night", faults) is None
    assert read_style_answers(lake, "night") == []
    assert faults == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"judged": "who knows"}', b"\xff\xfe"])
def test_a_damaged_report_is_named_and_stops_nothing(lake, content):
    lake.store.write(RunKeys("night").style, content)
    faults: list[str] = []
    assert read_style(lake, "night", faults) is None
    assert "style.json" in faults[0]


def test_a_part_that_does_not_fit_is_left_out_and_named(lake):
    stored = REPORT.model_dump(mode="json") | {"auc": "high"}
    lake.write_json(RunKeys("night").style, stored)
    faults: list[str] = []
    assert read_style(lake, "night", faults) == REPORT
    assert "auc" in faults[0]


def test_damaged_answers_are_a_sentence(lake):
    lake.store.write(RunKeys("night").style_answers, b"PAR1 no more")
    with pytest.raises(DamagedError, match="style_answers"):
        read_style_answers(lake, "night")
