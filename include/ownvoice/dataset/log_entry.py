"""A commit that knows whether it happened: it reads its log entry back, and is made again if that is another's.

Delta gives each version to the writer that creates its log entry. Where a store lets two writers create the same
entry, both are told that they have committed and the later one's bytes remain. Each entry therefore carries a mark that
no other has.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from ownvoice.errors import DamagedError, LostCommitError, StorageUnavailableError
from ownvoice.storage.damage import table_error
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import table_key
from ownvoice.storage.probe import probe_creation

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, Transaction

T = TypeVar("T")

_MAX_TRIES = 4
_MIN_WAIT_S = 0.5
_WAITS_S = (0.1, 0.2, 0.5, 1, 2, 4, 4, 4, 4, 4, 4)
_ENTRIES_PER_CHECKPOINT = 100


def until_ours(commit: Callable[[], T]) -> T:
    """Call `commit` until no other writer gets in its way, four times at most; then raise its `LostCommitError`."""
    for _ in range(_MAX_TRIES - 1):
        with suppress(LostCommitError):
            return commit()
    return commit()


def in_turn(commit: Callable[[], T]) -> T:
    """Call `commit` until it is this writer's turn, twelve times at most; then raise its `LostCommitError`.

    For tables that many write at one time, as where the batches of a night end together: each waits for a time of its
    own.
    """
    for wait_s in _WAITS_S:
        with suppress(LostCommitError):
            return commit()
        time.sleep(random.uniform(0, wait_s))  # noqa: S311
    return commit()


@contextmanager
def own_entry(
    lake: Lake,
    name: str,
    table: DeltaTable,
    metadata: Mapping[str, str] | None = None,
    transactions: list[Transaction] | None = None,
) -> Iterator[CommitProperties]:
    """Lend the properties for one commit to `table`, the lake's table `name`, and check that it is in the log.

    Raises `LostCommitError` where another writer's entry is at its version, which `table` is then not to be used
    for again, and `StorageError` where the store did not take the commit.
    """
    from deltalake import CommitProperties
    from deltalake.exceptions import CommitFailedError, DeltaError

    mark, before, started = uuid4().hex, table.version(), time.monotonic()
    if lake.log_entry(name, before + 1) is not None:
        raise _lost(table)
    try:
        # No retries: they would put this commit on top of one that it has not read.
        yield CommitProperties({**(metadata or {}), "mark": mark}, max_commit_retries=0, app_transactions=transactions)
    except CommitFailedError as error:
        found = table_error(lake.uri, table_key(name), error)
        raise _lost(table) if isinstance(found, DamagedError | StorageUnavailableError) else found from None
    except (DeltaError, OSError) as error:
        raise table_error(lake.uri, table_key(name), error) from None
    if table.version() == before:  # there was nothing to change, and no entry was made
        return
    if not probe_creation(lake).holds:
        # Another writer that began before this entry was written needs about as long as this one did.
        time.sleep(max(_MIN_WAIT_S, 2 * (time.monotonic() - started)))
    if mark.encode() not in (lake.log_entry(name, table.version()) or b""):
        raise _lost(table)
    if table.version() % _ENTRIES_PER_CHECKPOINT == 0:
        with suppress(DeltaError, OSError):  # without it, opening the table takes longer
            table.create_checkpoint()


def _lost(table: DeltaTable) -> LostCommitError:
    return LostCommitError(
        f"another writer committed to {table.table_uri} at the same time, again and again. "
        "One refresh at a time: let it finish, then run this step again; nothing was half-written."
    )
