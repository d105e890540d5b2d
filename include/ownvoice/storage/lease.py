"""The lease on a lake: one refresh run at a time writes to it, and a second one is told who does.

A lease is the object `lease/<number>.json`; the one with the highest number counts. A run takes the lake by creating
the next number, which a store with conditional creation grants once, and holds it by writing its own object again
before it expires. A run that was killed therefore blocks nobody for longer than `LEASE_S`, and its own rerun not at
all. Where a store has no conditional creation, two runs can take the same number: `dataset.commit` then commits nothing
of the later one that the earlier one has committed already.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import partial

from ownvoice.errors import LakeHeldError, StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import LEASES, lease_key

LEASE_S = 900.0
"""How long a lease is good for after it was last renewed, in seconds."""

_RENEWALS_PER_LEASE = 5


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds the lake. Times are UTC, ISO 8601.

    `process` is the process that holds it for as long as it lives; None where a run holds it over several processes,
    one after the other, as the tasks of an Airflow run do.
    """

    number: int
    run_id: str
    host: str
    process: int | None
    since: str
    expires_at: str

    def is_over(self, now: dt.datetime) -> bool:
        """Whether anyone may take the lake: the lease has expired, or its process died on this very machine."""
        return dt.datetime.fromisoformat(self.expires_at) <= now or self._is_dead()

    def _is_dead(self) -> bool:
        if self.process is None or self.host != socket.gethostname():
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False  # it lives, and belongs to another user
        return False


def take_lease(lake: Lake, run_id: str, *, process: int | None = None, lease_s: float = LEASE_S) -> Lease:
    """Take the lake for a run, or renew the lease that it has; return the lease.

    Raises `LakeHeldError` where another run holds it.
    """
    while True:
        now, newest = dt.datetime.now(dt.UTC), current_lease(lake)
        expires_at = (now + dt.timedelta(seconds=lease_s)).isoformat()
        if newest and newest.run_id == run_id and not newest.is_over(now):
            renewed = replace(newest, process=process, expires_at=max(expires_at, newest.expires_at))
            _write(lake, renewed)
            return renewed
        if newest and not newest.is_over(now):
            raise LakeHeldError(_refusal(lake, newest))
        number = newest.number + 1 if newest else 1
        taken = Lease(number, run_id, socket.gethostname(), process, now.isoformat(), expires_at)
        if lake.store.create(lease_key(number), json.dumps(asdict(taken)).encode()):
            _forget_before(lake, number)
            return taken


def current_lease(lake: Lake) -> Lease | None:
    """Return the lease that counts, expired or not; None where the lake was never taken."""
    numbers = sorted(_numbers(lake), reverse=True)
    if not numbers:
        return None
    try:
        return Lease(**json.loads(lake.store.read(lease_key(numbers[0])) or b""))
    except (ValueError, TypeError):  # a damaged lease is nobody's
        return Lease(numbers[0], "", "", None, "", dt.datetime.min.replace(tzinfo=dt.UTC).isoformat())


def release_lease(lake: Lake, run_id: str) -> None:
    """Give the lake back where this run holds it. Repeated, it changes nothing."""
    newest = current_lease(lake)
    if newest and newest.run_id == run_id:
        _write(lake, replace(newest, expires_at=dt.datetime.now(dt.UTC).isoformat()))


@contextmanager
def held_by_step(lake: Lake, run_id: str) -> Iterator[None]:
    """Hold the lake while one step of a run works, however long that takes; the run's next step finds it held.

    Whoever ends the run releases it. Raises `LakeHeldError` where another run holds the lake.
    """
    with _renewed(lake, run_id, None):
        yield


@contextmanager
def held_by_process(lake: Lake, run_id: str) -> Iterator[Callable[[], Lease]]:
    """Hold the lake while this process makes a whole run; yield what raises `LakeHeldError` where it was lost since.

    Raises `LakeHeldError` where another run holds the lake.
    """
    process = os.getpid()
    try:
        with _renewed(lake, run_id, process):
            yield partial(take_lease, lake, run_id, process=process)
    finally:
        release_lease(lake, run_id)


@contextmanager
def _renewed(lake: Lake, run_id: str, process: int | None) -> Iterator[None]:
    take_lease(lake, run_id, process=process)
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(LEASE_S / _RENEWALS_PER_LEASE):
            with suppress(StorageError):  # the next renewal, or the run's next step, meets it again
                take_lease(lake, run_id, process=process)

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _numbers(lake: Lake) -> list[int]:
    names = (found.key.rsplit("/", 1)[-1].removesuffix(".json") for found in lake.store.objects(LEASES))
    return [int(name) for name in names if name.isdecimal()]


def _write(lake: Lake, lease: Lease) -> None:
    lake.write_json(lease_key(lease.number), asdict(lease))


def _forget_before(lake: Lake, number: int) -> None:
    for old in _numbers(lake):
        if old < number:
            lake.store.delete(lease_key(old))


def _refusal(lake: Lake, lease: Lease) -> str:
    where = lease.host if lease.process is None else f"{lease.host}, process {lease.process}"
    return (
        f"{lake.uri} is held by run {lease.run_id} ({where}) since {lease.since[:19]}Z, until {lease.expires_at[:19]}Z "
        "unless it is renewed. One refresh at a time: let it end, or wait until then where it was killed."
    )
