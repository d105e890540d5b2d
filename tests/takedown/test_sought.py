"""Articles that stay and hold what goes are named, and a passage leads to the articles that it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ownvoice.errors import StorageError
from ownvoice.offline_model.server import OfflineModel
from ownvoice.storage.lake import Lake
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.plan import plan_lines, plan_takedown
from ownvoice.takedown.steps import Asked
from stand_ins.night import Night, article

OTHERS = " ".join(f"In town {number} nobody had been before the year {number * 7} was over." for number in range(300))


@pytest.fixture
def quoted(lake: Lake, tmp_path: Path, offline_model: OfflineModel) -> Lake:
    """A lake with an article, a much longer one that quotes it whole, and one with other words."""
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("alpha", "bravo")
    night.put("quoter", f"{article('alpha')}\n\n## More\n\n{OTHERS}", "somebody")
    night.list_and_plan("one")
    return lake


def test_a_plan_names_the_articles_that_stay_and_hold_what_goes(quoted: Lake) -> None:
    plan = plan_takedown(quoted, Asked(Wanted(article_ids=frozenset({"alpha"}))))
    assert plan.held_by == plan.as_json()["held_by"] == {"quoter": 1.0} and not plan.found.near_copies
    assert "held by    quoter, which stays: holds 100% of its runs of eight words" in list(plan_lines(plan))
    assert plan_takedown(quoted, Asked(Wanted(article_ids=frozenset({"quoter"})))).held_by == {}, "it holds a part"


def test_a_passage_is_no_article_and_leads_to_those_that_hold_it(quoted: Lake) -> None:
    passage = article("alpha").split("\n\n")[1]
    for said in (passage, f" {passage.upper()}\n"):
        with pytest.raises(StorageError, match=r"alpha holds 100% .*quoter holds 100% .*`--article ID`"):
            plan_takedown(quoted, Asked(Wanted(texts=(said,))))
    for said in ("", "patience", "Nobody wrote these words, in no article of any lake, at any time at all."):
        with pytest.raises(StorageError, match="holds nothing of what is to be taken down"):
            plan_takedown(quoted, Asked(Wanted(texts=(said,))))
