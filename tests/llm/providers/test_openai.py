from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.llm.completion import Completion, Fault
from ownvoice.llm.providers import openai, provider_at
from ownvoice.llm.providers.provider import ErrorDetails

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["message", "content", "finish_reason", "error", "code", "param"]), inner)
    ),
    max_leaves=8,
)


def response(content: Any = "It is so.", finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": content} | message, "finish_reason": finish_reason}]}


@pytest.mark.parametrize(
    ("answer", "completion"),
    [
        (response(), Completion("It is so.")),
        (response(finish_reason="length"), Completion("It is so.", Fault.TRUNCATED)),
        (response("", finish_reason="content_filter"), Completion("", Fault.REFUSED)),
        (response(None, refusal="No."), Completion("", Fault.REFUSED, refusal="No.")),
        (response(["a part", 5, None, ["b"]]), Completion("a part")),
        (
            response([{"type": "thinking", "thinking": []}, {"type": "text", "text": "It is so."}]),
            Completion("It is so."),
        ),
        (response("<think>It is not.</think>It is so."), Completion("It is so.")),
        (response(None, reasoning_content="It is so."), Completion(reasoning="It is so.")),
        (response(None, reasoning="It is so."), Completion(reasoning="It is so.")),
        ({"choices": []}, Completion()),
        ({}, Completion()),
    ],
)
def test_text_and_ending_are_those_of_the_first_choice(answer: dict[str, Any], completion: Completion) -> None:
    assert openai.read(answer) == completion


def test_tokens_are_as_the_endpoint_counted_them_and_else_0() -> None:
    counted = openai.read({"usage": {"prompt_tokens": 7, "completion_tokens": 5}})
    assert (counted.prompt_tokens, counted.completion_tokens) == (7, 5)


@pytest.mark.parametrize(
    "odd", ["many", "7", -1, True, 0.5, 10**9, 10**30, 1e30, math.inf, math.nan, None, [7], {"tokens": 7}]
)
def test_a_usage_that_can_be_no_count_says_nothing(odd: Any) -> None:
    assert openai.read({"usage": {"prompt_tokens": odd, "completion_tokens": odd}}) == Completion()


def test_a_whole_number_is_a_count_also_as_a_float() -> None:
    assert openai.read({"usage": {"prompt_tokens": 7.0}}).prompt_tokens == 7


@pytest.mark.parametrize(
    ("status", "error", "details"),
    [
        (429, {"code": "insufficient_quota"}, ErrorDetails("insufficient_quota")),
        (400, {"param": "temperature", "code": None}, ErrorDetails(field="temperature")),
        (400, {"message": "This model's maximum context length is 8192."}, ErrorDetails("context_length_exceeded")),
        (400, {"code": ["odd"], "param": 5}, ErrorDetails()),
        (500, "Bad gateway", ErrorDetails()),
    ],
)
def test_an_error_says_what_its_status_does_not(status: int, error: Any, details: ErrorDetails) -> None:
    told = openai.read_error(status, {"error": error})
    assert (told.code, told.field, told.unsupported) == (details.code, details.field, details.unsupported)


@given(ANY_JSON)
def test_whatever_json_comes_it_is_read_without_a_fault(value: Any) -> None:
    openai.read_error(400, value)
    if openai.is_completion({"choices": value}):
        openai.read({"choices": value, "usage": value})


@pytest.mark.parametrize(
    "value",
    [
        None,
        "<html>",
        {"error": {"message": "overloaded"}},
        {"choices": None},
        {"choices": [{"finish_reason": "error"}]},
    ],
)
def test_a_page_or_an_error_with_status_200_is_no_completion(value: Any) -> None:
    assert not openai.is_completion(value)


@pytest.mark.parametrize("address", [openai.OPENAI_URL, "http://localhost:8000/v1", "https://models.example.com"])
def test_an_unknown_host_is_taken_to_speak_openais_api(address: str) -> None:
    assert provider_at(address) is openai
