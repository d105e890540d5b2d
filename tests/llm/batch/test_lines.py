from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.batch.files import BatchLine, read_line, request_line, request_of
from ownvoice.llm.batch.lines import bounded_lines
from ownvoice.llm.failures import Failure, FieldRefusedError, NoAnswer
from ownvoice.llm.request import request_key
from ownvoice.llm.response import MAX_RESPONSE_BYTES
from ownvoice.triples.request import request_body

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


@pytest.mark.parametrize("effort", [None, "low"])
def test_a_request_reads_back_as_the_recipe_has_it_whatever_form_is_sent(effort: str | None) -> None:
    body = request_body(GenerationRecipe(reasoning_effort=effort), "The chunk.")
    line = request_line(request_key(body), body)
    assert ("max_completion_tokens" in json.loads(line)["body"]) is (effort is not None)
    assert request_of(line) == body


@pytest.mark.parametrize(
    ("field", "advice"),
    [
        ("max_tokens", "where the recipe has a reasoning_effort"),
        ("temperature", "Leave the recipe's temperature empty"),
    ],
)
def test_a_field_that_a_batch_job_cannot_leave_out_by_itself_is_refused_with_what_to_set(
    field: str, advice: str
) -> None:
    error = {"message": "Unsupported.", "param": field, "code": "unsupported_parameter"}
    line = {"custom_id": KEY, "response": {"status_code": 400, "body": {"error": error}}}
    found = read_line(json.dumps(line).encode(), endpoint="e", model="m")
    assert found is not None
    assert isinstance(found.result, FieldRefusedError)
    assert advice in str(found.result)


def test_a_line_beyond_the_bound_is_its_own_requests_failure() -> None:
    line = json.dumps({"custom_id": KEY, "response": {"body": " " * MAX_RESPONSE_BYTES}}).encode()
    cut, after = lines_of([line + b"\n", b'{"custom_id": "x"}'], MAX_RESPONSE_BYTES)
    assert read_line(cut, endpoint="e", model="m") == BatchLine(KEY, NoAnswer.after(Failure.RESPONSE_TOO_LONG))
    assert after == b'{"custom_id": "x"}'


def test_a_broken_line_that_names_its_request_is_that_ones_failure_and_any_other_is_passed_over() -> None:
    broken = b'{"id": 1, "custom_id": "%s", "response": {' % KEY.encode()
    assert read_line(broken, endpoint="e", model="m") == BatchLine(KEY, NoAnswer.after(Failure.NOT_A_COMPLETION))
    assert read_line(b"no JSON", endpoint="e", model="m") is None
