from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.batch.files import BatchLine, read_line
from ownvoice.llm.batch.lines import bounded_lines
from ownvoice.llm.failures import Failure, NoAnswer
from ownvoice.llm.response import MAX_RESPONSE_BYTES

KEY = "0123456789abcdef" * 4


def lines_of(parts: list[bytes], longest: int) -> list[bytes]:
    async def stream() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async def collect() -> list[bytes]:
        return [line async for line in bounded_lines(stream(), longest)]

    return asyncio.run(collect())


@given(st.lists(st.binary(max_size=30) | st.just(b"\n") | st.just("a\u2028b".encode())))
def test_lines_are_the_same_however_they_arrive(parts: list[bytes]) -> None:
    whole = b"".join(parts).split(b"\n")
    expected = whole if whole[-1] else whole[:-1]
    assert lines_of(parts, 10_000) == expected
    assert lines_of(parts, 5) == [line[:6] for line in expected]


def test_a_line_beyond_the_bound_is_its_own_requests_failure() -> None:
    line = json.dumps({"custom_id": KEY, "response": {"body": " " * MAX_RESPONSE_BYTES}}).encode()
    cut, after = lines_of([line + b"\n", b'{"custom_id": "x"}'], MAX_RESPONSE_BYTES)
    assert read_line(cut, endpoint="e", model="m") == BatchLine(KEY, NoAnswer.after(Failure.RESPONSE_TOO_LONG))
    assert after == b'{"custom_id": "x"}'


def test_a_broken_line_that_names_its_request_is_that_ones_failure_and_any_other_is_passed_over() -> None:
    broken = b'{"id": 1, "custom_id": "%s", "response": {' % KEY.encode()
    assert read_line(broken, endpoint="e", model="m") == BatchLine(KEY, NoAnswer.after(Failure.NOT_A_COMPLETION))
    assert read_line(b"no JSON", endpoint="e", model="m") is None
