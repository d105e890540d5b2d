"""The page of imports: rows, revisions and drops, and a report whose every text attacks the page."""

from __future__ import annotations

import json

from ownvoice.storage.import_keys import import_report_key
from stand_ins.imported import imported, recorded_rows

ATTACK = "<script>document.title='owned'</script>"


def test_an_import_shows_its_revision_its_licence_and_what_became_of_every_row(get, lake, tmp_path):
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in recorded_rows("capybara")))
    report = imported(lake, "capybara", tmp_path / "rows.jsonl")
    shown = get(lake, "/imports").text
    for said in (report.revision, "Apache-2.0", "prompts_differ", "What became of its 10 rows", "model_preference"):
        assert said in shown


def test_a_lake_without_imports_says_so_and_no_text_of_a_report_is_markup(get, lake):
    assert "Nothing was imported yet" in get(lake, "/imports").text
    fields = dict.fromkeys(("set", "import_id", "revision", "place", "licence", "provenance_class", "run_id"), ATTACK)
    counts = {"file_rows": {ATTACK: 1}, "rows": 1, "kept": 0, "added": 0, "dropped": {ATTACK: 1}, "withdrawn": {}}
    report = {**fields, **counts, "examples": {}, "started_at": "2026-04-01T00:00:00Z"}
    lake.write_json(import_report_key("a@b"), report)
    shown = get(lake, "/imports")
    assert shown.status_code == 200 and ATTACK not in shown.text
