"""Asking a model about many chunks: ours, the chapter's thread pool and `AsyncOpenAI`, judged by the server's totals.

Run as:

    python benchmarks/generation.py [--quick] [speed|faults|memory ...]

The server is a process of its own (`tests/stand_ins/model_process.py`): lognormal latency with a median of 1 s and
sigma 0.4, 256 slots. `limit` is what its slots could answer on average; `ideal` is the shortest time in which a list
schedule gets through the very requests that were served, with their latencies, on those slots and within the rate; one
that hangs holds its slot as long as the longest of them.
CPU is the client process's, from the first quarter of its chunks to the end, a request. Exits with 1 where a target
is missed.
"""

from __future__ import annotations

import heapq
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from stand_ins.model_behaviour import Behaviour  # noqa: E402
from stand_ins.model_process import ModelProcess, running_model_process  # noqa: E402

CLIENTS = Path(__file__).with_name("_generation_clients.py")
FAULTS = {
    "server_error": 0.05,
    "bad_json": 0.03,
    "truncated": 0.02,
    "dropped": 0.01,
    "hanging": 0.01,
    "empty": 0.005,
}
CALM = Behaviour(
    good="five_triples", median_s=1.0, sigma=0.4, slots=256, retry_after_s=1.0, prompt_tokens=600, completion_tokens=900
)
FAULTY = replace(CALM, faults=FAULTS)
LIMITED = replace(CALM, requests_per_minute=1800)
FAST = replace(CALM, median_s=0.02, sigma=0.1)

Row = dict[str, Any]


def run_client(model: ModelProcess, behaviour: Behaviour, client: str, chunks: int, **options: Any) -> Row:
    """Give the server `behaviour` and empty totals, run a client in a process of its own, and bring both together."""
    model.reset(behaviour)
    command = [sys.executable, str(CLIENTS), client, model.base_url, str(chunks), json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True)
    totals = model.totals()
    if done.returncode:  # the chapter's pool ends at the first fault: everything is lost, nothing was written
        fault = done.stderr.strip().splitlines()[-1][:60]
        return {"kept": 0, "fault": fault, "seconds": math.nan, "cpu_ms": math.nan, "peak_mb": math.nan, **totals}
    return {"fault": "", **json.loads(done.stdout), **totals}


def ideal_s(row: Row, behaviour: Behaviour) -> float:
    """Return the seconds of a list schedule of the served requests, on all slots, within the rate, past the outage."""
    longest_s = max((latency_s for latency_s in row["latencies_s"] if latency_s < math.inf), default=0.0)
    latencies_s = [min(latency_s, longest_s) for latency_s in row["latencies_s"]]
    spacing_s = 60 / behaviour.requests_per_minute if behaviour.requests_per_minute else 0.0
    slots = [0.0] * behaviour.slots
    end = 0.0
    for number, latency_s in enumerate(latencies_s):
        at = max(heapq.heappop(slots), (number - behaviour.requests_per_minute / 60) * spacing_s)
        heapq.heappush(slots, at + latency_s)
        end = max(end, at + latency_s)
    return end + behaviour.outage_s


