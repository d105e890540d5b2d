from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.errors import OwnvoiceError, SettingsError
from ownvoice.triples.prompts import PROMPTS, render


@given(st.sampled_from(sorted(PROMPTS)), st.text())
def test_the_chunk_stands_whole_in_the_user_message(version: str, chunk_text: str) -> None:
    system, user = render(version, chunk_text)
    assert (system["role"], user["role"]) == ("system", "user")
    assert chunk_text in user["content"]


def test_braces_and_placeholders_in_a_chunk_survive() -> None:
    chunk_text = 'f"{extract}" and {0} and {{doubled}} and {"key": 1}'
    assert render("1", chunk_text)[1]["content"].count(chunk_text) == 1


def test_version_1_asks_for_the_five_triples_of_the_chapter_as_plain_json() -> None:
    user = render("1", "The chunk.")[1]["content"]
    assert user.startswith("Based on the following extract, generate five instruction-answer triples.")
    assert '{\n    "preference_triples": [\n        {\n            "instruction": "...",' in user
    assert user.endswith("    Extract:\n    The chunk.\n")


def test_a_prompt_that_lost_its_placeholder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(PROMPTS["1"], version="broken", user_template="Extract:\n")
    monkeypatch.setitem(PROMPTS, "broken", broken)
    with pytest.raises(OwnvoiceError, match="does not show the chunk"):
        render("broken", "The chunk.")


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"'7'.*Known versions: 1"):
        render("7", "The chunk.")
