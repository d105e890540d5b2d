"""`ownvoice identity`, with templates alone and with the offline model."""

from __future__ import annotations

import json

import pytest

from ownvoice.cli.main import load_command
from ownvoice.errors import SettingsError
from ownvoice.imports.table import read_imported
from ownvoice.storage.lake import Lake


@pytest.fixture
def identity(tmp_path, monkeypatch, capsys):
    """Run `ownvoice identity` and return what it printed."""
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    monkeypatch.setenv("OWNVOICE_RECIPE__LANGUAGES", "de, nl")

    def run(*arguments: str) -> str:
        load_command("identity").main(["--name", "Quill", "--maker", "Ada", *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_english_and_the_languages_of_the_recipe_are_written_and_the_next_step_is_told(identity, tmp_path):
    printed = " ".join(identity("--count", "200").split())
    assert "200 pairs state that Quill was made by Ada: 200 are new, and 0" in printed
    assert "de maker" in printed and "nl" not in printed.split("By language")[1].split("They are")[0]
    assert len(list(read_imported(Lake((tmp_path / "lake").as_uri()), sets=["identity"]))) == 200
    again = json.loads(identity("--count", "200", "--offline", "--json"))
    assert again["pairs"] == 200 and again["reworded"] is not None


def test_a_count_out_of_range_is_refused_and_nothing_is_written(identity, tmp_path):
    with pytest.raises(SettingsError, match="3 pairs: 200 to 500"):
        identity("--count", "3")
    assert list(read_imported(Lake((tmp_path / "lake").as_uri()))) == []
