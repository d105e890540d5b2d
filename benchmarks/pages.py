"""How long the Ownvoice pages take to their first byte, with 1,000 refreshes and 1,000,000 pairs in the lake.

The lake is written as refreshes do (a file a refresh and table, a checkpoint every hundred entries), with made-up
texts; the server is a real Airflow, and every request comes with a login.

Run as: python benchmarks/pages.py [--nights 1000] [--pairs-a-night 1000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.digest import empty_lattice, to_text
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model
from ownvoice.refresh import refresh
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.tables import ARTICLES, CHUNKS, PAIRS, RUNS
from ownvoice.storage.versions import RECORD, DatasetVersion

REPOSITORY = Path(__file__).parent.parent
sys.path.append(str(REPOSITORY / "tests"))

from stand_ins.airflow_server import AirflowServer, running_airflow  # noqa: E402

FIRST_NIGHT = dt.date(2024, 1, 1)
PAIRS_A_CHUNK, CHUNKS_AN_ARTICLE = 4, 5
REQUESTS = 40
LIMIT_S = 1.0
ORIGINAL = "An honest sentence about the night shift. " * 1000
ORIGINAL_SHA256 = hashlib.sha256(ORIGINAL.encode()).hexdigest()
WORDS = [
    "the",
    "night",
    "shift",
    "reads",
    "a",
    "ledger",
    "and",
    "forgives",
    "nobody",
    "but",
    "the",
    "rain",
    "while",
    "bread",
    "waits",
    "for",
    "hands",
    "that",
    "know",
    "it",
]


def main() -> None:
    """Write the lake, ask for every page, print a table; exit code 1 where a page is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=1000)
    parser.add_argument("--pairs-a-night", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder, "lake").as_uri())
        began = time.monotonic()
        write_lake(lake, given.nights, given.pairs_a_night)
        refresh_for_real(lake, given.nights)
        print(
            f"{given.nights:,} refreshes, {given.nights * given.pairs_a_night:,} pairs, "
            f"written in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        with running_airflow(Path(folder, "airflow"), lake.uri) as airflow:
            slowest = max(measure(airflow, name, page) for name, page in pages(given.nights).items())
    sys.exit(slowest > LIMIT_S)


def pages(nights: int) -> dict[str, str]:
    """Return the address of every page, by what it asks."""
    date = FIRST_NIGHT + dt.timedelta(days=nights // 2)
    return {
        "refreshes": "refreshes",
        "refreshes, the last page": f"refreshes?number={-(-nights // 50)}",
        "one refresh": "refresh?run_id=real",
        "chunks of a refresh": "chunks?run_id=real&state=answered",
        "one chunk": "chunk?run_id=real&article_id=the-garden-cron&chunk_index=2",
        "pairs": "pairs",
        "pairs of an old version": f"pairs?version={nights // 2}",
        "pairs of an author": "pairs?author_id=author-3",
        "pairs of an article": f"pairs?article_id=article-{nights // 3}-3",
        "pairs of the test split": "pairs?split=test",
        "pairs that hold a text": "pairs?author_id=author-3&text=forgives+nobody",
        "pairs that hold no such text": "pairs?split=train&text=nowhere+to+be+found",
        "one pair": f"pair?version={nights}&date={date}&pair_id=pair-{nights // 2}-7",
        "versions": "versions",
        "one version": f"version?number={nights}",
    }


def measure(airflow: AirflowServer, name: str, page: str) -> float:
    """Print how long `page` takes to its first byte; return the 95th percentile in seconds, the first time apart."""
    times = []
    for _ in range(REQUESTS + 1):
        began = time.perf_counter()
        with airflow.client.stream("GET", f"/ownvoice/{page}") as answer:
            assert answer.status_code == 200, f"{page}: {answer.status_code}"
            times.append(time.perf_counter() - began)
            answer.read()
    first, *others = times
    p95 = statistics.quantiles(others, n=20)[-1]
    print(f"{name:32} first {first:6.3f} s   median {statistics.median(others):6.3f} s   p95 {p95:6.3f} s", flush=True)
    return p95


def write_lake(lake: Lake, nights: int, pairs_a_night: int) -> None:
    """Write so many refreshes."""
    from deltalake import CommitProperties, write_deltalake

    tables = {name: lake.table_for_writing(name) for name in ("pairs", "articles", "chunks", "runs")}
    chance = random.Random(7)
    total = 0
    for night in range(nights):
        rows = dict(zip(("pairs", "articles", "chunks", "runs"), _night(chance, night, pairs_a_night), strict=True))
        total += pairs_a_night
        for name in ("chunks", "articles", "pairs", "runs"):
            metadata = {RECORD: _record(night, total, pairs_a_night)} if name == "pairs" else {}
            properties = CommitProperties(custom_metadata=metadata)
            write_deltalake(tables[name], rows[name], mode="append", commit_properties=properties)
            if (night + 1) % 100 == 0:
                tables[name].create_checkpoint()
    lake.keep_original(ORIGINAL_SHA256, ORIGINAL)


def refresh_for_real(lake: Lake, night: int) -> None:
    """Put a real refresh of the sample articles on top."""
    source = ObjectStore((REPOSITORY / "samples" / "articles").as_uri())
    date = FIRST_NIGHT + dt.timedelta(days=night)
    recipe = GenerationRecipe(model=OFFLINE_MODEL)
    run = RefreshRun(run_id="real", refresh_date=date, articles_uri=source.uri, recipe=recipe)
    with running_offline_model() as model:
        refresh(lake, source, run, lambda _: ModelAccess(model.base_url, model.api_key), lambda _: None, lambda _: None)


def _night(chance: random.Random, night: int, pairs: int) -> Iterator[pa.Table]:
    date = FIRST_NIGHT + dt.timedelta(days=night)
    chunks = [
        {
            "run_id": f"run-{night}",
            "refresh_date": date,
            "article_id": f"article-{night}-{number // CHUNKS_AN_ARTICLE}",
            "article_sha256": ORIGINAL_SHA256,
            "chunk_index": number % CHUNKS_AN_ARTICLE,
            "request_key": f"{night:032x}{number:032x}",
            "start": 0,
            "end": 1500,
            "batch": f"batch-{number // 8:04}",
            "state": "answered",
            "event": "answer_arrived",
            "faults": ["rate_limited"] if number % 9 == 0 else [],
            "tries": [{"at": f"{date}T02:00:{number % 60:02}+00:00", "result": "answered"}],
            "triples": PAIRS_A_CHUNK + 1,
            "kept": PAIRS_A_CHUNK,
            "latency_s": 1.0,
            "drop_reasons": {"not_verbatim": 1},
        }
        for number in range(-(-pairs // PAIRS_A_CHUNK))
    ]
    yield _table([_pair(chance, night, date, number) for number in range(pairs)], PAIRS)
    articles = sorted({chunk["article_id"] for chunk in chunks})
    yield _table([_article(name, date) for name in articles], ARTICLES)
    yield _table(chunks, CHUNKS)
    counts = {"triples": len(chunks) * 5, "kept": pairs, "chunks_total": len(chunks), "chunks_answered": len(chunks)}
    run = {"run_id": f"run-{night}", "kind": "refresh", "refresh_date": date, "verdict": "pass", "version": night + 1}
    yield _table([run | {"counts": counts, "recipe_id": "0" * 12}], RUNS)


def _pair(chance: random.Random, night: int, date: dt.date, number: int) -> dict[str, Any]:
    chunk = number // PAIRS_A_CHUNK
    return {
        "pair_id": f"pair-{night}-{number}",
        "prompt": _text(chance, 12),
        "chosen": _text(chance, 55),
        "rejected": _text(chance, 90),
        "split": "test" if number % 20 == 0 else "train",
        "author_id": _author(f"article-{night}-{chunk // CHUNKS_AN_ARTICLE}"),
        "article_id": f"article-{night}-{chunk // CHUNKS_AN_ARTICLE}",
        "article_sha256": ORIGINAL_SHA256,
        "source_key": f"dt={date}/{chunk}.md",
        "spans": [{"start": 10, "end": 300}],
        "exact": True,
        "cleaning_version": "faithful-2",
        "refresh_date": date,
        "created_by_run": f"run-{night}",
        "rejected_model": "made-up",
    }


def _article(name: str, date: dt.date) -> dict[str, Any]:
    return {"article_id": name, "author_id": _author(name), "state": "current", "written_date": date}


def _author(article: str) -> str:
    return f"author-{sum(map(ord, article)) % 40}"


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)


def _record(night: int, total: int, added: int) -> str:
    now = dt.datetime.now(dt.UTC)
    date = FIRST_NIGHT + dt.timedelta(days=night)
    numbers = {"articles_version": night + 1, "chunks_version": night + 1}
    lattice = to_text(empty_lattice())
    version = DatasetVersion(0, f"run-{night}", date, now, total, added, 0, "0" * 64, lattice, **numbers)
    return version.as_record()


if __name__ == "__main__":
    main()
