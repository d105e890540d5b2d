"""The guideline that people read, and the version of it that their answers name."""

from __future__ import annotations

import hashlib

from ownvoice.reviewing.guideline import guideline

# A guideline that says something else has another version: what people answered by the old one is told apart.
KNOWN = {"1": "e7a053a509171531"}


def test_a_text_that_changes_has_a_version_of_its_own():
    found = guideline()
    assert KNOWN[found.version] == hashlib.sha256(found.text.encode()).hexdigest()[:16]


def test_what_people_read_is_plain_text_without_front_matter():
    assert guideline().text.startswith("# How to review a pair")
    assert all(len(line) <= 125 for line in guideline().text.splitlines())
