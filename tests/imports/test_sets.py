"""Each known set: ten recorded rows become what is written beside them, and nothing else.

The rows have the columns of the sets; their words were written for these tests.
"""

from __future__ import annotations

import json

import pytest

from ownvoice.errors import BadDataError, SettingsError
from ownvoice.imports.sets import KNOWN_SETS, known_set
from ownvoice.imports.table import read_imported
from stand_ins.imported import imported, recorded


def of_rows(lake, name, rows, folder):
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = imported(lake, name, folder)
    return report, sorted(read_imported(lake, sets=[name]), key=lambda row: row["source_row"])


def golden(row):
    prompt = [[turn["role"], turn["content"]] for turn in row["prompt_messages"]]
    return {"prompt": prompt, "chosen": row["chosen"], "rejected": row["rejected"], "margin": row["score_margin"]}


@pytest.mark.parametrize("name", KNOWN_SETS)
def test_ten_recorded_rows_become_the_golden_ones(name, lake, tmp_path):
    cases = recorded(name)
    report, rows = of_rows(lake, name, [case["row"] for case in cases], tmp_path)
    wanted = {number: case["becomes"] for number, case in enumerate(cases, 1)}
    assert {row["source_row"]: golden(row) for row in rows} == {
        number: one for number, one in wanted.items() if "drop" not in one
    }
    drops = [one["drop"] for one in wanted.values() if "drop" in one]
    assert report.dropped == {name: drops.count(name) for name in drops}
    assert report.rows == len(cases) == report.kept + sum(report.dropped.values())
    assert {row["provenance_class"] for row in rows} == {KNOWN_SETS[name].provenance}
    assert {row["licence"] for row in rows} == {KNOWN_SETS[name].licence}


@pytest.mark.parametrize("name", KNOWN_SETS)
def test_every_set_has_rows_with_an_equal_and_an_empty_answer_and_at_least_ten(name):
    drops = {case["becomes"].get("drop") for case in recorded(name)}
    assert {"same_answer", "empty", None} <= drops
    assert len(recorded(name)) >= 10


@pytest.mark.parametrize("name", KNOWN_SETS)
def test_an_unknown_a_missing_and_a_mistyped_column_stop_the_import_with_set_file_row_and_name(name, lake, tmp_path):
    first, second = (case["row"] for case in recorded(name)[:2])
    column = next(iter(KNOWN_SETS[name].columns))
    for broken, said in (
        (second | {"mood": "calm"}, "column mood is unknown"),
        ({key: value for key, value in second.items() if key != column}, f"column {column} is missing"),
        (second | {column: {"a": 1} if column != "info" else 7}, f"column {column} holds"),
    ):
        with pytest.raises(BadDataError, match=rf"{name}: rows.jsonl, row 2: {said}.*Nothing was recorded"):
            of_rows(lake, name, [first, broken], tmp_path)
    assert list(read_imported(lake)) == []


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("helpsteer3", "overall_preference", 4),
        ("arena-140k", "winner", "model_c"),
        ("summarize-from-feedback", "choice", 2),
        ("distilabel-intel-orca", "status", "lost"),
        ("capybara", "chosen", [{"role": "tool", "content": "x"}]),
        ("capybara", "chosen", [{"role": "user", "content": "x", "tool_calls": ["y"]}]),
        ("arena-140k", "conversation_a", [{"role": "user", "content": [{"type": "hologram"}]}]),
        ("arena-140k", "conversation_a", [{"role": "user", "content": [{"type": ["text"]}]}]),
        ("arena-140k", "conversation_a", [{"role": "user", "content": [{"type": "text", "text": 5}]}]),
        ("helpsteer3", "overall_preference", 10**400),
        ("capybara", "chosen_rating", 10**400),
        ("summarize-from-feedback", "info", {"post": ["no text"]}),
        ("summarize-from-feedback", "info", {"id": "neither a post nor an article"}),
        ("summarize-from-feedback", "summaries", [{"text": "only one"}]),
    ],
)
def test_an_unknown_value_stops_the_import_and_is_named(name, column, value, lake, tmp_path):
    first = recorded(name)[0]["row"]
    with pytest.raises(BadDataError, match=rf"row 2: column {column}"):
        of_rows(lake, name, [first, first | {column: value}], tmp_path)
    assert list(read_imported(lake)) == []


def test_a_set_is_named_by_its_name_or_its_repository_and_another_name_lists_them():
    assert known_set("argilla/Capybara-Preferences") is known_set("Capybara") is KNOWN_SETS["capybara"]
    with pytest.raises(SettingsError, match="capybara"):
        known_set("capibara")
