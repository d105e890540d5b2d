"""The rules of retention, and the page that lists them."""

from __future__ import annotations

import runpy

import pytest

from ownvoice.retention.rules import MIN_AGE_DAYS, RULES
from stand_ins.places import REPOSITORY


def test_the_page_lists_the_rules_as_they_are():
    written = runpy.run_path(str(REPOSITORY / "docs" / "write_retention.py"))
    page = written["PAGE"].read_text(encoding="utf-8")
    assert page == written["page"](), "run `make docs`"
    assert all(f"| {rule.kind} |" in page for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_no_rule_lets_go_what_may_still_be_written(rule):
    assert rule.days >= MIN_AGE_DAYS
