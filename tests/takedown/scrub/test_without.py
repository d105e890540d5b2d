"""A file loses what is withdrawn and keeps the rest, in a form that its readers still take."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownvoice.takedown.scrub.without import without


def holds(text: str) -> bool:
    """Say that anything with this word is withdrawn."""
    return "secret" in text


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (["a", "secret", "b"], ["a", "b"]),
        ({"articles": [{"id": "secret", "n": 1}, {"id": "b", "n": 2}]}, {"articles": [{"id": "b", "n": 2}]}),
        ({"secret": 1, "b": 2}, {"b": 2}),
        ({"rows": [{"id": "a", "of": ["secret", "x"]}]}, {"rows": [{"id": "a", "of": ["x"]}]}),
        ({"rows": [{"id": "a", "inner": {"text": "secret"}}, {"id": "b"}]}, {"rows": [{"id": "b"}]}),
        ({"note": "secret", "kept": ["secret", "x"], "n": 3}, {"note": "", "kept": ["x"], "n": 3}),
        ({"deep": {"er": {"note": "secret"}}}, {"deep": {"er": {"note": ""}}}),
        ("secret", ""),
        ([[["secret"]], 1, None], [[[]], 1, None]),
    ],
)
def test_json_loses_the_innermost_element_that_holds_it(value: Any, left: Any) -> None:
    assert json.loads(without("a.json", json.dumps(value).encode(), holds) or b"") == left


def test_parquet_loses_rows_and_keeps_columns_and_order() -> None:
    rows = pa.table(
        {
            "id": ["a", "secret", "c", "d"],
            "n": [1, 2, 3, 4],
            "deep": [[{"t": "x"}], [], [{"t": "a secret"}], None],
            "raw": [b"x", b"x", b"x", b"y"],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(rows, buffer)
    left = pq.read_table(io.BytesIO(without("a.parquet", buffer.getvalue(), holds) or b""))
    assert left.schema == rows.schema
    assert left.to_pylist() == [rows.to_pylist()[0], rows.to_pylist()[3]]


def test_lines_go_alone_and_what_cannot_be_parted_says_so() -> None:
    assert without("log.txt", b"one\nsecret\r\ntwo", holds) == b"one\ntwo"
    assert without("m.jsonl", b'{"a": "secret"}\n{"a": "b"}\n', holds) == b'{"a": "b"}\n'
    assert without("page.html", b"secret", holds) is None
    assert without("segments/abc", b"secret", holds) is None
