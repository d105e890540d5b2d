"""The rows that a run writes, article by article: its staged batches, and the state of each article after them.

The plan goes article by article, so the staged batches are read in its order and one article is held at a time. What is
assembled can be gone through again: once to add up what the commit says of itself, once to write.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from typing import cast

from ownvoice.articles.changeset import pending_articles, read_changes
from ownvoice.articles.table import ArticleRow
from ownvoice.articles.tombstones import Tombstones
from ownvoice.chunks.plan import DEFERRED, read_batch, read_left_out, read_plan
from ownvoice.config.run import RefreshRun
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.outcomes import outcome_row
from ownvoice.pairs.augment.augment import records_of_failed_augmentation
from ownvoice.pairs.committed import CommittedPairs
from ownvoice.pairs.filters import without_repeats
from ownvoice.pairs.reasons import DropReason
from ownvoice.pairs.second_model import records_of_failed_batch
from ownvoice.pairs.staging import Staged, StagedPair, chunk_record, read_staged
from ownvoice.states import (
    ArticleEvent,
    ArticleState,
    ChunkEvent,
    ChunkState,
    is_settled,
    may_replace_pairs,
    next_article_state,
)
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow, PairRow
from ownvoice.triples.generate import outcomes_of_failed_batch


@dataclass(frozen=True, slots=True)
class ArticleOutcome:
    """What the run makes of one article.

    `row` is its new row of `tables/articles`, or None where a later run has written it since. Where `replaces_pairs`,
    `pairs` replace the committed ones; otherwise those stay, but for those `dropped` and, by the ids of the pairs whose
    place they take, `edited`. An article that is not `is_of_run` is here for these alone.
    """

    row: ArticleRow | None
    replaces_pairs: bool
    pairs: list[StagedPair]
    chunks: list[ChunkRow]
    dropped: Mapping[str, DropReason] = field(default_factory=dict)
    edited: Mapping[str, PairRow] = field(default_factory=dict)
    is_of_run: bool = True

    def pairs_after(self, committed: CommittedPairs) -> Sequence[PairRow]:
        """Return the pairs that the article has after the run, unless some are dropped; `committed` has the others."""
        if self.replaces_pairs:
            return self.pairs
        standing = committed.get(self.row.article_id, []) if self.row else []
        return [self.edited.get(row["pair_id"], row) for row in standing if row["pair_id"] not in self.dropped]

    def loss_of(self, row: PairRow, lost: Mapping[str, DropReason]) -> DropReason | None:
        """Return why a committed pair is dropped that no question replaces, where pairs with ids in `lost` are too."""
        after = self.edited.get(row["pair_id"], row)
        return self.dropped.get(row["pair_id"]) or lost.get(after["pair_id"])

    def reviewed(self, dropped: Mapping[str, DropReason], edited: Mapping[str, PairRow]) -> ArticleOutcome:
        """Drop pairs that people overturned, and put edited ones in the place of those that they are found by."""
        if not self.replaces_pairs:
            return replace(self, dropped=dropped, edited=edited)
        kept = self.without(dropped)
        return replace(kept, pairs=[cast("StagedPair", edited.get(pair["pair_id"], pair)) for pair in kept.pairs])

    def without(self, reasons: Mapping[str, DropReason]) -> ArticleOutcome:
        """Drop those of the run's pairs whose ids have a reason; a chunk counts them as its other drops."""
        if not self.replaces_pairs:
            return self
        dropped = [(pair, reasons[pair["pair_id"]]) for pair in self.pairs if pair["pair_id"] in reasons]
        kept = [pair for pair in self.pairs if pair["pair_id"] not in reasons]
        return replace(self, pairs=kept, chunks=_without(self.chunks, dropped))


def candidate_articles(lake: Lake, run: RefreshRun, stones: Tombstones) -> dict[str, tuple[ArticleRow, str | None]]:
    """Return each article the run works on, by id, and the run that had written its row when this one looked.

    An article that was left over by earlier runs and is left out by this one is worked on only where pairs of an
    earlier text have to go. Articles that were taken down since are left to the takedown's own commit.
    """
    changes = (change for change in read_changes(lake, run) if not stones.refuses_known(change.row))
    changed = {change.row.article_id: (change.row, change.seen_run) for change in changes}
    left_out = read_left_out(lake, run)
    left_over = {
        article.article_id: (article, article.last_run)
        for article in pending_articles(lake, run)
        if article.article_id not in left_out or _has_outdated_pairs(article)
    }
    return left_over | changed


def article_outcomes(
    lake: Lake, run: RefreshRun, articles: Mapping[str, ArticleRow], first: Collection[str], stones: Tombstones
) -> Iterator[ArticleOutcome]:
    """Yield an outcome for every article of the plan that was not taken down since, then for the other `articles`.

    `articles` are the candidates that no later run has written since, by id. Pairs whose ids are in `first` stay
    where others repeat them.
    """
    planned: set[str] = set()
    for article_id, parts in groupby(_staged_by_chunk(lake, run), key=_article_of):
        planned.add(article_id)
        if stones.refuses(article_id=article_id):
            continue
        yield _outcome(articles.get(article_id), _merged(parts, first), run)
    left_out = read_left_out(lake, run)
    for article_id, article in articles.items():
        if article_id in left_out:
            yield _left_out(article)
        elif article_id not in planned:
            yield _outcome(article, Staged([], [], []), run)


