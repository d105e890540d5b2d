"""All failures of a request and faults of an answer, and what is done about each, in one table.

Some failures concern every request (a bad key, an unknown model, a spent quota): they are `ModelAccessError` and end
the batch. The others concern one request and end at most its chunk. No message repeats the endpoint's own, since some
endpoints echo the key in theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import uniform
from urllib.parse import urljoin, urlsplit

from ownvoice.errors import ModelAccessError
from ownvoice.llm.completion import Fault
from ownvoice.llm.providers.provider import NOTHING_TOLD, ErrorDetails, Meaning
from ownvoice.llm.rate_limit_headers import NOTHING_SAID, RateLimits
from ownvoice.states import ChunkEvent


class Failure(StrEnum):
    """Why one request brought no answer. The names are stable: reports and tables carry them."""

    CONTEXT_TOO_LONG = "context_too_long"
    BAD_REQUEST = "bad_request"
    RATE_LIMITED = "rate_limited"
    TIMED_OUT = "timed_out"
    QUEUED = "queued"  # timed out behind other requests of this task: too many were in flight
    HUNG = "hung"  # cut before its time-out: it took longer than all others, and those before it were answered
    NOT_CONNECTED = "not_connected"
    CONNECTION_LOST = "connection_lost"
    SERVER_ERROR = "server_error"
    NOT_A_COMPLETION = "not_a_completion"
    RESPONSE_TOO_LONG = "response_too_long"
    ERROR_IN_ANSWER = "error_in_answer"  # status 200, and an error in the place of an answer or after its beginning
    REFUSED = "refused"  # by moderation before the model saw it; the name and rule of `Fault.REFUSED`
    BATCH_EXPIRED = "batch_expired"
    BATCH_CANCELLED = "batch_cancelled"
    BATCH_LINE_MISSING = "batch_line_missing"  # the batch job completed, and neither of its files has the request


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done about one class of failure.

    A chunk may meet it `tries` times; `then` is its event after the last. An event that leaves it for later comes only
    when `ModelAccess.patience_s` has passed since its first failure, so that no short outage defers a chunk; not so
    where `may_be_billed`: such a failure stops at its tries. Between
    requests it waits `first_wait_s`, doubled after each further failure up to ten seconds, and multiplied by a random
    factor from 0.5 to 1, so that chunks which failed together are not sent again together. `longer`: the next request
    allows twice the tokens. `may_be_billed`: the endpoint may have made an answer that did not arrive.
    """

    tries: int
    then: ChunkEvent
    first_wait_s: float = 0.0
    longer: bool = False
    may_be_billed: bool = False

    def wait_s(self, failures_in_a_row: int) -> float:
        """Return how long to wait after so many failures."""
        return uniform(0.5, 1) * min(_MAX_WAIT_S, self.first_wait_s * 2.0 ** (failures_in_a_row - 1))  # noqa: S311


_MAX_WAIT_S = 10.0
_DEAD, _LATER = ChunkEvent.TRIES_USED_UP, ChunkEvent.NOT_ANSWERED
MAX_ANSWERS_PER_CHUNK = 4

