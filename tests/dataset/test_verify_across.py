import pytest

from ownvoice.articles.cluster import split_of
from ownvoice.dataset import commit as module
from ownvoice.dataset.across_articles import Losses
from ownvoice.dataset.verify import verify
from ownvoice.pairs.grams.grams import grams, shared_words
from ownvoice.storage.lake import scan
from stand_ins.night import Night, article

REUSED = " ".join(
    f"Nobody who has mended {number} nets by a window in winter believes that knots are about strength, {number} times."
    for number in range(8)
)
TRAIN, OTHER_TRAIN = [name for name in "abcdefgh" if split_of(name, 0.5) == "train"][:2]
TEST = next(name for name in "abcdefgh" if split_of(name, 0.5) == "test")


@pytest.fixture
def commit_of(lake, tmp_path, offline_model, monkeypatch):
    """Commit articles with a passage in common, by a commit that looks at each article alone."""
    monkeypatch.setattr(module, "find_losses", lambda *_: Losses({}, []))

    def commit(*names):
        night = Night(lake, tmp_path / "articles", offline_model)
        for name in names:
            night.put(name, f"{article(name)}\n\n## A part that comes again\n\n{REUSED}")
        night.run("night", test_share=0.5, near_duplicate_jaccard=0.9)
        return [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]

    return commit


def test_the_pairs_that_hold_a_passage_of_both_sides_are_named_on_both_sides_and_no_others(lake, commit_of):
    rows = commit_of(TRAIN, TEST)
    breaking = {row["pair_id"]: row["split"] for row in rows if shared_words([row["chosen"]], grams([REUSED]))}
    found = verify(lake)
    assert found.failed.keys() == breaking.keys()
    assert set(breaking.values()) == {"train", "test"}
    assert all("on both sides of the split" in fault for fault in found.failed.values())
    assert any("nobody who has mended" in fault for fault in found.failed.values())
    assert not found.passed


def test_the_pairs_of_an_answer_that_two_articles_keep_are_named_with_both_articles(lake, commit_of):
    rows = commit_of(TRAIN, OTHER_TRAIN)
    chosen = [row["chosen"] for row in rows]
    found = verify(lake)
    assert found.failed.keys() == {row["pair_id"] for row in rows if chosen.count(row["chosen"]) > 1} != set()
    both = ", ".join(sorted([TRAIN, OTHER_TRAIN]))
    assert all(fault.endswith(f"2 articles: {both}") for fault in found.failed.values())
