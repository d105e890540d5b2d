"""What pairs lose to other articles: passages on both sides of the split, and answers that another article has.

An author who reuses paragraphs puts them into articles that are no near-duplicates, on both sides of the split. No pair
may hold a gram that articles on both sides hold, and of pairs with the same chosen answer one article's is kept. Both
are decided by the commit, which knows all articles, for the pairs that a run makes and for those of earlier runs that
its articles touch. What is dropped does not come back by itself (docs/decisions/0026).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ownvoice.articles.table import ArticleRow, column_in, from_rows, read_articles
from ownvoice.dataset.assemble import ArticleOutcome
from ownvoice.pairs.committed import CommittedPairs, each_committed
from ownvoice.pairs.grams.grams import GRAM_VERSION, Grams, grams, shared_words, words_key
from ownvoice.pairs.grams.index import GramIndex
from ownvoice.pairs.grams.shared import SIDES, shared_grams, texts_with
from ownvoice.pairs.reasons import IN_OTHER_SPLIT, REPEATED_ELSEWHERE, DropReason
from ownvoice.states import GENERATED_FROM
from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.versions import DatasetVersion

if TYPE_CHECKING:
    from deltalake import DeltaTable

Outcomes = Callable[[], Iterator[ArticleOutcome]]
"""Goes through what a run makes of its articles, from the start at each call."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What is lost to other articles.

    `reasons` has the pairs of the run's own articles, made now or committed, by pair id; `gone` the committed pairs of
    all other articles.
    """

    reasons: Mapping[str, DropReason]
    gone: list[tuple[PairRow, DropReason]]


def find_losses(
    lake: Lake, base: DatasetVersion | None, pairs: DeltaTable, committed: CommittedPairs, outcomes: Outcomes
) -> Losses:
    """Return what the pairs of `outcomes`, and those of `base`, lose to other articles.

    `committed` are the pairs in `base` of the articles that the run works on. The version of a release that did not
    judge across articles is judged as a whole.
    """
    own = _Own.of(outcomes(), committed)
    before = sides_of_texts(lake, base) if base else {}
    after = sides_of_texts(lake, base, own.articles) if base else Counter()
    _add(after, own.articles.values())
    index = GramIndex(lake)
    index.complete(after)
    with index.open() as segments:
        if base is None or base.grams == GRAM_VERSION:
            asked = {text for article in own.articles.values() for text in _texts(article)}
            shared = shared_grams(segments, before, after, asked)
            touched = shared.texts | (texts_with(segments, own.quoted, after) if base else frozenset())
        else:
            shared, touched = shared_grams(segments, {}, after, after), frozenset(after)
    known = read_articles(lake, base, column_in("written_sha256", touched)).values()
    others = [one for one in known if one.article_id not in own.articles and one.state in GENERATED_FROM]
    return _judged(
        own.keys, lambda: _own_pairs(outcomes(), committed), lambda: each_committed(pairs, others), shared.grams
    )


@dataclass(frozen=True, slots=True)
class _Own:
    """What a run works on: its articles as they are after it, and what is in the chosen answers of their pairs.

    `keys` has the key of each answer, `quoted` the grams of all.
    """

    articles: dict[str, ArticleRow]
    keys: Grams
    quoted: Grams

    @classmethod
    def of(cls, outcomes: Iterable[ArticleOutcome], committed: CommittedPairs) -> _Own:
        articles: dict[str, ArticleRow] = {}
        keys, quoted = array("Q"), [np.empty(0, np.uint64)]
        for outcome in outcomes:
            if outcome.row:
                articles[outcome.row.article_id] = outcome.row
            chosen = [row["chosen"] for row in outcome.pairs_after(committed)]
            keys.extend(map(words_key, chosen))
            quoted.append(grams(chosen))
        return cls(articles, np.array(keys, np.uint64), np.unique(np.concatenate(quoted)))


def _own_pairs(outcomes: Iterable[ArticleOutcome], committed: CommittedPairs) -> Iterator[tuple[PairRow, bool]]:
    """Yield each pair of the run's articles and whether it is committed already."""
    for outcome in outcomes:
        ids = {row["pair_id"] for row in committed.get(outcome.row.article_id, ())} if outcome.row else set()
        for row in outcome.pairs_after(committed):
            yield row, row["pair_id"] in ids


def sides_of_texts(lake: Lake, version: DatasetVersion, without: Collection[str] = ()) -> Counter[str]:
    """Return the sides of each text that pairs of `version` may come from, but for those of the articles `without`."""
    sides: Counter[str] = Counter()
    table = lake.table_as_committed("articles", version.articles_version)
    for batch in scan(table, where=one_of("state", GENERATED_FROM)):
        _add(sides, (article for article in from_rows(batch) if article.article_id not in without))
    return sides


def _add(sides: Counter[str], articles: Iterable[ArticleRow]) -> None:
    for article in articles:
        for text in _texts(article):
            sides[text] |= SIDES[article.split]


def _texts(article: ArticleRow) -> set[str]:
    """Return the texts that are on the side of an article: its own, and the one that its pairs come from."""
    if article.state not in GENERATED_FROM:
        return set()
    return {article.article_sha256, article.written_sha256 or article.article_sha256}


def _judged(
    keys: Grams,
    own: Callable[[], Iterator[tuple[PairRow, bool]]],
    others: Callable[[], Iterator[PairRow]],
    shared: Grams,
) -> Losses:
    """Judge pair by pair; only those that may have another's chosen answer are in memory together.

    Of these a committed one keeps it, the oldest first, then the first of the run.
    """
    of_others = np.fromiter((words_key(row["chosen"]) for row in others()), np.uint64)
    repeated = repeated_keys(np.concatenate([keys, of_others]))
    reasons: dict[str, DropReason] = {}
    gone: list[tuple[PairRow, DropReason]] = []
    claims: list[tuple[bool, PairRow, bool]] = []  # is of the run, pair, is of another article than the run's
    for row in others():
        if _holds(row, shared):
            gone.append((row, IN_OTHER_SPLIT))
        elif words_key(row["chosen"]) in repeated:
            claims.append((False, row, True))
    for row, is_committed in own():
        if _holds(row, shared):
            reasons[row["pair_id"]] = IN_OTHER_SPLIT
        elif words_key(row["chosen"]) in repeated:
            claims.append((not is_committed, row, False))
    holders: dict[int, str] = {}
    for _, row, is_others in sorted(claims, key=_seniority):
        if holders.setdefault(words_key(row["chosen"]), row["article_id"]) == row["article_id"]:
            continue
        if is_others:
            gone.append((row, REPEATED_ELSEWHERE))
        else:
            reasons[row["pair_id"]] = REPEATED_ELSEWHERE
    return Losses(reasons, gone)


def repeated_keys(keys: Grams) -> frozenset[int]:
    """Return those of `keys` that are there more than once."""
    found, counts = np.unique(keys, return_counts=True)
    return frozenset(found[counts > 1].tolist())


def _holds(row: PairRow, shared: Grams) -> bool:
    return shared_words([row["prompt"], row["chosen"], row["rejected"]], shared) is not None


def _seniority(claim: tuple[bool, PairRow, bool]) -> tuple[object, ...]:
    is_new, row, _ = claim
    return (True,) if is_new else (False, row["refresh_date"], row["pair_id"])  # those of the run stay in its order
