"""How the processes of one training ended, and which of them says why it failed. Pure but for two small files."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ownvoice.errors import Exit

# What ends the others after one has failed: the launcher asks, and NCCL ends a process that has lost a peer.
_AFTERWARDS = {signal.SIGTERM, signal.SIGABRT}
_LAUNCHER_WAITS_S = 25  # at least; then it kills what has not ended


@dataclass(frozen=True, slots=True)
class RankEnd:
    """The end of one process that failed, in seconds since 1970; processes of one machine share a clock."""

    rank: int
    exit: Exit
    message: str
    at: float


def leave_end(folder: Path, rank: int, end: Exit, message: str) -> None:
    """Write how process `rank` failed, whole or not at all: the others may be killed for it at once."""
    one = RankEnd(rank, end, message, time.time())
    part = folder / f"rank-{rank}.part"
    part.write_text(json.dumps(asdict(one)))
    part.rename(folder / f"rank-{rank}.json")


def read_ends(folder: Path) -> list[RankEnd]:
    """Return the ends that the processes left."""
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("rank-*.json"))]
    return [RankEnd(one["rank"], Exit(one["exit"]), one["message"], one["at"]) for one in found]


def cause_of(ends: Iterable[RankEnd], exit_codes: Mapping[int, int] | None, ranks: int, ended_at: float) -> RankEnd:
    """Return the end that made the training fail, by what the processes left and their exit codes by rank.

    When one process fails the others lose their connection, are asked to stop, and are killed in the end. So the first
    to name its error counts; then a kill, which leaves no word; then the first fault without a name; at last a stop.
    Without exit codes all were asked to stop.
    """
    in_order = sorted(ends, key=lambda end: end.at)
    if named := [end for end in in_order if end.exit not in (Exit.FAULT, Exit.STOPPED)]:
        return named[0]
    faults = [end for end in in_order if end.exit is Exit.FAULT]
    signals = {rank: -code for rank, code in sorted((exit_codes or {}).items()) if code < 0}
    is_late = bool(faults) and faults[0].at < ended_at - _LAUNCHER_WAITS_S
    sudden = [rank for rank, number in signals.items() if number not in _AFTERWARDS and not is_late]
    if sudden or (signals and not in_order):
        rank = (sudden or list(signals))[0]
        return _killed(rank, signals[rank], ranks)
    return (faults or sorted(in_order, key=lambda end: end.rank) or [_without_a_word(exit_codes, ranks)])[0]


def _killed(rank: int, number: int, ranks: int) -> RankEnd:
    message = (
        f"process {rank} of {ranks} (counted from 0) was ended by {signal.Signals(number).name}, the others with it. "
        "SIGKILL is also what a machine without memory sends: compare OWNVOICE_TRAINER_MEMORY. Start the same command "
        "again: it goes on from the last checkpoint."
    )
    return RankEnd(rank, Exit.FAULT, message, time.time())


def _without_a_word(exit_codes: Mapping[int, int] | None, ranks: int) -> RankEnd:
    if exit_codes is None:
        message = f"asked to stop (SIGTERM), and the {ranks} processes wrote no checkpoint in time"
        end = Exit.STOPPED
    else:
        codes = ", ".join(f"{rank}: {code}" for rank, code in sorted(exit_codes.items()))
        message, end = f"the {ranks} processes ended without a word (exit codes by process: {codes})", Exit.FAULT
    return RankEnd(
        0, end, f"{message}. Start the same command again: it goes on from the last checkpoint.", time.time()
    )
