"""An import as a whole: counts, what is recorded, what another import contradicts, and what ends it half way."""

from __future__ import annotations

import csv
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownvoice.articles.tombstones import Withheld, put_tombstone
from ownvoice.errors import BadDataError, SettingsError
from ownvoice.imports.report import stored_report, stored_reports
from ownvoice.imports.sets import KNOWN_SETS
from ownvoice.imports.table import read_imported, record_imported, withdraw_imported
from ownvoice.imports.turns import user
from ownvoice.imports.verify import verify_imported
from ownvoice.storage.layout import table_key
from stand_ins.imported import RUN, imported, imported_row, recorded_rows

ORCA, TWIN = "orca-dpo-pairs", "llmtwin-dpo"


def orca(question, chosen, rejected, system=""):
    return {"system": system, "question": question, "chosen": chosen, "rejected": rejected}


def twin(prompt, chosen, rejected):
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected}


def written(folder, name, data):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_csv(rows, path):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({k: v if isinstance(v, str) else json.dumps(v) for k, v in row.items()} for row in rows)


def kept(lake, *sets):
    return [(row["set"], row["chosen"], row["rejected"]) for row in read_imported(lake, sets=sets or None)]


FORMS = {
    "rows.jsonl": lambda rows, path: path.write_text(lines(rows)),
    "rows.jsonl.gz": lambda rows, path: path.write_bytes(gzip.compress(lines(rows).encode())),
    "rows.json": lambda rows, path: path.write_text(json.dumps(rows, indent=1)),
    "lines.json": lambda rows, path: path.write_text(lines(rows)),
    "rows.csv": as_csv,
    "rows.csv.gz": lambda rows, path: (as_csv(rows, path), path.write_bytes(gzip.compress(path.read_bytes()))),
    "rows.parquet": lambda rows, path: pq.write_table(pa.Table.from_pylist(rows), path),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_come_from_every_kind_of_file(form, lake, tmp_path):
    rows = [row for row in recorded_rows("capybara") if row["chosen_rating"] is not None]
    FORMS[form](rows, tmp_path / form)
    report = imported(lake, "capybara", tmp_path / form)
    assert (report.rows, report.kept) == (len(rows), 2)
    assert report.file_rows == {form: len(rows)}
    assert [row["prompt_messages"] for row in read_imported(lake)] == [rows[0]["chosen"][:-1]] * 2


def test_only_the_declared_training_files_of_a_folder_are_read_and_all_data_files_where_none_is_declared(
    lake, tmp_path
):
    one, two = orca("One?", "A.", "B."), orca("Two?", "A.", "B.")
    (tmp_path / "helpful-base").mkdir()
    for name, said in (("train", "is"), ("test", "was")):
        row = {side: f"\n\nHuman: What {said} it?\n\nAssistant: {side}" for side in ("chosen", "rejected")}
        (tmp_path / "helpful-base" / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines([row]).encode()))
    assert list(imported(lake, "hh-rlhf", tmp_path).file_rows) == ["helpful-base/train.jsonl.gz"]
    assert list(imported(lake, "hh-rlhf", tmp_path / "helpful-base").file_rows) == ["train.jsonl.gz"]
    others = written(written(tmp_path / "others", "b.csv", "") and tmp_path / "others", "a.json", json.dumps([one]))
    as_csv([two], others / "b.csv")
    (others / "notes.md").write_text("no data")
    assert imported(lake, ORCA, others).file_rows == {"a.json": 1, "b.csv": 1}


def test_a_second_import_adds_nothing_and_reports_the_same(lake, tmp_path):
    written(tmp_path, "a.jsonl", lines([orca("One?", "A.", "B."), orca("Two?", "C.", "C.")]))
    first = imported(lake, ORCA, tmp_path)
    again = imported(lake, ORCA, tmp_path)
    assert (first.added, again.added) == (1, 0)
    assert again.model_copy(update={"added": 1}) == first
    assert stored_report(lake, first.import_id) == again
    assert [one.import_id for one in stored_reports(lake)] == [first.import_id]


