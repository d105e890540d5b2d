"""The fifth step of a refresh: everything the run made becomes one version of the dataset, or nothing does.

Side tables first, then `pairs`, whose commit names their versions. Readers go by the newest commit of `pairs`; what a
killed commit left in a side table is rolled back before the next one writes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, cast

from ownvoice.articles.refused import forget_asked_again
from ownvoice.articles.table import ArticleRow, column_in, read_articles
from ownvoice.articles.tombstones import tombstones
from ownvoice.chunks.plan import read_plan
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.dataset.across_articles import Losses, find_losses
from ownvoice.dataset.assemble import ArticleOutcome, article_outcomes, candidate_articles
from ownvoice.dataset.balance.marks import Marks, is_selected_otherwise, mark_pairs, without_mark
from ownvoice.dataset.digest import Lattice, digest_of, empty_lattice, from_text, lattice_of, to_text
from ownvoice.dataset.log_entry import until_ours
from ownvoice.dataset.reviewed import find_reviews
from ownvoice.dataset.write import write_articles, write_chunks, write_pairs
from ownvoice.pairs.committed import CommittedPairs, committed_pairs, kept_by_retry
from ownvoice.pairs.grams.grams import GRAM_VERSION
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import PairRow
from ownvoice.storage.side_tables import SideTables, refuse_torn_tables
from ownvoice.storage.tables import PAIRS
from ownvoice.storage.versions import RECORD, DatasetVersion, latest_version, newest_version, version_of_run


@dataclass(slots=True)
class CommitTotals:
    """The sums over all articles of a commit.

    `retired` are the ids of the committed pairs that change or go. `dates` are their refresh dates, and `gone` holds
    those that no new row replaces. `retired_for` counts those that are lost to other articles without being asked about
    again, by drop reason. `fingerprint` is the same for the same commit, so that a repeated one is recognised.
    """

    lattice: Lattice
    articles: list[ArticleRow] = field(default_factory=list)
    gone: list[PairRow] = field(default_factory=list)
    dates: set[str] = field(default_factory=set)
    retired: set[str] = field(default_factory=set)
    retired_for: Counter[str] = field(default_factory=Counter)
    added: int = 0
    fingerprint: int = 0

    def add(self, retired: list[PairRow], added: list[PairRow]) -> None:
        """Count committed pairs that change or go, and the pairs in their place."""
        self.dates |= {str(row["refresh_date"]) for row in retired}
        self.retired |= {row["pair_id"] for row in retired}
        self.added += len(added)
        self.lattice = self.lattice + lattice_of(added) - lattice_of(retired)


def commit_version(lake: Lake, run_id: str) -> DatasetVersion | None:
    """Commit the run and return its version; None where there is nothing to commit.

    Repeated, it changes nothing. Where another writer commits at the same time, it is done again on top of that one;
    raises `LostCommitError` where that happens again and again.
    """
    version = until_ours(lambda: _commit(lake, run_id))
    if version:
        forget_asked_again(lake, recorded_run(lake, run_id))
    return version


def _commit(lake: Lake, run_id: str) -> DatasetVersion | None:
    from deltalake import Transaction

    run, stones = recorded_run(lake, run_id), tombstones(lake)
    candidates = candidate_articles(lake, run, stones)
    balance, newest = run.recipe.balance, latest_version(lake)
    reviews = find_reviews(lake, run, newest)
    is_due = bool(reviews.article_ids) or is_selected_otherwise(newest, balance)
    if run.dry_run or not (candidates or read_plan(lake, run).chunks or is_due):
        return version_of_run(lake, run_id)
    pairs = lake.table_for_writing("pairs")
    base = newest_version(lake, pairs)
    refuse_torn_tables(lake, base)
    current = read_articles(lake, base, column_in("article_id", {*candidates, *reviews.article_ids}))
    articles = _still_ours(candidates, current, run)
    if base and candidates and not articles and not is_due:  # another's empty twin
        return version_of_run(lake, run_id)
    committed = committed_pairs(pairs, current.values())
    of_run = partial(article_outcomes, lake, run, articles, kept_by_retry(lake, run), stones)
    staged = partial(reviews.applied, of_run, articles, current, committed)
    losses = find_losses(lake, base, pairs, committed, staged)

    def outcomes() -> Iterator[ArticleOutcome]:
        return (one.without(losses.reasons) for one in staged())

    total = _add_up(outcomes(), committed, losses, from_text(base.lattice) if base else empty_lattice())
    if pairs.transaction_version(run_id) == total.fingerprint:
        return version_of_run(lake, run_id)

    def added() -> Iterator[PairRow]:
        return (row for one in outcomes() for row in _difference(one, committed, losses)[1])

    marks = mark_pairs(pairs, base, balance, total.retired, added)
    articles_version = write_articles(lake, base, total.articles, all_new=not current)
    chunks_version = write_chunks(lake, base, run, (row for one in outcomes() for row in one.chunks))
    record = {RECORD: _record(run, base, total, marks, SideTables.at(lake, articles_version, chunks_version))}
    added_rows, dates = map(marks.put, added()), total.dates | marks.dates
    transaction = Transaction(run_id, total.fingerprint)
    write_pairs(lake, pairs, added_rows, total.gone, marks.changed_rows(), dates, record, transaction)
    return newest_version(lake, pairs)


def _still_ours(
    candidates: Mapping[str, tuple[ArticleRow, str | None]], current: Mapping[str, ArticleRow], run: RefreshRun
) -> dict[str, ArticleRow]:
    """Leave out the articles that a later run has written since this one looked."""
    return {
        article_id: replace(article, last_run=run.run_id)
        for article_id, (article, seen_run) in candidates.items()
        if article_id not in current or current[article_id].last_run in (seen_run, run.run_id)
    }


def _add_up(
    outcomes: Iterable[ArticleOutcome], committed: CommittedPairs, losses: Losses, lattice: Lattice
) -> CommitTotals:
    """Add up what there is to write, one article at a time."""
    total = CommitTotals(lattice)
    seal = hashlib.sha256()
    for outcome in outcomes:
        retired, added = _difference(outcome, committed, losses)
        if outcome.row and outcome.is_of_run:
            total.articles.append(outcome.row)
        written = {row["pair_id"] for row in added}
        total.gone += [row for row in retired if row["pair_id"] not in written]
        total.add(retired, added)
        if not outcome.replaces_pairs:
            lost = (outcome.loss_of(row, losses.reasons) for row in retired)
            total.retired_for.update(reason.name for reason in lost if reason)
        if outcome.is_of_run:
            row = outcome.row and replace(outcome.row, last_run=None)
            seal.update(json.dumps([repr(row), outcome.pairs, outcome.chunks], sort_keys=True, default=str).encode())
    # Not in the seal, as what people decided of other articles: a commit that is repeated finds them retired.
    total.gone += [row for row, _ in losses.gone]
    total.add([row for row, _ in losses.gone], [])
    total.retired_for.update(reason.name for _, reason in losses.gone)
    total.fingerprint = int.from_bytes(seal.digest()[:8]) >> 2  # the log keeps it as a signed 64-bit number
    return total


def _difference(
    outcome: ArticleOutcome, committed: CommittedPairs, losses: Losses
) -> tuple[list[PairRow], list[PairRow]]:
    """Return the pairs to retire and to add for one article; a pair that is committed as it should be is neither."""
    before = committed.get(outcome.row.article_id, []) if outcome.row else []
    wanted = [_as_committed(row) for row in outcome.pairs_after(committed) if row["pair_id"] not in losses.reasons]
    if outcome.row:
        source_key, author_id = outcome.row.source_key, outcome.row.author_id
        wanted = [{**row, "source_key": source_key, "author_id": author_id} for row in wanted]
    before_by_id = {row["pair_id"]: without_mark(row) for row in before}
    after_by_id = {row["pair_id"]: without_mark(row) for row in wanted}
    retired = [row for row in before if after_by_id.get(row["pair_id"]) != before_by_id[row["pair_id"]]]
    return retired, [row for pair_id, row in after_by_id.items() if before_by_id.get(pair_id) != row]


def _as_committed(row: PairRow) -> PairRow:
    """Leave out what only the order of an article's pairs needs."""
    return cast("PairRow", {name: value for name, value in row.items() if name in PAIRS.names})


def _record(
    run: RefreshRun, base: DatasetVersion | None, total: CommitTotals, marks: Marks, side_tables: SideTables
) -> str:
    """Return what the commit says of itself; digest and counts follow from those of the version before."""
    lattice = total.lattice + marks.lattice
    record = {
        "run_id": run.run_id,
        "refresh_date": run.refresh_date.isoformat(),
        "pairs": (base.pairs if base else 0) + total.added - len(total.retired),
        "added": total.added,
        "retired": len(total.retired),
        "digest": digest_of(lattice),
        "lattice": to_text(lattice),
        "grams": GRAM_VERSION,
        "retired_for": dict(total.retired_for),
    }
    if marks.selection:
        record["selection"] = asdict(marks.selection)
    return json.dumps(record | asdict(side_tables) | _who_rejected(run))


def _who_rejected(run: RefreshRun) -> dict[str, Any]:
    """Return which second model wrote the rejected answers, and which round that makes; nothing where there is none."""
    second, made = run.recipe.rejected_by, run.rejected_round
    if second is None:
        return {}
    of_round = {"trained_on": made.dataset_version, "round": made.number} if made else {}
    return {"rejected_model": second.model, **of_round}