def speed(model: ModelProcess, quick: bool) -> bool:
    """Measure good answers a second without faults, and what each costs in CPU."""
    chunks = 2000 if quick else 6000
    limit = CALM.slots / (CALM.median_s * math.exp(CALM.sigma**2 / 2))
    runs: list[tuple[str, str, int, Row]] = [
        ("ours", "ours", chunks, {}),
        ("ours, storing nothing", "ours", chunks, {"store": False}),
        ("thread pool of 4 (chapter 6)", "thread_pool", 60, {"threads": 4}),
        ("thread pool of 32", "thread_pool", 600, {"threads": 32}),
        ("AsyncOpenAI, 64 in flight", "async_openai", chunks // 4, {"in_flight": 64}),
        ("AsyncOpenAI, 256 in flight", "async_openai", chunks // 2, {"in_flight": 256}),
        ("the same over its aiohttp", "async_openai", chunks // 2, {"in_flight": 256, "over_aiohttp": True}),
    ]
    print(f"\n{'speed':30}{'chunks':>8}{'good/s':>8}{'of limit':>10}{'of ideal':>10}{'CPU ms':>8}{'429s':>6}")
    rows = {}
    for name, client, count, options in runs:
        row = rows[name] = run_client(model, CALM, client, count, **options)
        rate = row["kept"] / row["seconds"]
        of_ideal = ideal_s(row, CALM) / row["seconds"]
        row |= {"of_limit": rate / limit, "of_ideal": of_ideal}
        print(
            f"{name:30}{count:>8}{rate:>8.1f}{rate / limit:>10.0%}{of_ideal:>10.2f}{row['cpu_ms']:>8.2f}"
            f"{row['refused']:>6}"
        )
    best = rows["ours"]
    return all(
        (
            told("of the ideal schedule", best["of_ideal"], 0.95),
            told("of the server's limit", best["of_limit"], 0.75),
            told("CPU ms a request, at most", best["cpu_ms"], 3.0, at_most=True),
        )
    )


def faults(model: ModelProcess, quick: bool) -> bool:
    """Measure what is kept and what is billed under faults, an outage and a rate limit."""
    chunks = 1000 if quick else 4000
    outage = replace(CALM, outage_at_s=5.0, outage_s=10.0)
    everything = replace(FAULTY, requests_per_minute=1800, outage_at_s=10.0, outage_s=10.0)
    peers = min(chunks, 1000)
    runs: list[tuple[str, str, int, Behaviour, Row]] = [
        ("ours: faults", "ours", chunks, FAULTY, {}),
        ("ours: outage of 10 s", "ours", chunks, outage, {}),
        ("ours: 1,800 a minute", "ours", chunks, LIMITED, {}),
        ("ours: all three", "ours", chunks, everything, {}),
        ("thread pool of 32: faults", "thread_pool", peers, FAULTY, {"threads": 32}),
        ("AsyncOpenAI, 64: 1,800 a minute", "async_openai", peers, LIMITED, {"in_flight": 64}),
    ]
    print(f"\n{'faults':34}{'chunks':>7}{'kept':>6}{'billed':>8}{'of floor':>10}{'429s':>7}{'of ideal':>10}{'s':>7}")
    passed = True
    for name, client, count, behaviour, options in runs:
        row = run_client(model, behaviour, client, count, **options)
        of_floor = row["billed"] / max(1, row["fewest_billed"])
        refused = row["refused"] / max(1, row["requests"])
        of_ideal = ideal_s(row, behaviour) / row["seconds"]
        print(
            f"{name:34}{count:>7}{row['kept']:>6}{row['billed']:>8}{of_floor:>10.3f}{refused:>7.1%}{of_ideal:>10.2f}"
            f"{row['seconds']:>7.1f} {row['fault']}"
        )
        if client == "ours":
            good = row["kept"] == count and of_floor <= 1.02 and refused < 0.02
            passed &= good and of_ideal >= 0.95
    print("kept all, billed at most 1.02 of the floor, 429s under 2 %, 0.95 of ideal: " + met(passed))
    return passed


def memory(model: ModelProcess, quick: bool) -> bool:
    """Measure the peak of resident memory of one task, over a batch of a thousand chunks and of fifty thousand."""
    counts = (1000, 10_000) if quick else (1000, 50_000)
    print(f"\n{'memory':30}{'chunks':>8}{'peak MB':>9}{'chunks/s':>10}")
    peaks = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            lake_uri = Path(folder, "lake").as_uri()
            subprocess.run(
                [sys.executable, str(CLIENTS), "plan", lake_uri, str(count)], check=True, capture_output=True
            )
            row = run_client(model, FAST, "whole_batch", count, lake_uri=lake_uri)
        peaks.append(row["peak_mb"])
        print(f"{'generate_batch':30}{count:>8}{row['peak_mb']:>9.0f}{count / row['seconds']:>10.0f}")
    return told("times the memory of a thousand, at most", peaks[1] / peaks[0], 1.2, at_most=True)


def told(what: str, value: float, target: float, *, at_most: bool = False) -> bool:
    """Print a target beside what was reached."""
    passed = value <= target if at_most else value >= target
    print(f"{value:.2f} {what} (target {target}): {met(passed)}")
    return passed


def met(passed: bool) -> str:
    """Say whether a target was met."""
    return "met" if passed else "NOT met"


PARTS: dict[str, Callable[[ModelProcess, bool], bool]] = {"speed": speed, "faults": faults, "memory": memory}


def main(arguments: list[str]) -> int:
    """Run the named parts, or all; return the exit code."""
    quick = "--quick" in arguments
    parts = [name for name in arguments if name in PARTS] or list(PARTS)
    with running_model_process(CALM) as model:
        passed = [PARTS[name](model, quick) for name in parts]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
