"""Write the table of retention in docs/operations.md from the rules that the code has.

Run as: make docs
"""

from __future__ import annotations

import re
from pathlib import Path

from ownvoice.retention.rules import RULES, Rule

PAGE = Path(__file__).resolve().parent / "operations.md"

_NOTE = "<!-- Written by docs/write_retention.py from retention/rules.py: change that, then run `make docs`. -->"
_HEAD = "| kind | goes after | because |\n|---|---|---|"
_TABLE = re.compile(rf"{re.escape(_NOTE)}\n\n(?:\|.*\n)*")


def page() -> str:
    """Return the page as it is, with the table of the rules as they are."""
    table = "\n".join([_NOTE, "", _HEAD, *map(_row, RULES)]) + "\n"
    return _TABLE.sub(lambda _: table, PAGE.read_text(encoding="utf-8"), count=1)


def _row(rule: Rule) -> str:
    days = f"{rule.days} day{'s' if rule.days > 1 else ''}"
    since = f"{days} in which nothing of the run was written" if rule.of_run else days
    return f"| {rule.kind} | {since}{f', by `{rule.by_option}` alone' if rule.by_option else ''} | {rule.why} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote the rules of retention in docs/{PAGE.name}")