RULES: dict[Failure | Fault, Rule] = {
    Failure.CONTEXT_TOO_LONG: Rule(1, _DEAD),
    Failure.BAD_REQUEST: Rule(1, _DEAD),
    Failure.RATE_LIMITED: Rule(20, _LATER, first_wait_s=1.0),
    Failure.TIMED_OUT: Rule(3, _LATER, may_be_billed=True),
    Failure.QUEUED: Rule(20, _LATER, may_be_billed=True),
    Failure.HUNG: Rule(3, _LATER, may_be_billed=True),
    Failure.NOT_CONNECTED: Rule(5, _LATER, first_wait_s=0.5),
    Failure.CONNECTION_LOST: Rule(5, _LATER, first_wait_s=0.5, may_be_billed=True),
    Failure.SERVER_ERROR: Rule(5, _LATER, first_wait_s=0.5),
    Failure.NOT_A_COMPLETION: Rule(3, _LATER, first_wait_s=0.5, may_be_billed=True),
    Failure.RESPONSE_TOO_LONG: Rule(2, _LATER, first_wait_s=0.5, may_be_billed=True),
    Failure.ERROR_IN_ANSWER: Rule(5, _LATER, first_wait_s=0.5, may_be_billed=True),
    Failure.BATCH_EXPIRED: Rule(1, _LATER),
    Failure.BATCH_CANCELLED: Rule(1, _LATER),
    Failure.BATCH_LINE_MISSING: Rule(1, _LATER),
    Fault.REFUSED: Rule(1, _DEAD),
    Fault.TRUNCATED: Rule(MAX_ANSWERS_PER_CHUNK, _DEAD, longer=True),
    Fault.ENDLESS: Rule(MAX_ANSWERS_PER_CHUNK, _DEAD),
    Fault.EMPTY: Rule(MAX_ANSWERS_PER_CHUNK, _DEAD),
    Fault.BAD_JSON: Rule(MAX_ANSWERS_PER_CHUNK, _DEAD),
    Fault.WRONG_SHAPE: Rule(MAX_ANSWERS_PER_CHUNK, _DEAD),
}
"""An unusable answer (`Fault`) is paid for, so the tries of a chunk count all its answers, whatever their faults are.
Two answers in a row that say the same use them up: a third would be paid for to say it again.

A chunk that is too long for the model's context is cut in two by the next plan if it is long enough for that.
"""

_ONE_REQUEST: dict[Meaning | int, Failure] = {
    Meaning.CONTEXT_TOO_LONG: Failure.CONTEXT_TOO_LONG,
    Meaning.MODERATED: Failure.REFUSED,
    Meaning.RATE_LIMITED: Failure.RATE_LIMITED,
    Meaning.OVERLOADED: Failure.SERVER_ERROR,
    408: Failure.TIMED_OUT,
    409: Failure.SERVER_ERROR,
    425: Failure.SERVER_ERROR,
    429: Failure.RATE_LIMITED,
    498: Failure.SERVER_ERROR,  # Groq has no capacity
}

KEY_ADVICE = (
    "Check the password of the Airflow connection `llm_api`, or OPENAI_API_KEY; "
    "for another endpoint of the recipe those of its name."
)
_ADDRESS_ADVICE = (
    "Check the recipe's model, and the host of the Airflow connection `llm_api`, or OPENAI_BASE_URL "
    "(it usually ends in /v1)."
)
_KEY_SENTENCE = f"the key is not accepted. {KEY_ADVICE}"
_QUOTA_SENTENCE = "the account's quota is spent. Raise its limit or top it up, then run again: nothing is asked twice."
_MODEL_SENTENCE = f"there is no model {{model!r}}, or no chat completions, at this address. {_ADDRESS_ADVICE}"
_ADDRESS_SENTENCE = f"there are no chat completions at this address. {_ADDRESS_ADVICE}"
_NOT_ALLOWED_SENTENCE = f"the key may not use model {{model!r}}. {KEY_ADVICE}"

_EVERY_REQUEST: dict[Meaning | int, str] = {
    Meaning.KEY_REFUSED: _KEY_SENTENCE,
    Meaning.QUOTA_SPENT: _QUOTA_SENTENCE,
    Meaning.MODEL_UNKNOWN: _MODEL_SENTENCE,
    Meaning.ADDRESS_UNKNOWN: _ADDRESS_SENTENCE,
    Meaning.NOT_ALLOWED: _NOT_ALLOWED_SENTENCE,
    401: _KEY_SENTENCE,
    402: _QUOTA_SENTENCE,
    404: _MODEL_SENTENCE,
    405: _ADDRESS_SENTENCE,
    407: "the proxy before it wants a name and a password. Put them into the address that HTTPS_PROXY names.",
    410: _MODEL_SENTENCE,
    501: _ADDRESS_SENTENCE,
}

