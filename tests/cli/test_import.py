"""`ownvoice import`, `imports list` and `verify --imported`, from the command line to the table and back."""

from __future__ import annotations

import json

import pytest

from ownvoice.cli.main import load_command
from ownvoice.errors import BadDataError, SettingsError
from stand_ins.imported import recorded_rows


@pytest.fixture
def run(lake, capsys):
    """Call a command with the lake; return what it prints."""

    def run(command, *arguments):
        load_command(command).main([*map(str, arguments), "--lake", lake.uri], standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_a_set_is_imported_listed_and_proved_by_its_files(run, tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in recorded_rows("helpsteer3")))
    done = run("import", "helpsteer3", "--path", file)
    assert "kept 4, of which 4 were not there before" in done and "no_dialogue" in done
    assert "rows.jsonl: 10 rows" in done
    listed = " ".join(run("imports", "list").split())
    assert "helpsteer3 4 rows nvidia/HelpSteer3 (CC-BY-4.0)" in listed and "4 kept, 6 dropped" in listed
    assert "4 were held against the rows" in run("verify", "--imported", "all", "--path", file)
    as_json = json.loads(run("import", "helpsteer3", "--path", file, "--json"))
    assert (as_json["rows"], as_json["kept"], as_json["added"]) == (10, 4, 0)


def test_what_is_wrong_is_an_error_that_people_can_read(run, tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"mood": "calm"}\n')
    with pytest.raises(SettingsError, match="no known set"):
        run("import", "nothing")
    with pytest.raises(BadDataError, match="column chosen"):
        run("import", "capybara", "--path", tmp_path)
    with pytest.raises(SettingsError):
        run("verify", "--path", tmp_path)
