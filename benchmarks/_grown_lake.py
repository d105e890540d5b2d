"""A lake as earlier nights would have left it: articles of one length, ten pairs each, in older day folders."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from ownvoice.dataset.digest import digest_of, empty_lattice, lattice_of, to_text
from ownvoice.pairs.grams.grams import GRAM_VERSION
from ownvoice.storage.lake import Lake
from ownvoice.storage.tables import ARTICLES, PAIRS
from ownvoice.storage.versions import RECORD

YESTERDAY = dt.date(2026, 5, 9)
PAIRS_AN_ARTICLE = 10
SENTENCES_AN_ARTICLE = 40
AT_A_TIME = 1_000
WORDS = [
    "".join(letters)
    for letters in zip(*(random.Random(seed).choices("etaoinshrdlucm", k=4000) for seed in range(6)), strict=True)
]


def remember(lake: Lake, articles: int) -> None:
    """Write what earlier nights would have left: originals, rows and a version."""
    from deltalake import CommitProperties, write_deltalake

    known, chunks, pairs = (lake.table_for_writing(name) for name in ("articles", "chunks", "pairs"))
    lattice, count = empty_lattice(), 0
    for start in range(0, articles, AT_A_TIME):
        numbers = range(start, min(start + AT_A_TIME, articles))
        rows = [row for number in numbers for row in pairs_of(number)]
        lattice, count = lattice + lattice_of(rows), count + len(rows)
        for number in numbers:
            lake.keep_original(sha256_of(number), article(number))
        write_deltalake(known, _table(map(article_row, numbers), ARTICLES), mode="append")
        record = {
            "run_id": f"before {numbers[0]}",
            "refresh_date": str(_date_of(numbers[0])),
            "pairs": count,
            "added": len(rows),
            "retired": 0,
            "digest": digest_of(lattice),
            "lattice": to_text(lattice),
            "grams": GRAM_VERSION,
            "articles_version": known.version(),
            "chunks_version": chunks.version(),
        }
        properties = CommitProperties(custom_metadata={RECORD: json.dumps(record)})
        write_deltalake(pairs, _table(rows, PAIRS), mode="append", commit_properties=properties)
    lake.write_json("cursor.json", {"listed_through": str(YESTERDAY), "reconciled": str(YESTERDAY)})


def article(number: int) -> str:
    """Return some three thousand characters that no other article has, and is no near-duplicate of."""
    return "\n\n".join(sentences(number)) + "\n"


def sha256_of(number: int) -> str:
    """Return the hash of the text of an article."""
    return hashlib.sha256(article(number).encode()).hexdigest()


def sentences(number: int) -> list[str]:
    """Return the sentences of an article."""
    draw = random.Random(number)
    return [f"In {number} {' '.join(draw.choices(WORDS, k=12))}." for _ in range(SENTENCES_AN_ARTICLE)]


def article_row(number: int) -> dict[str, Any]:
    """Return the row of a known article, which stands in an older day folder."""
    text = sha256_of(number)
    key = f"dt={_date_of(number)}/{number}.md"
    same = {"author_id": "someone", "title": "", "language": "en", "licence": "", "consent": ""}
    names = {"article_id": key, "cluster_key": key, "source_key": key, "source_object": key}
    return same | names | {
        "source_tag": text, "article_sha256": text, "written_sha256": text, "written_date": _date_of(number),
        "split": _split_of(number), "state": "current", "last_run": "before",
    }  # fmt: skip


def pairs_of(number: int) -> Iterator[dict[str, Any]]:
    """Yield the pairs of a known article; each chosen answer is one of its sentences."""
    said, start = sentences(number), 0
    text = sha256_of(number)
    key = f"dt={_date_of(number)}/{number}.md"
    same = {name: "x" for name in PAIRS.names if PAIRS.field(name).type == pa.string()}
    for place, sentence in enumerate(said[:PAIRS_AN_ARTICLE]):
        yield same | {
            "pair_id": f"{number}-{place}", "prompt": f"What of {number} and {place}?", "chosen": sentence,
            "rejected": f"It is important to note {place} of {number}.", "split": _split_of(number),
            "article_id": key, "article_sha256": text, "source_key": key, "author_id": "someone", "exact": True,
            "spans": [{"start": start, "end": start + len(sentence)}], "cleaning_version": "faithful-2",
            "refresh_date": _date_of(number),
        }  # fmt: skip
        start += len(sentence) + 2


def _table(rows: Any, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema)


def _date_of(number: int) -> dt.date:
    return YESTERDAY - dt.timedelta(days=30 + number // AT_A_TIME)


def _split_of(number: int) -> str:
    return "test" if number % 20 == 0 else "train"
