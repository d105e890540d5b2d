"""docs/settings.md and .env.example are what docs/write_settings.py makes of the settings' own fields."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import pytest

from ownvoice.config.settings import load_settings
from ownvoice.training.settings import load_training_settings

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(REPOSITORY / "docs" / "write_settings.py"))


def test_the_page_of_settings_is_current(script: dict[str, Any]):
    assert (REPOSITORY / "docs" / "settings.md").read_text(encoding="utf-8") == script["page"](), "run `make docs`"


def test_the_example_environment_is_current(script: dict[str, Any]):
    assert (REPOSITORY / ".env.example").read_text(encoding="utf-8") == script["example"](), "run `make docs`"


def test_a_setting_is_listed_once_and_described(script: dict[str, Any]):
    settings = [one for section in script["sections"]().values() for one in section]
    page = script["page"]()
    assert all(one.meaning and page.count(f"| `{one.name}` |") == 1 for one in settings)


def test_the_defaults_that_the_example_shows_are_those_that_hold(
    script: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    for name in [name for name in os.environ if name.startswith("OWNVOICE_")]:
        monkeypatch.delenv(name)
    before = load_settings(), load_training_settings()
    for one in (one for section in script["sections"]().values() for one in section):
        if one.default and not one.default.startswith(("/", "file:///")):
            monkeypatch.setenv(one.name, one.default)
    assert (load_settings(), load_training_settings()) == before


def test_the_example_environment_holds_no_key():
    lines = (REPOSITORY / ".env.example").read_text(encoding="utf-8").splitlines()
    variables = dict(line.removeprefix("# ").split("=", 1) for line in lines if "=" in line)
    ours = {name: value for name, value in variables.items() if name.isupper() and not name.startswith("OWNVOICE_")}
    assert "OPENAI_API_KEY" in ours
    assert set(ours.values()) == {""}