def _outcome(article: ArticleRow | None, staged: Staged, run: RefreshRun) -> ArticleOutcome:
    """Ask the table of states what happens to an article's row and pairs."""
    if article is None:
        return ArticleOutcome(None, False, [], staged.chunks)
    if article.state in (ArticleState.REMOVED, ArticleState.DUPLICATE, ArticleState.CONSENT_REFUSED):
        return ArticleOutcome(replace(article, written_sha256=None, written_date=None), True, [], staged.chunks)
    if article.state is ArticleState.CURRENT:
        return ArticleOutcome(article, False, [], staged.chunks)
    states = [ChunkState(record["state"]) for record in staged.chunks]
    events = [ChunkEvent(record["event"]) for record in staged.chunks]
    replaces = may_replace_pairs(events, article.written_sha256, article.article_sha256)
    if replaces:
        article = replace(article, written_sha256=article.article_sha256, written_date=run.refresh_date)
    if is_settled(states):
        article = replace(article, state=next_article_state(article.state, ArticleEvent.SETTLED))
    return ArticleOutcome(article, replaces, staged.pairs, staged.chunks)


def _left_out(article: ArticleRow) -> ArticleOutcome:
    """Leave an article pending. Pairs of its text stay; those of an earlier text go, since no others will come."""
    if not _has_outdated_pairs(article):
        return ArticleOutcome(article, False, [], [])
    return ArticleOutcome(replace(article, written_sha256=None, written_date=None), True, [], [])


def _has_outdated_pairs(article: ArticleRow) -> bool:
    return article.written_sha256 not in (None, article.article_sha256)


def _staged_by_chunk(lake: Lake, run: RefreshRun) -> Iterator[Staged]:
    """Yield each chunk of the plan with its record and pairs, in the order of the plan; batches may have failed."""
    for name in read_plan(lake, run).batches:
        staged = read_staged(lake, run, name)
        if staged is None:
            yield from _failed(lake, run, name)
            continue
        pairs: dict[tuple[str, int], list[StagedPair]] = defaultdict(list)
        for pair in staged.pairs:
            pairs[pair["article_id"], pair["chunk_index"]].append(pair)
        for record in staged.chunks:
            yield Staged(pairs[record["article_id"], record["chunk_index"]], [], [record])
    for chunk in read_batch(lake, run, DEFERRED):
        model = run.recipe.generator_of(chunk["chunk_key"]).model
        outcome = ChunkOutcome(chunk["article_id"], chunk["chunk_index"], "", model, ChunkEvent.CUT_BY_LIMIT)
        yield Staged([], [], [chunk_record(chunk, run, DEFERRED, outcome_row(outcome, run.prices))])


def _failed(lake: Lake, run: RefreshRun, batch: str) -> Iterator[Staged]:
    asked_more = records_of_failed_batch(lake, run, batch) or records_of_failed_augmentation(lake, run, batch)
    if asked_more is not None:
        yield from (Staged([], [], [record]) for record in asked_more)
        return
    outcomes = outcomes_of_failed_batch(lake, run, batch)
    for chunk in read_batch(lake, run, batch):
        yield Staged([], [], [chunk_record(chunk, run, batch, outcomes[chunk["article_id"], chunk["chunk_index"]])])


def _article_of(staged: Staged) -> str:
    return str(staged.chunks[0]["article_id"])


def _merged(parts: Iterator[Staged], first: Collection[str]) -> Staged:
    """Bring the chunks of one article together, and take out what repeats within it."""
    staged = list(parts)
    found = chain.from_iterable(part.pairs for part in staged)
    pairs, dropped = without_repeats(sorted(found, key=lambda pair: pair["pair_id"] not in first))
    return Staged(pairs, [], _without((record for part in staged for record in part.chunks), dropped))


def _without(chunks: Iterable[ChunkRow], dropped: Iterable[tuple[StagedPair, DropReason]]) -> list[ChunkRow]:
    """Move what is dropped of the pairs of one article from kept to dropped, in the records of its chunks."""
    reasons: dict[int, Counter[str]] = defaultdict(Counter)
    for pair, reason in dropped:
        reasons[pair["chunk_index"]][reason.name] += 1
    return [_counted(record, reasons.get(record["chunk_index"], Counter())) for record in chunks]


def _counted(record: ChunkRow, dropped: Counter[str]) -> ChunkRow:
    reasons = Counter(record["drop_reasons"]) + dropped
    return {**record, "kept": record["kept"] - dropped.total(), "drop_reasons": dict(reasons)}
