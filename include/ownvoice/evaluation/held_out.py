"""What a voice is judged on: held-out prompts of one author, spread over the articles of the test split.

Below ten articles or fifty prompts nothing is judged: the interval of a mean over so few articles says little of the
next one (docs/decisions/0047).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from ownvoice.errors import SettingsError
from ownvoice.evaluation.spread import spread
from ownvoice.storage.conditions import all_of, equals, one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion, version_or_latest

MIN_ARTICLES = 10
MIN_PROMPTS = 50
MAX_PROMPTS = 200
"""At 200 prompts a difference of 20 points in the share of answers like the author's is found in 98 of 100 runs."""


@dataclass(frozen=True, slots=True)
class HeldOutPair:
    """A pair of the test split: `pair_id` names its prompt too, and `chosen` is the author's text for it."""

    pair_id: str
    article_id: str
    prompt: str
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The pairs that one author's voice is judged on. `why_not` says why nothing can be judged, and what to do."""

    version: DatasetVersion
    author_id: str | None
    pairs: tuple[HeldOutPair, ...]
    why_not: str | None

    @property
    def article_ids(self) -> frozenset[str]:
        """The articles that the prompts were made from."""
        return frozenset(pair.article_id for pair in self.pairs)

    @property
    def is_enough(self) -> bool:
        """Whether there are enough pairs, from enough articles, to judge a voice."""
        return len(self.pairs) >= MIN_PROMPTS and len(self.article_ids) >= MIN_ARTICLES


def held_out_pairs(
    lake: Lake, version: int | None = None, author_id: str | None = None, limit: int = MAX_PROMPTS
) -> HeldOut:
    """Return at most `limit` held-out pairs of an author, or of the one with the most pairs, spread over articles.

    The choice depends on nothing but the ids of the pairs. Raises `SettingsError` where the version holds no pair of
    a named author, and `StorageError` where there is no such version.
    """
    found = version_or_latest(lake, version)
    author = _author(lake, found, author_id)
    if author is None:
        return HeldOut(found, None, (), f"dataset version {found.number} holds no pairs. Add articles, and refresh.")
    pairs = [pair for _, pair in _pairs(lake, found, equals(author_id=author, split="test"))]
    return HeldOut(found, author, tuple(islice(spread(pairs), limit)), _too_few(found, author, pairs))


def pairs_asked(lake: Lake, version: int, pair_ids: Collection[str]) -> HeldOut:
    """Return the pairs with these ids, which were chosen before and asked about, in the order of the ids."""
    found = version_or_latest(lake, version)
    asked = {pair.pair_id: (author, pair) for author, pair in _pairs(lake, found, one_of("pair_id", pair_ids))}
    author_id = next((author for author, _ in asked.values()), None)
    return HeldOut(found, author_id, tuple(asked[one][1] for one in pair_ids if one in asked), None)


def _pairs(lake: Lake, version: DatasetVersion, where: str) -> Iterator[tuple[str, HeldOutPair]]:
    columns = "author_id, pair_id, article_id, prompt, chosen, rejected"
    for batch in scan(lake.table("pairs", version.number), columns, where):
        for row in batch.to_pylist():
            yield row.pop("author_id"), HeldOutPair(**row)


def trained_pairs(lake: Lake, version: int | None = None, author_id: str | None = None) -> HeldOut:
    """Return all pairs of an author that are trained on or tested with, spread over articles; see `held_out_pairs`."""
    found = version_or_latest(lake, version)
    author = _author(lake, found, author_id)
    where = all_of(equals(author_id=author or ""), "coalesce(selected, true)")
    return HeldOut(found, author, tuple(spread(pair for _, pair in _pairs(lake, found, where))), None)


def _author(lake: Lake, version: DatasetVersion, named: str | None) -> str | None:
    counted = "true GROUP BY author_id ORDER BY pairs DESC, author_id"
    rows = scan(lake.table("pairs", version.number), "author_id, count(*) AS pairs", counted)
    authors = [author for batch in rows for author in batch["author_id"].to_pylist()]
    if named is not None and named not in authors:
        held = ", ".join(authors[:10]) or "none"
        raise SettingsError(f"dataset version {version.number} holds no pairs of author {named!r}. It holds: {held}.")
    return named or next(iter(authors), None)


def _too_few(version: DatasetVersion, author: str, pairs: list[HeldOutPair]) -> str | None:
    articles = len({pair.article_id for pair in pairs})
    if articles >= MIN_ARTICLES and len(pairs) >= MIN_PROMPTS:
        return None
    return (
        f"the test split of version {version.number} holds {len(pairs)} prompts from {articles} articles of "
        f"{author}, and a voice is judged from {MIN_PROMPTS} prompts and {MIN_ARTICLES} articles on. Add articles of "
        "this author, or hold more back for the test in a new lake (OWNVOICE_TEST_SHARE)."
    )
