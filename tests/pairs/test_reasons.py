"""The page of drop reasons says what the code does."""

import re

from ownvoice.chunks.plan import OTHER_LANGUAGE
from ownvoice.pairs.reasons import DropReason
from stand_ins.places import DOCS

PAGE = DOCS / "drop-reasons.md"


def test_every_reason_is_documented_in_the_order_in_which_it_is_looked_for():
    documented = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert documented == [*DropReason, OTHER_LANGUAGE]
