"""Packed objects: unpacked as they are read, and never further than a bound."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
import zstandard

from ownvoice.articles.article import Article, Quarantined
from stand_ins.source_objects import gz, json_lines, packed_zeros, parquet, read, texts, zst


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("a.md", b"---\nid: x\n---\nText."),
        ("a.jsonl", b'{"id": "x", "content": "Text."}'),
        ("a.json", b'{"id": "x", "content": "Text."}'),
        ("a.parquet", parquet({"id": ["x"], "content": ["Text."]})),
    ],
)
def test_every_format_may_be_packed(key, data, pack):
    packed = f"{key}.{'gz' if pack is gzip.compress else 'zst'}"
    (article,) = read(packed, pack(data))
    assert (article.metadata_id, article.content) == ("x", "Text.")
    assert read(packed, pack(data[:5]) + pack(data[5:])) == [article]  # packed in two goes, as logs are


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_what_breaks_off_half_way_keeps_the_articles_before_it(pack):
    import random

    noise = random.Random(1)
    items = [{"content": f"Number {number}: {noise.randbytes(400).hex()}."} for number in range(10_000)]
    data = pack(json_lines(*items).encode())
    found = read(f"a.jsonl.{'gz' if pack is gzip.compress else 'zst'}", data[: len(data) // 2])
    assert 1000 < sum(isinstance(one, Article) for one in found) < 10_000
    assert [one.reason for one in found if isinstance(one, Quarantined)] == ["bad_archive"]


@pytest.mark.parametrize("key", ["a.md.gz", "a.jsonl.zst", "a.html.gz", "a.parquet.zst"])
def test_what_is_not_packed_though_its_name_says_so_is_named_so(key):
    assert texts(read(key, "Text.")) == ["bad_archive"]


@pytest.mark.parametrize("key", ["a.md", "a.json", "a.jsonl", "a.html", "a.parquet"])
@pytest.mark.parametrize("pack", [gz, zst])
def test_a_bomb_is_put_aside_before_it_goes_off(key, pack):
    data = packed_zeros(pack, 300 << 20)
    tracemalloc.start()
    (found,) = read(f"{key}.{'gz' if pack is gz else 'zst'}", data)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.reason in ("zip_bomb", "too_large")
    assert peak_bytes < 160 << 20
