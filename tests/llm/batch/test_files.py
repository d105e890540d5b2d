from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.errors import ModelAccessError
from ownvoice.llm.batch import files as batch_files
from ownvoice.llm.batch.files import (
    BatchLine,
    read_line,
    request_files,
    request_line,
    request_of,
    requests_by_key,
)
from ownvoice.llm.failures import Failure, NoAnswer
from ownvoice.states import ChunkEvent

COMPLETION = {"choices": [{"message": {"content": "{}"}}]}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["response", "error", "body", "code"]), inner),
)


def read(value: Any) -> BatchLine | None:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_line(data, endpoint="https://api.example.com/v1", model="m")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_request_comes_back_from_its_line_whatever_the_text_holds(text: str) -> None:
    body = {"messages": [{"role": "user", "content": text}]}
    line = request_line("ab12", body)
    assert line.count(b"\n") == 1
    assert request_of(requests_by_key(line + line.replace(b"ab12", b"cd34"))["ab12"]) == body


@given(st.lists(st.integers(min_value=1, max_value=40), max_size=30))
def test_files_keep_both_limits_and_every_request_in_order(sizes: list[int]) -> None:
    lines = [(str(number), b"x" * size) for number, size in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_files, "MAX_REQUESTS_PER_FILE", 4)
        patch.setattr(batch_files, "MAX_FILE_BYTES", 60)
        files = list(request_files(lines))
    assert [key for keys, _ in files for key in keys] == [key for key, _ in lines]
    assert b"".join(file for _, file in files) == b"".join(line for _, line in lines)
    assert all(0 < len(keys) <= 4 and len(file) <= 60 for keys, file in files)


def test_an_answer_is_the_completion_as_it_came() -> None:
    assert read({"custom_id": "k", "response": {"status_code": 200, "body": COMPLETION}, "error": None}) == BatchLine(
        "k", COMPLETION
    )


@pytest.mark.parametrize(
    ("response", "error", "failure", "event"),
    [
        (None, {"code": "batch_expired"}, "batch_expired", ChunkEvent.NOT_ANSWERED),
        (None, {"code": "odd"}, "server_error", ChunkEvent.NOT_ANSWERED),
        ({"status_code": 500, "body": None}, None, "server_error", ChunkEvent.NOT_ANSWERED),
        ({"status_code": 429, "body": {"error": {"code": None}}}, None, "rate_limited", ChunkEvent.NOT_ANSWERED),
        ({"status_code": 200, "body": "<html>"}, None, "not_a_completion", ChunkEvent.NOT_ANSWERED),
        ({"status_code": 400, "body": {"error": {"code": None}}}, None, "bad_request", ChunkEvent.TRIES_USED_UP),
        ({"status_code": 400, "body": {"error": {"code": ["odd"]}}}, None, "bad_request", ChunkEvent.TRIES_USED_UP),
        (
            {"status_code": 400, "body": {"error": {"code": "context_length_exceeded"}}},
            None,
            "context_too_long",
            ChunkEvent.TRIES_USED_UP,
        ),
    ],
)
def test_a_failed_line_has_the_failure_that_realtime_has(
    response: Any, error: Any, failure: str, event: ChunkEvent
) -> None:
    assert read({"custom_id": "k", "response": response, "error": error}) == BatchLine(
        "k", NoAnswer(Failure(failure), event)
    )


def test_a_line_that_no_request_could_pass_says_so_for_all() -> None:
    line = read({"custom_id": "k", "response": {"status_code": 404, "body": {"error": {"code": "model_not_found"}}}})
    assert line is not None
    assert isinstance(line.result, ModelAccessError)


@given(ANY_JSON)
def test_whatever_stands_in_a_line_it_is_read_without_a_fault(value: Any) -> None:
    assert read({"custom_id": "k", "response": value, "error": value}) is not None
    read(value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"5", b"{}", b'{"custom_id": 5}', b"\xff"], ids=repr)
def test_what_names_no_request_is_no_line(data: bytes) -> None:
    assert read(data) is None