def test_what_a_recorded_row_contradicts_goes_from_both_sets_and_never_comes_back(lake, tmp_path):
    first = written(tmp_path / "orca", "a.jsonl", lines([orca("Up?", "Yes.", "No."), orca("Far?", "Yes.", "No.")]))
    second = written(tmp_path / "twin", "a.jsonl", lines([twin("Up?", "no.", "Yes."), twin("Far?", "Yes.", "No.")]))
    imported(lake, ORCA, first)
    report = imported(lake, TWIN, second)
    assert report.dropped == {"duplicate": 1, "contradiction": 1}
    assert report.withdrawn == {ORCA: 1}
    assert kept(lake) == [(ORCA, "Yes.", "No.")]
    assert imported(lake, ORCA, first).dropped == {"contradiction": 1}
    assert imported(lake, TWIN, second) == report
    assert len(kept(lake)) == 1


def test_what_readers_said_here_stays_where_a_set_says_the_opposite(lake, tmp_path):
    said = imported_row("feedback", "", prompt_messages=user("Up?"), chosen="Yes.", rejected="No.")
    thumb = imported_row("feedback", "a thumb", rejected=None)
    record_imported(lake, [said, thumb])
    written(tmp_path, "a.jsonl", lines([orca("Up?", "No.", "Yes.")]))
    report = imported(lake, ORCA, tmp_path)
    assert (report.dropped, report.withdrawn) == ({"contradiction": 1}, {})
    assert len(kept(lake)) == 2


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.jsonl", lines([orca("One?", "A.", "B.")]) + '{"system": "', r"row 1: it is no JSON"),
        ("a.jsonl", lines([orca("One?", "A.", "B.")]) + "[1]\n", r"it is no object"),
        ("a.jsonl", lines([orca("One?", "A.", "B.")]).encode() + b'{"system": "\xff"}\n', r"cannot be read"),
        ("a.jsonl.gz", gzip.compress(lines([orca("One?", "A.", "B.")] * 50).encode())[:-20], r"cannot be read"),
        ("a.jsonl.gz", b"plain text", r"cannot be read"),
        ("a.parquet", b"PAR1 and nothing else", r"cannot be read"),
        ("a.csv", "system,question,chosen,rejected\na,b,c\n", r"fewer cells"),
        ("a.json", "[1, 2]", r"it is no object"),
        ("a.json", "[" * 100_000, r"it is no JSON"),
    ],
)
def test_a_damaged_file_ends_the_import_in_one_sentence_and_leaves_nothing(name, data, said, lake, tmp_path):
    written(tmp_path, name, data)
    with pytest.raises(BadDataError, match=said) as error:
        imported(lake, ORCA, tmp_path)
    assert ORCA in str(error.value) and name in str(error.value)
    assert kept(lake) == [] and stored_reports(lake) == []


def test_an_empty_folder_an_unknown_path_and_two_sources_at_once_are_refused(lake, tmp_path):
    with pytest.raises(SettingsError, match=r"holds no file"):
        imported(lake, ORCA, tmp_path)
    with pytest.raises(SettingsError, match=r"holds no file"):
        imported(lake, ORCA, tmp_path / "gone.jsonl")
    with pytest.raises(SettingsError, match=r"not both"):
        imported(lake, ORCA, tmp_path, "main")


def test_rows_that_hold_an_evaluation_set_or_a_text_that_was_taken_down_are_dropped(lake, tmp_path):
    asked = "Which of the seven bridges of the old town was closed for repairs on Monday?"
    gone = "The ferry has left the harbour every morning since the war, and nobody knows who pays for it now."
    (tmp_path / "evaluation.jsonl").write_text(lines([{"question": asked}]))
    put_tombstone(lake, "0f", Withheld(texts=(gone,)), 0.5)
    rows = [orca(f"{asked} Say it.", "The third.", "None."), orca("And?", gone, "No."), orca("One?", "A.", "B.")]
    written(tmp_path / "rows", "a.jsonl", lines(rows))
    report = imported(lake, ORCA, tmp_path / "rows", evaluation_sets=[(tmp_path / "evaluation.jsonl").as_uri()])
    assert report.dropped == {"in_evaluation_set": 1, "taken_down": 1}
    assert report.examples["in_evaluation_set"][0].detail.endswith("evaluation.jsonl, row 1")
    assert report.examples["taken_down"][0].detail == "0f"


