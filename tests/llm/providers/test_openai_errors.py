"""The errors that servers have been seen to send, and what each means."""

from __future__ import annotations

from typing import Any

import pytest

from ownvoice.errors import ModelAccessError
from ownvoice.llm.failures import Failure, FieldRefusedError, classified, classified_within_answer
from ownvoice.llm.providers.openai_errors import read_error, status_within

FLAGGED = {"code": 403, "message": "Flagged.", "metadata": {"reasons": ["x"], "flagged_input": "y"}}
AZURE = {"code": "content_filter", "param": "prompt", "innererror": {"code": "ResponsibleAIPolicyViolation"}}
WANTS_OTHER_NAME = {"param": "max_tokens", "code": "unsupported_parameter", "message": "Use max_completion_tokens."}


def meaning(status: int, body: Any) -> ModelAccessError | Failure:
    return classified(status, read_error(status, body), endpoint="http://e/v1", model="m")


def meaning_within(body: Any) -> ModelAccessError | Failure:
    status = status_within(body)
    assert status is not None
    return classified_within_answer(status, read_error(status, body), endpoint="http://e/v1", model="m")


def broken_off(error: Any, finish_reason: str = "error") -> dict[str, Any]:
    return {"choices": [{"message": {"content": '{"pre'}, "finish_reason": finish_reason, "error": error}]}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": AZURE}),
        (400, {"error": {"code": None, "innererror": {"code": "ResponsibleAIPolicyViolation"}}}),
        (400, {"error": {"code": "content_policy_violation"}}),
        (403, {"error": FLAGGED}),
    ],
)
def test_moderation_refuses_one_chunk(status: int, body: Any) -> None:
    assert meaning(status, body) is Failure.REFUSED


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens.",
        "'max_tokens' is too large: 9. This model's maximum context length is 8 tokens.",
        "max_tokens must be at least 1, got -5.",
        "the request exceeds the available context size. try increasing it",
    ],
)
def test_a_context_overflow_is_told_in_words_and_blames_no_field(message: str) -> None:
    assert meaning(400, {"error": {"message": message}}) is Failure.CONTEXT_TOO_LONG


@pytest.mark.parametrize(
    ("body", "field", "unsupported"),
    [
        ({"error": WANTS_OTHER_NAME}, "max_tokens", True),
        ({"error": {"message": "Unsupported parameter: 'max_tokens' is not supported here."}}, "max_tokens", True),
        ({"error": {"param": "temperature", "code": "unsupported_value"}}, "temperature", True),
        ({"error": {"param": "temperature", "message": "must be below 1"}}, "temperature", False),
        ({"error": {"message": "'temperature' does not support 0.7 with this model."}}, "temperature", True),
        ({"error": "'response_format.type' may only be 'json_schema' or 'text'"}, "response_format", False),
        ({"error": {"param": "response_format.type"}}, "response_format", False),
        ({"detail": [{"loc": ["body", "temperature"], "msg": "too high"}]}, "temperature", False),
        ({"object": "error", "message": "response_format is not supported", "code": 400}, "response_format", True),
    ],
)
def test_a_refused_field_is_named_wherever_the_error_names_it(body: Any, field: str, unsupported: bool) -> None:
    refused = meaning(400, body)
    assert isinstance(refused, FieldRefusedError)
    assert (refused.field, refused.unsupported) == (field, unsupported)


@pytest.mark.parametrize(
    "body", [None, {}, {"error": "The model refused."}, {"error": {"message": "high temperature"}}]
)
def test_an_error_that_names_no_field_concerns_one_request(body: Any) -> None:
    assert meaning(400, body) is Failure.BAD_REQUEST


@pytest.mark.parametrize(
    "code", [402, "402", "insufficient_quota", "insufficient_credits", "billing_hard_limit_reached"]
)
def test_a_spent_account_ends_the_batch_also_inside_a_200(code: Any) -> None:
    for found in (meaning(429, {"error": {"code": code}}), meaning_within({"error": {"code": code}})):
        assert isinstance(found, ModelAccessError)
        assert "quota is spent" in str(found)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (broken_off({"code": 502, "message": "broke off"}), Failure.ERROR_IN_ANSWER),
        (broken_off(None), Failure.ERROR_IN_ANSWER),
        (broken_off({"code": 429}, "stop"), Failure.RATE_LIMITED),
        ({"error": "upstream failed"}, Failure.ERROR_IN_ANSWER),
        ({"error": {"code": True}}, Failure.ERROR_IN_ANSWER),
        ({"object": "error", "message": "out of memory"}, Failure.ERROR_IN_ANSWER),
        ({"error": FLAGGED}, Failure.REFUSED),
    ],
)
def test_an_error_inside_a_200_is_a_failure_and_no_answer(body: Any, failure: Failure) -> None:
    assert meaning_within(body) is failure


@pytest.mark.parametrize("value", [None, [], {"choices": []}, {"error": None, "choices": [{"error": None}]}])
def test_an_answer_without_an_error_has_no_status_within(value: Any) -> None:
    assert status_within(value) is None


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_ends_the_batch_and_says_that_no_text_went_on(status: int) -> None:
    assert "texts go to no host that was not named" in str(meaning(status, None))
