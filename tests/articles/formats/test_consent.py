"""Consent in the words and shapes in which authors state it."""

from __future__ import annotations

import pytest

from ownvoice.articles.formats.consent import consent_of


@pytest.mark.parametrize("stated", ["yes", "Yes ", True, "on", "1", "Granted", ["yes", True]])
def test_a_clear_yes_is_a_yes(stated):
    assert consent_of([stated]) == "yes"


@pytest.mark.parametrize(
    "stated",
    [
        *("no", "NO", False, "off", "0", 0, "none", "denied", "opt-out", "opt out", "refused", "withdrawn", "revoked"),
        *("pending", "maybe", "yes, but ask me", "n/a", "null", "nein"),
        *([], {}, ["no"], ["yes", "no"], [["yes"]], {"training": False}, {"refused": "yes"}, {"given": "yes"}),
    ],
)
def test_anything_else_is_a_no(stated):
    assert consent_of([stated]) == "no"
    assert consent_of(["yes", stated, "yes"]) == "no"


@pytest.mark.parametrize("stated", [None, "", "  ", float("nan")])
def test_an_empty_value_states_nothing(stated):
    assert consent_of([stated]) == ""
    assert consent_of(["yes", stated]) == "yes"
