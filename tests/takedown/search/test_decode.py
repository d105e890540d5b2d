"""A text is found in whatever it is packed; the fast search agrees with a naive one on texts of any shape."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.pairs.grams.grams import spoken_words
from ownvoice.takedown.search.decode import UndecodedError, texts_in
from ownvoice.takedown.search.needles import SEARCH_WORDS, Met, Needles, runs_in
from ownvoice.takedown.search.objects import met_in_bytes

TEXT = 'The harbour was quiet when the first boats, heavy with salt and "silver", came slowly home – à l\'aube.'
SOUGHT = Needles(runs_in([TEXT]), frozenset({"book/1.md", "7", "a" * 64}))


def parquet(table: pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def zipped(data: bytes, name: str = "one.txt") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def unused_in_dictionary() -> bytes:
    """Return a file whose only row holds another value than its dictionary's second."""
    column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), pa.array(["another", TEXT]))
    return parquet(pa.table({"text": column}), write_statistics=False)


PACKED = {
    "as it is": TEXT.encode(),
    "in UTF-16": TEXT.encode("utf-16"),
    "in capitals and wrapped": TEXT.upper().replace(" ", "\n").encode(),
    "with escapes of JSON": json.dumps({"a": TEXT}).encode(),
    "in JSON in JSON": json.dumps({"a": json.dumps({"b": TEXT.replace(" ", "\n")})}).encode(),
    "in JSON in JSON in JSON": json.dumps(json.dumps(json.dumps([TEXT.replace(" ", "\t")]))).encode(),
    "in HTML": b"<p>" + TEXT.replace("quiet", "<em>quiet</em>").replace('"', "&quot;").encode() + b"</p>",
    "in gzip": gzip.compress(TEXT.encode()),
    "in bzip2": bz2.compress(TEXT.encode()),
    "in xz": lzma.compress(TEXT.encode()),
    "in Zstandard": pa.Codec("zstd").compress(TEXT.encode()).to_pybytes(),
    "in zip": zipped(TEXT.encode()),
    "in gzip in zip": zipped(gzip.compress(TEXT.encode())),
    "in base64": base64.b64encode(TEXT.encode()),
    "in base64 of the web": b"x: " + base64.urlsafe_b64encode(TEXT.encode()),
    "in base64 over lines": base64.encodebytes((TEXT * 3).encode()),
    "in gzip in base64 in JSON": json.dumps([base64.b64encode(gzip.compress(TEXT.encode())).decode()]).encode(),
    "in a cell": parquet(pa.table({"text": [TEXT]})),
    "in a nested cell": parquet(pa.table({"messages": [[{"content": TEXT}]]})),
    "in a map": parquet(pa.table({"m": pa.array([[("k", TEXT)]], pa.map_(pa.string(), pa.string()))})),
    "in statistics alone": parquet(pa.table({"text": ["x"]}).replace_schema_metadata({"note": TEXT})),
}


@pytest.mark.parametrize("how", PACKED)
def test_a_text_is_found_however_it_is_packed(how: str) -> None:
    assert met_in_bytes(PACKED[how], SOUGHT).runs


def test_a_value_that_no_row_has_is_found_in_the_dictionary() -> None:
    data = unused_in_dictionary()
    assert pq.read_table(io.BytesIO(data))["text"].to_pylist() == ["another"]
    assert met_in_bytes(data, SOUGHT).runs


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"id": "book/1.md"}', 1),
        ("see book/1.md.", 1),
        ("my-book/1.md", 0),
        ("book/1.md.bak", 0),
        ("book/1.mdx", 0),
        ("book 1 md", 0),
        ('{"id": "7"}', 1),
        ("7 boats", 0),
        (f"originals/{'a' * 64}", 1),
        ("b" + "a" * 64, 0),
    ],
)
def test_a_name_is_found_where_it_stands_alone(text: str, names: int) -> None:
    assert met_in_bytes(text.encode(), SOUGHT) == Met(0, names)


def test_what_is_packed_and_broken_is_told_and_not_passed_over() -> None:
    with pytest.raises(UndecodedError):
        met_in_bytes(gzip.compress(TEXT.encode() * 99)[:-40], SOUGHT)
    with pytest.raises(UndecodedError):
        list(texts_in(io.BytesIO(b"PAR1" + b"x" * 99)))


def test_a_text_is_found_across_the_parts_that_a_large_object_is_read_in() -> None:
    for before in ((1 << 20) - 120, (1 << 20) - 50, (1 << 20) - 1):
        assert met_in_bytes(b" " * before + TEXT.encode(), SOUGHT).runs


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120), st.integers(0, 200), st.integers(1, 80))
def test_the_search_agrees_with_a_naive_one(sought: str, other: str, start: int, length: int) -> None:
    # Few words, so that runs are shared often.
    sought, other = (" ".join("ab"[ord(sign) % 2] for sign in text) for text in (sought, other))
    text = f"{other} {sought[start : start + length]}"
    met = Needles(runs_in([sought])).met_in(text).runs
    wanted = {tuple(run) for run in _runs(sought)}
    assert met == sum(tuple(run) in wanted for run in _runs(text))


def _runs(text: str) -> list[list[str]]:
    words = spoken_words(text)
    return [words[start : start + SEARCH_WORDS] for start in range(len(words) - SEARCH_WORDS + 1)]
