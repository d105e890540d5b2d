"""One large file of JSON Lines, read as a stream, against the same file held whole, side by side.

Run as:

    python benchmarks/sources.py [GIGABYTES]

The claim: the memory of a refresh grows with the number of its articles, not with their text. The table shows, for
a file and for one four times as large with articles four times as long, time and the most memory beyond the start, of
`json.loads` over all lines at once, of reading as Ownvoice reads, and of the first step of a refresh, which also keeps
every original in a folder. Each runs in a process of its own. Exits with 1 where the step's memory grows by half.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import random
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.articles.objects import list_objects
from ownvoice.articles.source import read_objects
from ownvoice.config.run import RefreshRun
from ownvoice.config.source_rules import SourceRules
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore

ARTICLE_CHARS = 5_000
MAX_GROWTH = 1.5


def main() -> None:
    """Write both files, measure, print, judge."""
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 0.4
    peaks = []
    print(f"{'file':>8}  {'articles':>8}  {'':14}  {'seconds':>7}  {'MB held':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for factor in (1, 4):
            base = Path(folder, str(factor))
            (base / "articles").mkdir(parents=True)
            articles = write_file(base / "articles" / "all.jsonl", gigabytes / 4 * factor, ARTICLE_CHARS * factor)
            for work in (held_whole, streamed, first_step):
                seconds, held_mb = measured(work, base)
                size = f"{gigabytes / 4 * factor:.2f}GB"
                print(f"{size:>8}  {articles:8,}  {work.__name__:14}  {seconds:7.1f}  {held_mb:7.0f}")
            peaks.append(held_mb)
    if peaks[1] > MAX_GROWTH * peaks[0]:
        sys.exit(f"the first step held {peaks[1]:.0f} MB where a quarter of the text took {peaks[0]:.0f}")


def write_file(path: Path, gigabytes: float, article_chars: int) -> int:
    """Write articles of random words until the file is large enough; return how many."""
    generator = random.Random(1)
    words = ["".join(generator.choices("etaoinshrdlu", k=generator.randint(2, 9))) for _ in range(5000)]
    number = 0
    with path.open("w") as file:
        while file.tell() < gigabytes * 1e9:
            text = " ".join(generator.choices(words, k=article_chars // 6))
            file.write(json.dumps({"id": str(number), "content": text}) + "\n")
            number += 1
    return number


def held_whole(base: Path) -> None:
    """Hold the file and all its articles."""
    [json.loads(line) for line in (base / "articles" / "all.jsonl").read_bytes().splitlines()]


def streamed(base: Path) -> None:
    """Read every article and let it go."""
    store, rules = ObjectStore((base / "articles").as_uri()), SourceRules()
    for _, parsed in read_objects(store, list_objects(store, [""], rules).listed.values(), rules):
        sum(1 for _ in parsed)


def first_step(base: Path) -> None:
    """List the articles as a refresh does, and keep the originals."""
    store = ObjectStore((base / "articles").as_uri())
    run = RefreshRun(run_id="one", refresh_date=dt.date(2026, 1, 1), articles_uri=store.uri)
    list_new_articles(Lake((base / "lake").as_uri()), store, run)


def measured(work: Callable[[Path], None], base: Path) -> tuple[float, float]:
    """Run `work` in a new process; return its seconds, and the megabytes it held beyond what it began with."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_timed, (work, base))


def _timed(work: Callable[[Path], None], base: Path) -> tuple[float, float]:
    before_kb, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, perf_counter()
    work(base)
    return perf_counter() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1000


if __name__ == "__main__":
    main()
