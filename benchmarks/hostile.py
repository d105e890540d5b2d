"""Time and peak memory against size, at three sizes, for everything that reads what strangers wrote.

Run as: python benchmarks/hostile.py [WORD ...]     (only the rows with all of the words)

Each row is an input that is made to be slow or to grow, read by the function that a refresh, a task or a page calls, in
a process of its own that may take 60 s and 8 GiB of addresses. `time` and `memory` are for the three sizes, `order` is
the exponent by which the time grows between the first and the last, and at the end stands what came of the largest. The
claim: nothing grows faster than in proportion (1.5 leaves room for sorting), once it takes more than a quarter of a
second, and nothing takes more than 10 s or 512 MB. Exits with 1 where it does not hold.
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import _hostile_texts  # noqa: F401  # adds its cases to CASES
from _hostile_inputs import CASES, Case

TIMEOUT_S = 60.0
ADDRESSES_BYTES = 8 << 30
MOST_S = 10.0
MOST_MB = 512.0
MOST_ORDER = 1.5
TOO_SHORT_TO_JUDGE_S = 0.25


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds, megabytes above what the process had before, and what came of it."""

    time_s: float
    memory_mb: float
    outcome: str


def measure_here(name: str, size: int) -> Measured:
    """Make the input of a case and read it, in this process."""
    work = CASES[name].make(size)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before, start = _memory_mb("VmRSS"), perf_counter()
    try:
        outcome = work()
    except Exception as error:
        outcome = f"{type(error).__name__} RAISED"
    return Measured(perf_counter() - start, max(0.0, _memory_mb("VmHWM") - before), outcome)


def _memory_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def measure(name: str, size: int) -> Measured:
    """Run one size of a case in a process of its own, so that one which runs away takes nothing else with it."""
    command = [sys.executable, __file__, "--one", name, str(size)]
    limits = (ADDRESSES_BYTES, ADDRESSES_BYTES)
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limits),
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    except subprocess.TimeoutExpired:
        return Measured(math.inf, 0.0, "NO END")
    if done.returncode:
        return Measured(math.inf, math.inf, f"ENDED WITH {done.returncode}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def faults(case: Case, runs: list[Measured]) -> Iterator[str]:
    """Yield what a row breaks of the claim."""
    if any(run.outcome.isupper() or run.outcome.endswith("RAISED") for run in runs):
        yield runs[-1].outcome
    if order(case, runs) > MOST_ORDER and runs[-1].time_s > TOO_SHORT_TO_JUDGE_S:
        yield f"grows by {order(case, runs):.1f}"
    if runs[-1].time_s > MOST_S:
        yield f"takes {runs[-1].time_s:.0f} s"
    if runs[-1].memory_mb > MOST_MB:
        yield f"takes {runs[-1].memory_mb:,.0f} MB"


def order(case: Case, runs: list[Measured]) -> float:
    """Return the exponent by which the time grows with the size."""
    growth = max(runs[-1].time_s, 1e-4) / max(runs[0].time_s, 1e-4)
    return math.log(growth) / math.log(case.sizes[-1] / case.sizes[0])


def _short(size: int) -> str:
    """Write a size with k, M or G."""
    power, unit = next((one for one in ((9, "G"), (6, "M"), (3, "k")) if size >= 10 ** one[0]), (0, ""))
    return f"{size / 10**power:.3g}{unit}"


def main(arguments: list[str]) -> int:
    """Print the table; return the exit code."""
    if arguments[:1] == ["--one"]:
        found = measure_here(arguments[1], int(arguments[2]))
        print(json.dumps({"time_s": found.time_s, "memory_mb": found.memory_mb, "outcome": found.outcome}))
        return 0
    broken, part = [], ""
    for name, case in CASES.items():
        if not all(word in f"{name} {case.part}" for word in arguments):
            continue
        if case.part != part:
            part = case.part
            print(f"\n{part}; bound: {case.bound}\n{'':34}{'sizes':>15}{'time, s':>20}{'memory, MB':>15}{'order':>6}")
        runs = [measure(name, size) for size in case.sizes]
        found = list(faults(case, runs))
        broken += [f"{name} ({', '.join(found)})"] if found else []
        sizes = " ".join(map(_short, case.sizes))
        times = "".join(f" {run.time_s:6.2f}" for run in runs)
        memory = " ".join(f"{run.memory_mb:.0f}" for run in runs)
        print(f"  {name:32}{sizes:>15}{times:>20}{memory:>15}{order(case, runs):6.1f}  {runs[-1].outcome}", flush=True)
    print(f"Target: {'met' if not broken else 'NOT met by ' + '; '.join(broken)}.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
