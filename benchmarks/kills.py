"""A hundred SIGKILLs at random moments of a refresh: what is billed again, and whether the rows come out the same.

Run as:

    python benchmarks/kills.py [--kills N]

Each refresh runs in its own process group over the sample articles, against the offline model, which bills
a request when it arrives and takes its time to answer: whatever is on its way at a kill is lost and paid for. The
group is killed at a moment drawn evenly from the length of an undisturbed refresh and started again, with the same run
id, until it comes to its end; then the next refresh begins, until there were enough kills. Exits with 1 where a kill
costs more answers than were in flight, or where a refresh's version is not the undisturbed one's.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from ownvoice.dataset.verify import verify  # noqa: E402
from ownvoice.offline_model.server import OfflineModel, running_offline_model  # noqa: E402
from ownvoice.storage.lake import Lake  # noqa: E402
from ownvoice.storage.versions import latest_version  # noqa: E402
from stand_ins.refresh_and_die import IN_FLIGHT  # noqa: E402
from stand_ins.refresh_and_die import main as refresh_the_run  # noqa: E402

ARTICLES = (REPOSITORY / "samples" / "articles").as_uri()
ANSWER_TIME_S = 0.25
SEED = 4


@dataclass(slots=True)
class KilledRefresh:
    """One refresh over an empty lake, however often it is killed. `lost` counts answers billed and never stored."""

    lake: Lake
    model: OfflineModel
    kills: int = 0
    kills_while_asking: int = 0
    lost: int = 0
    most_lost_at_once: int = 0

    @property
    def stored(self) -> int:
        """How many answers the lake holds."""
        return sum(1 for _ in self.lake.store.objects("answers"))

    def run(self, kill_after_s: float | None = None) -> bool:
        """Start the refresh once, and kill it at that moment; return whether it came to its end before."""
        process = start(self.lake.uri, self.model.base_url)
        process.join(kill_after_s)
        if process.exitcode is None:
            with contextlib.suppress(ProcessLookupError):  # it ended in this very moment
                os.killpg(process.pid or 0, signal.SIGKILL)
            process.join()
        if process.exitcode == 0:
            return True
        if process.exitcode != -signal.SIGKILL:
            raise SystemExit(f"a refresh ended with exit code {process.exitcode}, and nobody had killed it")
        self._count_kill()
        return False

    def _count_kill(self) -> None:
        stored = self.stored
        lost = self.model.requests_served - stored - self.lost
        self.kills += 1
        self.kills_while_asking += lost > 0
        self.lost += lost
        self.most_lost_at_once = max(self.most_lost_at_once, lost)


def start(lake_uri: str, model_url: str) -> BaseProcess:
    """Start a refresh in a process group of its own, with all modules loaded already."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["aiohttp", "ownvoice.refresh", "stand_ins.refresh_and_die"])
    process = processes.Process(target=_night, args=(lake_uri, model_url))
    process.start()
    return process


def _night(lake_uri: str, model_url: str) -> None:
    os.setpgrp()
    refresh_the_run(lake_uri, ARTICLES, model_url, "realtime")


def main(arguments: list[str]) -> int:
    """Run refreshes until there were enough kills; return the exit code."""
    wanted = int(arguments[arguments.index("--kills") + 1]) if "--kills" in arguments else 100
    chance = Random(SEED)
    with tempfile.TemporaryDirectory() as folder, running_offline_model() as model:
        model.answer_time_s = ANSWER_TIME_S
        KilledRefresh(Lake(Path(folder, "warm").as_uri()), model).run()
        model.requests_served, started = 0, time.monotonic()
        undisturbed = Lake(Path(folder, "undisturbed").as_uri())
        KilledRefresh(undisturbed, model).run()
        refresh_s, floor = time.monotonic() - started, model.requests_served
        digest = digest_of(undisturbed)
        print(f"an undisturbed refresh: {refresh_s:.1f} s, {floor} answers; {IN_FLIGHT} requests in flight at most\n")
        print(f"{'run':>5}{'kills':>7}{'while asking':>14}{'billed':>8}{'floor':>7}{'most lost a kill':>18}  version")
        refreshes: list[KilledRefresh] = []
        passed = True
        while sum(refresh.kills for refresh in refreshes) < wanted:
            model.requests_served = 0
            refresh = KilledRefresh(Lake(Path(folder, f"refresh-{len(refreshes)}").as_uri()), model)
            left = wanted - sum(one.kills for one in refreshes)
            while not refresh.run(chance.uniform(0, refresh_s) if refresh.kills < left else None):
                pass
            refreshes.append(refresh)
            same = digest_of(refresh.lake) == digest and verify(refresh.lake).passed
            passed &= same and refresh.most_lost_at_once <= IN_FLIGHT and model.requests_served == floor + refresh.lost
            print(
                f"{len(refreshes):>5}{refresh.kills:>7}{refresh.kills_while_asking:>14}{model.requests_served:>8}{floor:>7}"
                f"{refresh.most_lost_at_once:>18}  {'the same' if same else 'ANOTHER ONE'}",
                flush=True,
            )
    print_sum(refreshes, floor, passed)
    return 0 if passed else 1


def print_sum(refreshes: list[KilledRefresh], floor: int, passed: bool) -> None:
    """Print what all refreshes come to."""
    kills, lost = sum(refresh.kills for refresh in refreshes), sum(refresh.lost for refresh in refreshes)
    most = max(refresh.most_lost_at_once for refresh in refreshes)
    print(
        f"\n{kills} kills in {len(refreshes)} refreshes of {floor} answers: {lost} billed again, at most {most} a kill "
        f"with {IN_FLIGHT} in flight; every version the undisturbed one: {'met' if passed else 'NOT met'}"
    )


def digest_of(lake: Lake) -> str:
    """Return the digest of the newest version."""
    version = latest_version(lake)
    return version.digest if version else "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
