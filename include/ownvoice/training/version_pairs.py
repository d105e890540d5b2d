"""The selected pairs of one dataset version; all its rows are read and verified against the digest of its commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from ownvoice.dataset.digest import digest_of, empty_lattice, lattice_of
from ownvoice.errors import BadDataError, DamagedError, StorageError
from ownvoice.storage.conditions import SELECTED
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import is_selected
from ownvoice.storage.tables import SPLITS
from ownvoice.storage.versions import DatasetVersion, version_or_latest
from ownvoice.storage.withdrawn import withdrawn_of

_SIZE = (
    "count(*) AS pairs, "
    "sum(2 * character_length(prompt) + character_length(chosen) + character_length(rejected)) AS chars"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """The columns of a row of `tables/pairs` that training needs."""

    pair_id: str
    prompt: str
    chosen: str
    rejected: str
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The selected pairs of both splits as stored, each ordered by pair id. Training makes no split of its own."""

    version: DatasetVersion
    train: tuple[Pair, ...]
    test: tuple[Pair, ...]


class ArticleSize(NamedTuple):
    """The size of an article's selected train pairs; `chars` is what a pass reads, as in `SplitSizes`."""

    pairs: int
    chars: int


class SplitSizes(NamedTuple):
    """The size of a version's selected pairs. `..._chars` is what a pass reads: the prompt twice, and both answers."""

    train_pairs: int
    train_chars: int
    test_pairs: int
    test_chars: int


def split_sizes(lake: Lake, number: int) -> SplitSizes:
    """Count version `number` without reading it whole.

    Raises `BadDataError` where it cannot be read or lacks a split.
    """
    with _named(lake, number):
        refuse_withdrawn(lake, version_or_latest(lake, number))
        batches = list(scan(lake.table("pairs", number), f"split, {_SIZE}", f"{SELECTED} GROUP BY split"))
    found = {row["split"]: row for batch in batches for row in batch.to_pylist()}
    for split in SPLITS:
        if split not in found:
            raise BadDataError(_empty(number, split))
    train, test = found["train"], found["test"]
    return SplitSizes(train["pairs"], train["chars"], test["pairs"], test["chars"])


def train_articles(lake: Lake, number: int) -> dict[str, ArticleSize]:
    """Count the train pairs of each article of version `number`. Raises `BadDataError` where it cannot be read.

    Of near-duplicate articles one alone has pairs in a version (`articles.cluster`), so an article is a whole cluster.
    """
    where = f"split = 'train' AND {SELECTED} GROUP BY article_id ORDER BY article_id"
    with _named(lake, number):
        batches = list(scan(lake.table("pairs", number), f"article_id, {_SIZE}", where))
    return {row.pop("article_id"): ArticleSize(**row) for batch in batches for row in batch.to_pylist()}


def read_pairs(lake: Lake, number: int) -> Pairs:
    """Read version `number`. Raises `BadDataError` if it is missing, does not match its digest, or lacks a split."""
    try:
        version = version_or_latest(lake, number)
    except StorageError as error:
        raise BadDataError(str(error)) from None
    lattice = empty_lattice()
    splits: dict[str, list[Pair]] = {split: [] for split in SPLITS}
    for row in _rows(lake, number):
        lattice = lattice + lattice_of([row])
        if is_selected(row):
            splits[row["split"]].append(Pair(**{field.name: row[field.name] for field in fields(Pair)}))
    refuse_withdrawn(lake, version)
    if digest_of(lattice) != version.digest:
        raise BadDataError(
            f"dataset version {number} of {lake.uri} is not what its digest {version.digest[:12]} says: its rows were "
            f"changed. `ownvoice verify --version {number}` names them; train on a version that passes."
        )
    for split, pairs in splits.items():
        if not pairs:
            raise BadDataError(_empty(number, split))
    return Pairs(version, tuple(splits["train"]), tuple(splits["test"]))


def refuse_withdrawn(lake: Lake, version: DatasetVersion) -> None:
    """Raise `BadDataError` where rows were withdrawn: a model says which version it learnt, and learns all of it."""
    gone = withdrawn_of(lake, version.number)
    if gone.pairs:
        raise BadDataError(
            f"dataset version {version.number} is not whole: takedown {', '.join(gone.takedowns)} withdrew "
            f"{gone.pairs} of its {version.pairs} pairs. Train on the newest version: `ownvoice versions` lists them."
        )


def _rows(lake: Lake, number: int) -> Iterator[dict[str, Any]]:
    with _named(lake, number):
        for batch in scan(lake.table("pairs", number), where="true ORDER BY pair_id"):
            yield from batch.to_pylist()


@contextmanager
def _named(lake: Lake, number: int) -> Iterator[None]:
    """Turn a version that cannot be read into `BadDataError`."""
    try:
        yield
    except DamagedError as error:
        raise BadDataError(f"dataset version {number} cannot be read: {error} Or train on another version.") from None


def _empty(number: int, split: str) -> str:
    """Return the message for a version that has no pairs in one of its splits."""
    return (
        f"dataset version {number} has no {split} pairs, so that what is learned cannot be told from what is "
        "remembered. Add articles, or make a new lake with another OWNVOICE_TEST_SHARE."
    )
