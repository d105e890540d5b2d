"""What can become of a request that brings no answer: one table, from HTTP status and error code to what to do.

Some failures concern every request (a bad key, an unknown model): they are `ModelAccessError`, and end the batch.
The others concern one request: they are `RequestFailedError`, and end at most its chunk. Nothing here repeats the
endpoint's own words, since some endpoints echo the key in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from ownvoice.errors import ModelAccessError


class Failure(StrEnum):
    """Why one request brought no answer. The names are stable: reports and tables carry them."""

    CONTEXT_TOO_LONG = "context_too_long"
    BAD_REQUEST = "bad_request"
    RATE_LIMITED = "rate_limited"
    TIMED_OUT = "timed_out"
    CONNECTION_LOST = "connection_lost"
    SERVER_ERROR = "server_error"
    NOT_A_COMPLETION = "not_a_completion"


_FINAL = frozenset({Failure.CONTEXT_TOO_LONG, Failure.BAD_REQUEST})

_ONE_REQUEST: dict[str | int, Failure] = {
    "context_length_exceeded": Failure.CONTEXT_TOO_LONG,
    408: Failure.TIMED_OUT,
    409: Failure.SERVER_ERROR,
    413: Failure.CONTEXT_TOO_LONG,
    429: Failure.RATE_LIMITED,
}

_KEY_ADVICE = "Check the password of the Airflow connection `llm_api`, or OPENAI_API_KEY."
_ADDRESS_ADVICE = (
    "Check the recipe's model, and the host of the Airflow connection `llm_api`, or OPENAI_BASE_URL "
    "(it usually ends in /v1)."
)
_QUOTA_SENTENCE = "the account's quota is spent. Raise its limit or top it up, then run again: nothing is asked twice."

_EVERY_REQUEST: dict[str | int, str] = {
    "insufficient_quota": _QUOTA_SENTENCE,
    401: f"the key is not accepted. {_KEY_ADVICE}",
    402: _QUOTA_SENTENCE,
    403: f"the key may not use model {{model!r}}. {_KEY_ADVICE}",
    404: f"there is no model {{model!r}}, or no chat completions, at this address. {_ADDRESS_ADVICE}",
    405: f"there are no chat completions at this address. {_ADDRESS_ADVICE}",
}

_RECIPE_FIELDS = frozenset({"model", "temperature", "max_tokens", "response_format"})


class RequestFailedError(Exception):
    """One request brought no answer; private to this room, where it becomes the outcome of one chunk."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure

    @property
    def later_may_help(self) -> bool:
        """Whether the same request may go through at another time."""
        return self.failure not in _FINAL


def classified(error: Exception, *, endpoint: str, model: str) -> ModelAccessError | RequestFailedError:
    """Turn what the SDK raised into the failure it stands for."""
    status = getattr(error, "status_code", None)
    code = "context_length_exceeded" if _speaks_of_context_length(error) else getattr(error, "code", None)
    for sign in (code, status):
        if sign in _EVERY_REQUEST:
            return ModelAccessError(f"{endpoint}: {_EVERY_REQUEST[sign].format(model=model)}")
        if sign in _ONE_REQUEST:
            return RequestFailedError(_ONE_REQUEST[sign])
    if status is None:
        return RequestFailedError(Failure.TIMED_OUT if _waited_too_long(error) else Failure.CONNECTION_LOST)
    if status >= 500:
        return RequestFailedError(Failure.SERVER_ERROR)
    field = getattr(error, "param", None)
    if field in _RECIPE_FIELDS:
        return ModelAccessError(
            f"{endpoint}: model {model!r} does not take the recipe's {field}. Change it in the recipe, then run again."
        )
    return RequestFailedError(Failure.BAD_REQUEST)


def _speaks_of_context_length(error: Exception) -> bool:
    """Whether it is a context overflow told in words alone, as vLLM and others do."""
    return getattr(error, "status_code", None) == 400 and "maximum context length" in str(error)


def _waited_too_long(error: Exception) -> bool:
    """Tell a time-out from a lost connection: the SDK's aiohttp transport calls both a time-out."""
    return any(isinstance(cause, TimeoutError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
