"""What the lake holds and cannot be read: one sentence that names the object, says why, and says what to do next.

Every reader of an object's bytes runs inside `readable`, and every use of a table inside `table_readable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from ownvoice.errors import DamagedError, OwnvoiceError, StorageError, StorageUnavailableError
from ownvoice.storage.faults import storage_error
from ownvoice.storage.remedies import remedy

# What decoders and the shapes behind them raise. Arrow raises OSError for pages that end too early, and MemoryError for
# a length that was overwritten.
_UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, MemoryError),
    *(OSError, NotImplementedError, pa.ArrowException),
)

_GONE = ("not found", "No such file")
_NO_ANSWER = ("error sending request", "HTTP error", "Error performing", "timed out", "Connection re")
_FILE = re.compile(r"[^/\s]+\.(?:parquet|json)\b")


@contextmanager
def readable(uri: str, key: str) -> Iterator[None]:
    """Turn what reading the bytes of the object `key` raises into a `DamagedError`; errors of ours pass."""
    try:
        yield
    except OwnvoiceError:
        raise
    except _UNREADABLE as error:
        raise damaged(uri, key, f"it is cut, empty or overwritten ({_first_line(error)})") from None


def damaged(uri: str, key: str, why: str) -> DamagedError:
    """Return the error for an object that cannot be read, with what to do about one of its kind."""
    return DamagedError(f"{uri}/{key} cannot be read: {why}. {remedy(key)}")


@contextmanager
def table_readable(uri: str, key: str) -> Iterator[None]:
    """Turn what deltalake raises about the table `key` into an error of ours; errors of ours pass.

    It raises its own errors, `OSError` and bare exceptions alike, so that only their text tells what has happened.
    """
    try:
        yield
    except OwnvoiceError:
        raise
    except Exception as error:
        raise table_error(uri, key, error) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a fault inside deltalake is raised as; no class to import
            raise
        raise table_error(uri, key, RuntimeError(str(error))) from None


def table_error(uri: str, key: str, error: Exception) -> StorageError:
    """Return the error for what deltalake raised about a table: the store, or a file of the table."""
    known, text = storage_error(uri, key, error), str(error)
    is_gone = any(sign in text for sign in _GONE)
    if not isinstance(known, StorageUnavailableError) or (not is_gone and any(sign in text for sign in _NO_ANSWER)):
        return known
    file = _FILE.search(text)
    what = f"its file {file[0]} is" if file else "it is"
    if is_gone and file and file[0].endswith(".parquet"):
        return damaged(uri, key, f"{what} gone; `ownvoice clean --keep-versions` deletes those of old versions")
    return damaged(uri, key, f"{what} gone" if is_gone else f"{what} cut or overwritten ({_first_line(error)})")


def _first_line(error: BaseException) -> str:
    lines = re.sub(r"\s*\x1b\[31m↳\x1b\[0m\s*", ": ", str(error)).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
