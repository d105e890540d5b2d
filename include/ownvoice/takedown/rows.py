"""The rows of what is to be gone, in every version of every table that was ever committed."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import pyarrow as pa

from ownvoice.articles.changeset import changes_of_all_runs
from ownvoice.config.options import RefreshOptions
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, all_versions
from ownvoice.takedown.copies import near_texts
from ownvoice.takedown.found import Found, Wanted
from ownvoice.takedown.imported import imported_of
from ownvoice.takedown.table_files import TableFiles, Values, is_wanted

LEAST_JACCARD: float = RefreshOptions.model_fields["near_duplicate_jaccard"].default
"""From which Jaccard index on two texts are near copies, where nobody says otherwise."""

OF_ARTICLES = ("pairs", "articles", "chunks", "judgements")
"""The tables whose rows name an article."""

IMPORTED_TABLE = "imported"

NO_VERSION = 0
"""The number under which rows are counted of a table that no dataset version names."""

_COLUMNS = {
    "authors": ("author_id",),
    "source_keys": ("source_key",),
    "source_objects": ("source_object",),
    "texts": ("article_sha256", "written_sha256"),
    "pair_ids": ("pair_id",),
    "chunk_keys": ("chunk_key",),
    "request_keys": ("request_key", "rejected_request_key"),
    "run_ids": ("run_id", "created_by_run", "last_run"),
}
"""The columns that each set of `Found` is made of, in whatever table they are."""

_Counts = dict[str, int]
"""The number of rows by the path of their file."""


def find_rows(lake: Lake, wanted: Wanted, least_jaccard: float | None = LEAST_JACCARD) -> Found:
    """Return what the tables hold of what is `wanted`, and of near copies of it. No table is changed.

    Near copies are looked for while the originals are there; none with `least_jaccard` None. Raises `StorageError`
    where a table cannot be read.
    """
    tables = {name: TableFiles(lake, name) for name in OF_ARTICLES}
    asked = _asked(lake, tables, wanted)
    near = near_texts(lake, asked, wanted.texts, least_jaccard) if least_jaccard is not None else {}
    copies = _articles_with(lake, tables, near, asked)
    article_ids = frozenset({*asked, *copies})
    found: dict[str, set[str]] = {name: set() for name in _COLUMNS}
    counts = {name: _collect(files, article_ids, found) for name, files in tables.items()}
    for batch in _listed(lake, {"article_id": article_ids}):
        _add(found, batch)
    of_articles = Found(
        article_ids=article_ids,
        near_copies=copies,
        author_ids=wanted.author_ids,
        asked_texts=frozenset(text for texts in asked.values() for text in texts),
        rows=_by_version(lake, tables, counts),
        **{name: frozenset(values) for name, values in found.items()},
    )
    return _with_imported(lake, of_articles, wanted)


def _with_imported(lake: Lake, found: Found, wanted: Wanted) -> Found:
    files = TableFiles(lake, IMPORTED_TABLE)
    ids = imported_of(lake, files, found, wanted.texts)
    if not ids:
        return found
    count = sum(batch.num_rows for _, batch in files.rows({"row_id": ids}, ("row_id",)))
    return replace(found, imported_ids=ids, rows={**found.rows, IMPORTED_TABLE: {NO_VERSION: count}})


def _asked(lake: Lake, tables: Mapping[str, TableFiles], wanted: Wanted) -> dict[str, set[str]]:
    """Return the articles that are asked for by id, each with the hashes of all texts that it had."""
    hashes = {hashlib.sha256(text.encode()).hexdigest() for text in wanted.texts}
    named: Values = {"article_id": wanted.article_ids, "author_id": wanted.author_ids, "article_sha256": hashes}
    ids = {row["article_id"] for batch in _rows(lake, tables, named, ("article_id",)) for row in batch.to_pylist()}
    texts: dict[str, set[str]] = {article_id: set() for article_id in sorted(ids)}
    for batch in _rows(lake, tables, {"article_id": ids}, ("article_id", *_COLUMNS["texts"])):
        for row in batch.to_pylist():
            texts[row["article_id"]] |= {row[name] for name in _COLUMNS["texts"] if row.get(name)}
    return texts


def _articles_with(
    lake: Lake, tables: Mapping[str, TableFiles], near: Mapping[str, str], asked: Collection[str]
) -> dict[str, str]:
    """Return the articles, not `asked` for, that have or had one of the `near` texts, each with what it is near to."""
    with_text: Values = {"article_sha256": near.keys()}
    return {
        row["article_id"]: near[row["article_sha256"]]
        for batch in _rows(lake, tables, with_text, ("article_id", "article_sha256"))
        for row in batch.to_pylist()
        if row["article_id"] not in asked
    }


def _rows(
    lake: Lake, tables: Mapping[str, TableFiles], wanted: Values, columns: Collection[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the wanted rows of the tables, and of what runs have listed, whether they committed it or not."""
    for name in ("articles", "pairs", "chunks"):
        yield from (batch for _, batch in tables[name].rows(wanted, columns))
    yield from _listed(lake, wanted)


def _listed(lake: Lake, wanted: Values) -> Iterator[pa.RecordBatch]:
    for rows in changes_of_all_runs(lake):
        yield from (batch.filter(is_wanted(batch, wanted)) for batch in rows.to_batches())


def _collect(files: TableFiles, article_ids: Collection[str], found: Mapping[str, set[str]]) -> _Counts:
    """Add what the rows of these articles name to the sets of `found`; return the number of rows in each file."""
    counts = Counter[str]()
    columns = [name for names in _COLUMNS.values() for name in names]
    for path, batch in files.rows({"article_id": article_ids}, columns):
        counts[path] += batch.num_rows
        _add(found, batch)
    return dict(counts)


def _add(found: Mapping[str, set[str]], batch: pa.RecordBatch) -> None:
    for name, columns in _COLUMNS.items():
        for column in set(columns).intersection(batch.schema.names):
            found[name].update(value for value in batch[column].to_pylist() if value)


def _by_version(
    lake: Lake, tables: Mapping[str, TableFiles], counts: Mapping[str, _Counts]
) -> dict[str, dict[int, int]]:
    """Return the number of rows by table, and by the dataset version that names them."""
    rows: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for name, files in tables.items():
        for version in all_versions(lake):
            if (number := table_version(version, name)) is not None:
                rows[name][version.number] = sum(counts[name].get(path, 0) for path in files.named_by(number))
        if name == "judgements":
            rows[name][NO_VERSION] = sum(counts[name].values())
    return dict(rows)


def table_version(version: DatasetVersion, table: str) -> int | None:
    """Return the version of a table that belongs to a dataset version; None for a table that belongs to none."""
    named = {"pairs": version.number, "articles": version.articles_version, "chunks": version.chunks_version}
    return named.get(table)
