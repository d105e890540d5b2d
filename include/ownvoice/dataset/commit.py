"""The fifth step of a refresh: everything the run made becomes one version of the dataset, or nothing does.

Side tables first, then `pairs`, whose commit names their versions. Readers go by the newest commit of `pairs`; what a
killed commit left in a side table is rolled back before the next one writes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.articles.known import KnownArticle, known_articles
from ownvoice.dataset.assemble import Assembled, assemble
from ownvoice.dataset.digest import digest_of, empty_lattice, from_text, lattice_of, to_text
from ownvoice.dataset.write import write_articles, write_chunks, write_pairs
from ownvoice.lake import Lake, scan, sql_text
from ownvoice.pairs.staging import Row
from ownvoice.run import RefreshRun, recorded_run
from ownvoice.tables import PAIRS
from ownvoice.versions import RECORD, DatasetVersion, latest_version, version_of_run

if TYPE_CHECKING:
    from deltalake import DeltaTable


def commit_version(lake: Lake, run_id: str) -> DatasetVersion | None:
    """Commit the run and return its version; None where there is nothing to commit.

    Repeated, it changes nothing. Raises `StorageError` where another writer committed at the same time.
    """
    from deltalake import Transaction

    run = recorded_run(lake, run_id)
    if run.dry_run:
        return None
    base = latest_version(lake)
    current = known_articles(lake, base)
    made = assemble(lake, run, current)
    if not made.articles and not made.chunks:
        return version_of_run(lake, run_id)

    pairs = lake.table_for_writing("pairs")
    fingerprint = _fingerprint(made)
    if pairs.transaction_version(run_id) == fingerprint:
        return version_of_run(lake, run_id)
    standing = _standing_pairs(pairs, made, current)
    retired, added = _difference(standing, [*made.pairs, *_relabelled(standing, made)])

    articles_version = write_articles(lake, base, made.articles)
    chunks_version = write_chunks(lake, base, run, made.chunks)
    record = _record(run, base, added, retired, articles_version, chunks_version)
    write_pairs(pairs, added, retired, {RECORD: record}, Transaction(run_id, fingerprint))
    return latest_version(lake)


def _record(
    run: RefreshRun,
    base: DatasetVersion | None,
    added: list[Row],
    retired: list[Row],
    articles_version: int,
    chunks_version: int,
) -> str:
    """Return what the commit says of itself; digest and counts follow from those of the version before."""
    lattice = from_text(base.lattice) if base else empty_lattice()
    lattice = lattice + lattice_of(added) - lattice_of(retired)
    record = {
        "run_id": run.run_id,
        "refresh_date": run.refresh_date.isoformat(),
        "pairs": (base.pairs if base else 0) + len(added) - len(retired),
        "added": len(added),
        "retired": len(retired),
        "digest": digest_of(lattice),
        "lattice": to_text(lattice),
        "articles_version": articles_version,
        "chunks_version": chunks_version,
    }
    return json.dumps(record)


def _standing_pairs(pairs: DeltaTable, made: Assembled, current: dict[str, KnownArticle]) -> list[Row]:
    """Read the committed pairs of the articles that this run touches; only their own refresh dates are read."""
    touched = {i for i in (*made.rewritten, *made.relabelled) if i in current and current[i].written_date}
    dates = sorted({str(current[article_id].written_date) for article_id in touched})
    if not dates:
        return []
    wanted = pa.array(touched, pa.string())
    found: list[Row] = []
    for batch in scan(pairs, where=f"refresh_date IN ({', '.join(map(sql_text, dates))})"):
        found += batch.filter(pc.is_in(batch["article_id"], wanted)).to_pylist()
    return found


def _relabelled(standing: Iterable[Row], made: Assembled) -> list[Row]:
    """Return the standing pairs of articles whose text stands under another key or author now."""
    return [
        row | {"source_key": article.source_key, "author_id": article.author_id}
        for row in standing
        if (article := made.relabelled.get(row["article_id"]))
    ]


def _difference(standing: list[Row], wanted: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows to retire and the rows to add; a row that stands already as it should is neither."""
    wanted = [{name: row[name] for name in PAIRS.names} for row in wanted]
    before = {row["pair_id"]: row for row in standing}
    after = {row["pair_id"]: row for row in wanted}
    retired = [row for row in standing if after.get(row["pair_id"]) != row]
    added = [row for row in wanted if before.get(row["pair_id"]) != row]
    return retired, added


def _fingerprint(made: Assembled) -> int:
    """Return 62 bits over all the run would write; the log keeps them as the run's transaction number."""
    articles = [replace(article, last_run=None) for article in made.articles]
    text = json.dumps([made.pairs, made.chunks, list(map(repr, articles))], sort_keys=True, default=str)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 2
