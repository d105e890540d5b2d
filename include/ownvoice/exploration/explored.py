"""What was found out about one dataset version, as it is stored: of the articles' words, titles and terms alone."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

METHOD = "1"
"""Raise it where the same version would be explored differently: a stored exploration is then made again."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Spread(_Frozen):
    """A mean over repeated draws, with the lowest and the highest of them. No confidence interval."""

    mean: float
    low: float
    high: float


class Topic(_Frozen):
    """One topic: its terms, heaviest first, and what the version holds of the articles it is the strongest topic of.

    Pairs are selected ones. `uncovered` counts the articles without a pair. `requests` are those of all runs about its
    articles, `kept` the pairs made of their answers; `waiting` and `dead` are chunks of the present texts.
    """

    number: int
    terms: tuple[str, ...]
    train_articles: int = 0
    test_articles: int = 0
    uncovered: int = 0
    train_pairs: int = 0
    test_pairs: int = 0
    requests: int = 0
    kept: int = 0
    waiting: int = 0
    dead: int = 0

    @property
    def articles(self) -> int:
        """The articles of both sides of the split."""
        return self.train_articles + self.test_articles

    @property
    def pairs(self) -> int:
        """The pairs of both sides of the split."""
        return self.train_pairs + self.test_pairs

    @property
    def uncovered_share(self) -> float:
        """The share of its articles that no pair comes from."""
        return self.uncovered / self.articles if self.articles else 0.0

    @property
    def gain(self) -> float | None:
        """Kept pairs for 100 requests; None where nothing was asked."""
        return 100 * self.kept / self.requests if self.requests else None


class Point(_Frozen):
    """An article on the map. `x` and `y` are 0 to 1 and mean nothing by themselves; `topic` is None without words."""

    article_id: str
    title: str
    author_id: str
    split: str
    topic: int | None
    x: float
    y: float
    pairs: int


class Diversity(_Frozen):
    """How various the texts of one side of the pairs are, over draws of equally many pairs of one version."""

    text: str
    vendi: Spread
    distinct_2: Spread | None


class VersionDiversity(_Frozen):
    """A version's diversity: of its prompts and of its chosen answers, and how many of the topics the draws met."""

    version: int
    pairs: int
    texts: tuple[Diversity, ...]
    topics_met: Spread


class Compared(_Frozen):
    """A version beside the one before it, each by `draws` draws of `n` pairs; `earlier` is None for the first."""

    n: int
    draws: int
    now: VersionDiversity
    earlier: VersionDiversity | None


class KindGain(_Frozen):
    """The pairs of one kind of instruction; `gain` is pairs for 100 requests of all runs, None where none was sent."""

    kind: str
    pairs: int
    gain: float | None


class Exploration(_Frozen):
    """One version explored. Shares and counts are over `articles`, those that pairs are generated from.

    `points` is at most a thousand of them, those first by the hash of their ids. `stability` is the adjusted Rand index
    of topics that were fitted on nine tenths of the articles against these; None where there is too little to refit.
    `wordless` articles have no term and so no topic; `unread` names those whose original is not whole.
    `not_generated_from` counts near-duplicates, refused and removed articles, which are not looked at.
    """

    version: int
    digest: str
    method: str = METHOD
    articles: int
    not_generated_from: dict[str, int] = Field(default_factory=dict)
    wordless: int = 0
    unread: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    stability: Spread | None = None
    points: tuple[Point, ...] = ()
    pairs_of_others: int = 0
    kinds: tuple[KindGain, ...] = ()
    diversity: Compared | None = None
