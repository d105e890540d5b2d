"""What pushing a hundred new pairs costs when the repository on the Hub holds a million.

The claim: a refresh sends its own pairs and no others, in memory that does not grow with the version. Beside it, what a
script does with the exported version: `datasets.load_dataset` and `Dataset.push_to_hub`. The Hub is the tests'
stand-in, which counts the bytes that it is sent; each push is a process of its own, so that peak memory is its own.

Run as: python benchmarks/hub_push.py [--pairs 1000000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from ownvoice.config.run import RefreshRun, record_run
from ownvoice.dataset.digest import digest_of, empty_lattice, from_text, lattice_of, to_text
from ownvoice.dataset.export import export
from ownvoice.storage.lake import Lake
from ownvoice.storage.tables import PAIRS
from ownvoice.storage.versions import RECORD, latest_version
from stand_ins.hub import WRITER, StandInHub
from stand_ins.hub_server import running_hub

NEW_PAIRS = 100
PAIRS_PER_ARTICLE = 10
MAX_BYTES_PER_NEW_PAIR = 5_000
MAX_PEAK_MB = 1_000
FIRST, NEXT = dt.date(2026, 5, 9), dt.date(2026, 5, 10)
WORDS = random.Random(1).sample([f"{a}{b}{c}" for a in "bdfglmnrst" for b in "aeiou" for c in "klmnprstvz"], 500)

# VmHWM and not ru_maxrss, which a child takes over from the process that started it.
MEASURED = """
import json, re, sys, time
started = time.monotonic()
{push}
peak_kb = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print(json.dumps([time.monotonic() - started, peak_kb / 1000]))
"""
OURS = """
from ownvoice.dataset.hub.push import push_to_hub
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake
from ownvoice.config.settings import HubDataset
push_to_hub(Lake(sys.argv[1]), hub_client(token_from_environment()), HubDataset("ann/pairs"))
"""
PEER = """
from datasets import load_dataset
load_dataset("parquet", data_files=sys.argv[1] + "/train.parquet", cache_dir=sys.argv[1]).push_to_hub("ann/peer")
"""


def main() -> int:
    """Push a large first version and a small refresh by each way; print the table and whether the claim holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    pairs = parser.parse_args().pairs
    print("push                                    seconds     MB sent   peak MB")
    with tempfile.TemporaryDirectory() as folder, running_hub() as hub:
        lake = Lake(Path(folder, "lake").as_uri())
        commit(lake, FIRST, 0, pairs)
        measure(hub, f"ownvoice, first {pairs:,} pairs", OURS, lake.uri)
        peer(hub, lake, Path(folder, "first"), f"datasets, first {pairs:,} pairs")
        commit(lake, NEXT, pairs, NEW_PAIRS)
        sent, peak_mb = measure(hub, f"ownvoice, {NEW_PAIRS} pairs more", OURS, lake.uri)
        peer(hub, lake, Path(folder, "next"), f"datasets, {NEW_PAIRS} pairs more")
    met = sent <= MAX_BYTES_PER_NEW_PAIR * NEW_PAIRS and peak_mb <= MAX_PEAK_MB
    print(f"{sent / NEW_PAIRS:,.0f} bytes sent a new pair, {peak_mb:,.0f} MB: {'met' if met else 'MISSED'}")
    return 0 if met else 1


def peer(hub: StandInHub, lake: Lake, folder: Path, name: str) -> None:
    """Export the newest version and push it as a script would."""
    export(lake, folder)
    measure(hub, name, PEER, str(folder))


def measure(hub: StandInHub, name: str, push: str, where: str) -> tuple[int, float]:
    """Push in a process of its own; return the bytes sent and the peak memory in MB."""
    before = hub.received_bytes
    environment = os.environ | {"HF_ENDPOINT": hub.url, "HF_TOKEN": WRITER, "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-c", MEASURED.format(push=push), where]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    seconds, peak_mb = json.loads(done.stdout.splitlines()[-1])
    sent = hub.received_bytes - before
    print(f"{name:36}  {seconds:>9.1f}  {sent / 1e6:>10.2f}  {peak_mb:>8.0f}", flush=True)
    return sent, peak_mb


def commit(lake: Lake, date: dt.date, start: int, count: int) -> None:
    """Commit `count` pairs as a run of that date would have."""
    from deltalake import CommitProperties, write_deltalake

    run_id = f"refresh of {date}"
    record_run(lake, RefreshRun(run_id=run_id, refresh_date=date, articles_uri="file:///articles"))
    before = latest_version(lake)
    lattice = from_text(before.lattice) if before else empty_lattice()
    for batch in batches(run_id, date, start, start + count):
        lattice = lattice + lattice_of(batch.to_pylist())
    record = {"run_id": run_id, "refresh_date": str(date), "pairs": start + count, "added": count, "retired": 0}
    record |= {"digest": digest_of(lattice), "lattice": to_text(lattice), "articles_version": 0, "chunks_version": 0}
    rows = pa.RecordBatchReader.from_batches(PAIRS, batches(run_id, date, start, start + count))
    properties = CommitProperties(custom_metadata={RECORD: json.dumps(record)})
    write_deltalake(lake.table_for_writing("pairs"), rows, mode="append", commit_properties=properties)


def batches(run_id: str, date: dt.date, start: int, end: int) -> Iterator[pa.RecordBatch]:
    """Yield pairs of some 800 characters, a few from each article."""
    chance = random.Random(start)
    for first in range(start, end, 10_000):
        numbers = range(first, min(first + 10_000, end))
        yield pa.RecordBatch.from_pylist([pair(chance, run_id, date, number) for number in numbers], PAIRS)


def pair(chance: random.Random, run_id: str, date: dt.date, number: int) -> dict[str, object]:
    """Return one row."""
    article = f"{random.Random(number // PAIRS_PER_ARTICLE).getrandbits(256):064x}"
    ids = {name: f"{chance.getrandbits(256):064x}" for name in ("pair_id", "chunk_key", "request_key")}
    lengths = {"prompt": 20, "chosen": 90, "rejected": 90}
    texts = {name: " ".join(chance.choices(WORDS, k=words)) for name, words in lengths.items()}
    same = {"split": "train", "author_id": "ann", "cleaning_version": "1", "recipe_id": "r", "prompt_version": "1"}
    same |= {"chosen_model": "human", "rejected_model": "m", "created_by_run": run_id}
    place = {"article_id": article[:16], "article_sha256": article, "source_key": f"{article[:16]}.md"}
    return ids | texts | same | place | {"spans": [{"start": 0, "end": 400}], "refresh_date": date, "exact": True}


if __name__ == "__main__":
    sys.exit(main())