_RECIPE_FIELDS = {
    "model": "model",
    "temperature": "temperature",
    "reasoning_effort": "reasoning_effort",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "response_format": "response_format (json_object, json_schema or text)",
}
"""What the recipe calls each field of a request."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why a request of a batch job has no answer, and what event that is for its chunk.

    `failure` is None where the request was never submitted. It is not sent again in the same task try. `words` are the
    endpoint's own.
    """

    failure: Failure | None
    event: ChunkEvent
    words: str = ""

    @classmethod
    def after(cls, failure: Failure, words: str = "") -> NoAnswer:
        """Return what a failure makes of the request's chunk."""
        return cls(failure, RULES[failure].then, words)


class FieldRefusedError(ModelAccessError):
    """The model does not accept the value of a field of the request; `unsupported`: whatever the value is."""

    def __init__(self, message: str, details: ErrorDetails) -> None:
        super().__init__(message)
        self.field = details.field or ""
        self.unsupported = details.unsupported


class RequestFailedError(Exception):
    """One request brought no answer; private to this room, where it is counted as a try of its chunk."""

    def __init__(
        self,
        failure: Failure,
        retry_after_s: float | None = None,
        limits: RateLimits = NOTHING_SAID,
        told: ErrorDetails = NOTHING_TOLD,
    ) -> None:
        super().__init__(failure.value)
        self.failure = failure
        self.retry_after_s = retry_after_s
        self.limits = limits
        self.told = told


def classified(status: int, error: ErrorDetails, *, endpoint: str, model: str) -> ModelAccessError | Failure:
    """Turn a response of HTTP status 300 or more into the failure that it means."""
    if status < 400:
        return redirected(status, endpoint)
    for sign in (error.code, status):
        if sign in _ONE_REQUEST:
            return _ONE_REQUEST[sign]
        if sign in _EVERY_REQUEST:
            return ModelAccessError(f"{endpoint}: {_EVERY_REQUEST[sign].format(model=model)}{quoted(error)}")
    if status >= 500:
        return Failure.SERVER_ERROR
    if error.field in _RECIPE_FIELDS:
        sentence = f"{endpoint}: model {model!r} does not take the recipe's {_RECIPE_FIELDS[error.field]}."
        advice = "Change it in the recipe, then run again: nothing is asked twice."
        return FieldRefusedError(f"{sentence} {advice}{quoted(error)}", error)
    return Failure.BAD_REQUEST


def redirected(status: int, endpoint: str, location: str = "") -> ModelAccessError:
    """Return the error of an endpoint that sends requests on; of where to, only the host is told."""
    host = urlsplit(urljoin(endpoint, location)).hostname if location else None
    return ModelAccessError(
        f"{endpoint}: requests are sent on to {host or 'another address'} (HTTP {status}), and texts go to no host "
        f"that was not named. {_ADDRESS_ADVICE}"
    )


def quoted(error: ErrorDetails) -> str:
    """Return a sentence with the endpoint's own words, to follow another; empty where it has none."""
    return f' The endpoint says: "{error.words}"' if error.words else ""


def classified_within_answer(
    status: int, error: ErrorDetails, *, endpoint: str, model: str
) -> ModelAccessError | Failure:
    """Turn an error inside a response of status 200 into what it means; `status` is the one it would have had."""
    failure = classified(status, error, endpoint=endpoint, model=model)
    return Failure.ERROR_IN_ANSWER if failure is Failure.SERVER_ERROR else failure


def without_an_answer(error: BaseException) -> Failure:
    """Return the failure that an error of the HTTP client means: one before anything was sent is never billed."""
    import aiohttp

    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Failure.NOT_CONNECTED
    return Failure.TIMED_OUT if isinstance(error, TimeoutError) else Failure.CONNECTION_LOST
