"""The demo's processes: each leads its own session, and is identified by pid and creation time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_CLOCK_TOLERANCE_S = 2.0  # creation times are counted from boot, which a change of the system clock shifts
_GRACE_S = 20.0
_ENDED_LAST = ("api-server", "offline-model")  # tasks that are ending still talk to them


@dataclass(frozen=True, slots=True)
class Started:
    """A process that the demo started. `born` is its creation time in seconds since the epoch."""

    name: str
    pid: int
    born: float
    log: str

    @property
    def is_alive(self) -> bool:
        """Whether it, and not another process with the same pid, still runs."""
        return self.pid in _family(self)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that was started: the address of its UI, and its processes in the order of their start."""

    address: str
    processes: tuple[Started, ...]

    def write(self, path: Path) -> None:
        """Record the demo, for whoever ends it."""
        path.write_text(json.dumps(asdict(self), indent=1))


def read_demo(path: Path) -> Demo | None:
    """Return the demo that is recorded at `path`, or None."""
    if not path.exists():
        return None
    found = json.loads(path.read_text())
    return Demo(found["address"], tuple(Started(**one) for one in found["processes"]))


def start(name: str, command: Sequence[str], env: Mapping[str, str], folder: Path) -> Started:
    """Start `command` in `folder`, in a session of its own, with its output in `<name>.log` there."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - the demo's own commands
            command, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    return Started(name, process.pid, psutil.Process(process.pid).create_time(), str(log))


def end_demo(path: Path) -> Iterator[str]:
    """End the demo that is recorded at `path` and delete the record; yield a sentence for each process."""
    if demo := read_demo(path):
        yield from end([one for one in demo.processes if one.name not in _ENDED_LAST])
        yield from end([one for one in demo.processes if one.name in _ENDED_LAST])
        path.unlink()


def end(processes: Sequence[Started]) -> Iterator[str]:
    """End exactly these processes and those that they started; yield a sentence for each.

    All get SIGTERM at the same time; those that still run after 20 seconds are killed.
    """
    families = {one: _family(one) for one in processes}
    for one, family in families.items():
        _send(signal.SIGTERM, [one.pid] if one.pid in family else family)
    deadline = time.monotonic() + _GRACE_S
    for one in processes:
        while (left := _family(one)) and time.monotonic() < deadline:
            time.sleep(0.1)
        _send(signal.SIGKILL, left)
        while _family(one):
            time.sleep(0.1)
        how = f"ended; {len(left)} of its processes were killed" if left else "ended"
        yield f"{one.name} (pid {one.pid}) {how if families[one] else 'was not running any more'}"


def _family(one: Started) -> list[int]:
    """Return the pids of the session that `one` leads: itself, its descendants, and orphans among these."""
    if _is_reused(one):
        return []  # then the session with that number is not ours either
    return [process.pid for process in psutil.process_iter() if _belongs(process, one)]


def _is_reused(one: Started) -> bool:
    try:
        return bool(abs(psutil.Process(one.pid).create_time() - one.born) > _CLOCK_TOLERANCE_S)
    except psutil.NoSuchProcess:
        return False


def _belongs(process: psutil.Process, one: Started) -> bool:
    # A session number can be reused after its leader ended; the working folder tells our session from another.
    try:
        is_of_session = os.getsid(process.pid) == one.pid and process.status() != psutil.STATUS_ZOMBIE
        return is_of_session and Path(process.cwd()) == Path(one.log).parent
    except (OSError, psutil.Error):
        return False


def _send(signal_number: int, pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_number)
