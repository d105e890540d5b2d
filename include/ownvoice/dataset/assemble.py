"""What a run has to write: the staged batches, brought together by article and held against the table of states."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ownvoice.articles.known import KnownArticle
from ownvoice.articles.listing import pending_articles, read_changes
from ownvoice.chunks.plan import read_batch, read_deferred, read_plan
from ownvoice.lake import Lake
from ownvoice.life import (
    ArticleEvent,
    ArticleState,
    ChunkEvent,
    ChunkState,
    is_settled,
    may_replace_pairs,
    next_article_state,
)
from ownvoice.pairs.filters import without_repeats
from ownvoice.pairs.staging import Row, chunk_record, read_staged
from ownvoice.run import RefreshRun

Repeats = dict[tuple[str, int], Counter[str]]


@dataclass(slots=True)
class Assembled:
    """What to write.

    `articles` are the new rows; the standing pairs of the articles in `rewritten` are retired and `pairs` take
    their place; the standing pairs of those in `relabelled` are kept under the article's new key and author.
    """

    articles: list[KnownArticle] = field(default_factory=list)
    rewritten: set[str] = field(default_factory=set)
    relabelled: dict[str, KnownArticle] = field(default_factory=dict)
    pairs: list[Row] = field(default_factory=list)
    chunks: list[Row] = field(default_factory=list)


def assemble(lake: Lake, run: RefreshRun, current: dict[str, KnownArticle]) -> Assembled:
    """Bring together what the run staged; `current` is the committed articles table as it stands now.

    An article that a later run has written since this one looked at it is left alone: its news is older than
    what stands.
    """
    pairs, repeats = _pairs_by_article(lake, run)
    chunks = list(_chunk_records(lake, run, repeats))
    states: dict[str, list[ChunkState]] = defaultdict(list)
    for chunk in chunks:
        states[chunk["article_id"]].append(ChunkState(chunk["state"]))

    result = Assembled(chunks=chunks)
    for article, seen_run in _articles_of(lake, run):
        standing = current.get(article.article_id)
        if standing and standing.last_run not in (seen_run, run.run_id):
            continue
        article = replace(article, last_run=run.run_id)
        _place(article, states[article.article_id], pairs[article.article_id], run, result)
    return result


def _place(
    article: KnownArticle, states: list[ChunkState], pairs: list[Row], run: RefreshRun, result: Assembled
) -> None:
    """Decide what happens to one article's row and to its pairs."""
    if article.state in (ArticleState.REMOVED, ArticleState.DUPLICATE):
        result.rewritten.add(article.article_id)
        article = replace(article, written_sha256=None, written_date=None)
    elif article.state is ArticleState.CURRENT:
        result.relabelled[article.article_id] = article
    else:
        if may_replace_pairs(states, article.written_sha256, article.article_sha256):
            result.rewritten.add(article.article_id)
            result.pairs += pairs
            article = replace(article, written_sha256=article.article_sha256, written_date=run.refresh_date)
        if is_settled(states):
            article = replace(article, state=next_article_state(article.state, ArticleEvent.SETTLED))
    result.articles.append(article)


def _articles_of(lake: Lake, run: RefreshRun) -> Iterator[tuple[KnownArticle, str | None]]:
    """Yield each article the run works on, and the run that had written its row when this one looked."""
    changes = read_changes(lake, run)
    changed = {change.row.article_id for change in changes}
    yield from ((change.row, change.seen_run) for change in changes)
    yield from ((a, a.last_run) for a in pending_articles(lake, run) if a.article_id not in changed)


def _chunk_records(lake: Lake, run: RefreshRun, repeats: Repeats) -> Iterator[Row]:
    """Yield a record for every chunk of the plan, whether its batch came through or not."""
    for name in read_plan(lake, run)["batches"]:
        staged = read_staged(lake, run, name)
        if staged is None:
            yield from (
                chunk_record(chunk, run, name, ChunkEvent.BATCH_FAILED) for chunk in read_batch(lake, run, name)
            )
            continue
        for record in staged.chunks:
            dropped = repeats[record["article_id"], record["chunk_index"]]
            reasons = Counter(record["drop_reasons"]) + dropped
            yield record | {"kept": record["kept"] - dropped.total(), "drop_reasons": dict(reasons)}
    for chunk in read_deferred(lake, run):
        yield chunk_record(chunk, run, "", ChunkEvent.CUT_BY_LIMIT)


def _pairs_by_article(lake: Lake, run: RefreshRun) -> tuple[dict[str, list[Row]], Repeats]:
    """Return the staged pairs of each article in the order of the article, and the repeats taken out, by chunk."""
    pairs: dict[str, list[Row]] = defaultdict(list)
    for name in read_plan(lake, run)["batches"]:
        staged = read_staged(lake, run, name)
        for row in staged.pairs if staged else ():
            pairs[row["article_id"]].append(row)
    repeats: Repeats = defaultdict(Counter)
    for article_id, rows in pairs.items():
        rows.sort(key=lambda row: (row["chunk_index"], row["triple_index"]))
        pairs[article_id], dropped = without_repeats(rows)
        for row, reason in dropped:
            repeats[article_id, row["chunk_index"]][reason] += 1
    return pairs, repeats
