"""Coverage: every pair and article is in one topic, and sums are those of the counts."""

from __future__ import annotations

from collections import Counter

from ownvoice.exploration.coverage import covered, kind_gains
from ownvoice.exploration.read import ArticleCounts

COUNTS = ArticleCounts(
    train=Counter(a=3, b=1, elsewhere=7),
    test=Counter(c=2),
    requests=Counter(a=4, b=4),
    kept=Counter(a=3, b=3),
    waiting=Counter(d=2),
    dead=Counter(b=1),
)


def test_a_topic_has_the_sums_of_its_articles():
    topics = covered(
        [("bread",), ("ferry",)],
        {"a": 1, "b": 1, "c": 2, "d": 2, "wordless": None},
        {"a": "train", "b": "train", "c": "test", "d": "train", "wordless": "train"},
        COUNTS,
    )
    bread, ferry = topics
    assert (bread.number, bread.terms, bread.articles, bread.uncovered) == (1, ("bread",), 2, 0)
    assert (bread.train_pairs, bread.test_pairs, bread.gain, bread.dead) == (4, 0, 75.0, 1)
    assert (ferry.train_articles, ferry.test_articles, ferry.uncovered_share) == (1, 1, 0.5)
    assert (ferry.train_pairs, ferry.test_pairs, ferry.gain, ferry.waiting) == (0, 2, None, 2)


def test_the_rarest_kind_comes_first_with_its_pairs_for_100_requests():
    found = kind_gains({"question": 30, "brief": 3, "": 3}, 60)
    assert [(one.kind, one.gain) for one in found] == [("", 5.0), ("brief", 5.0), ("question", 50.0)]
    assert kind_gains({"question": 30}, 0)[0].gain is None