def test_a_row_that_a_takedown_took_is_counted_as_taken_down_and_never_as_kept(lake, tmp_path):
    written(tmp_path / "rows", "a.jsonl", lines([orca("One?", "A.", "B."), orca("Two?", "A.", "B.")]))
    imported(lake, ORCA, tmp_path / "rows")
    taken = next(row["row_id"] for row in read_imported(lake) if row["source_row"] == 1)
    withdraw_imported(lake, [taken])
    put_tombstone(lake, "0f", Withheld(row_ids=frozenset({taken})), 0.5)
    report = imported(lake, ORCA, tmp_path / "rows")
    assert (report.kept, report.dropped) == (1, {"taken_down": 1})


def test_a_file_without_rows_is_named_with_none(lake, tmp_path):
    assert imported(lake, ORCA, written(tmp_path / "rows", "a.jsonl", "")).file_rows == {"a.jsonl": 0}


def test_imported_rows_are_held_against_their_files_and_a_changed_row_is_named(lake, tmp_path):
    rows = [orca("One?", "A.", "B."), orca("Two?", "C.", "D.")]
    written(tmp_path, "a.jsonl", lines(rows))
    imported(lake, ORCA, tmp_path)
    proof = verify_imported(lake, ORCA, KNOWN_SETS[ORCA], str(tmp_path))
    assert proof.passed and proof.rows == proof.compared == 2
    assert "--path" in next(iter(verify_imported(lake, ORCA, KNOWN_SETS[ORCA], None).not_compared.values()))
    written(tmp_path, "a.jsonl", lines([rows[0], orca("Two?", "C.", "changed")]))
    with pytest.raises(SettingsError, match="other files"):
        verify_imported(lake, ORCA, KNOWN_SETS[ORCA], str(tmp_path))


def test_a_word_that_was_changed_in_the_table_does_not_pass_even_without_the_source(lake, tmp_path):
    changed = imported_row("identity", "one") | {"chosen": "changed"}
    record_imported(lake, [changed])
    proof = verify_imported(lake, "identity", None, None)
    assert not proof.passed and changed["row_id"] in proof.faults[0]
    assert lake.store.read(f"{table_key('imported')}/_delta_log/{0:020}.json")


def test_the_run_and_its_time_stand_in_every_row(lake, tmp_path):
    written(tmp_path, "a.jsonl", lines([orca("One?", "A.", "B.")]))
    imported(lake, ORCA, tmp_path)
    (row,) = read_imported(lake)
    assert (row["imported_by_run"], row["imported_at"]) == (RUN.run_id, RUN.started_at)
    assert row["revision"].startswith("sha256-") and row["import_id"] == f"{ORCA}@{row['revision']}"


def test_half_of_a_character_drops_its_row_alone(lake, tmp_path):
    rows = json.dumps(orca("One?", "A\ud83d.", "B.")) + "\n" + json.dumps(orca("Two?", "A\U0001f600.", "B.")) + "\n"
    written(tmp_path, "a.jsonl", rows)
    assert imported(lake, ORCA, tmp_path).dropped == {"not_text": 1}
    assert kept(lake) == [(ORCA, "A\U0001f600.", "B.")]


def test_a_number_that_is_missing_as_nan_is_no_score_and_no_endless_number_is_whole(lake, tmp_path):
    row = recorded_rows("distilabel-intel-orca")[0] | {"chosen_score": float("nan")}
    written(tmp_path, "a.jsonl", json.dumps(row))
    assert imported(lake, "distilabel-intel-orca", tmp_path).dropped == {"left_out": 1}
    for number in ("NaN", "Infinity", "1e999", "0.5", "true"):
        broken = json.dumps(recorded_rows("helpsteer3")[0] | {"overall_preference": "here"}).replace('"here"', number)
        written(tmp_path, "a.jsonl", broken)
        with pytest.raises(BadDataError, match="overall_preference"):
            imported(lake, "helpsteer3", tmp_path)
