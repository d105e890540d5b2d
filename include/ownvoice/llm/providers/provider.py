"""What Ownvoice has to know about a provider's API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from ownvoice.llm.completion import Completion
from ownvoice.llm.rate_limit_headers import RateLimits
from ownvoice.llm.request import RequestBody


class Meaning(StrEnum):
    """What an error means, whatever words a server has for it; the values are OpenAI's where it has one."""

    CONTEXT_TOO_LONG = "context_length_exceeded"
    MODERATED = "content_filter"
    QUOTA_SPENT = "insufficient_quota"
    KEY_REFUSED = "invalid_api_key"
    MODEL_UNKNOWN = "model_not_found"
    ADDRESS_UNKNOWN = "unknown_url"
    NOT_ALLOWED = "permission_denied"  # an account, a country or a policy; no other key of it would do
    RATE_LIMITED = "rate_limit_exceeded"
    OVERLOADED = "overloaded"


MAX_WORDS_CHARS = 300
"""How much of an endpoint's own words is shown, in characters."""

_DIFFERS = re.compile(r"""(["'`]).{0,400}?\1|[\w.-]*\d[\w.-]*""")
_COMPARED_CHARS = 100


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """What the body of an error adds to its HTTP status.

    `code` is its meaning where one is known, or an HTTP status that the body names. `field` is the field of the request
    that the model does not take; `unsupported` says that it takes no value of it, or only its own. `words` are the
    endpoint's own, printable and at most `MAX_WORDS_CHARS` long; `own_code` is its own code for the error.
    """

    code: Meaning | int | None = None
    field: str | None = None
    unsupported: bool = False
    status: int = 0
    words: str = ""
    own_code: str = ""

    @property
    def reason(self) -> tuple[int, str, str]:
        """What two refusals for the same reason have in common: numbers, ids and what is quoted may differ."""
        return self.status, self.own_code, _DIFFERS.sub("#", self.words)[:_COMPARED_CHARS].lower()


NOTHING_TOLD = ErrorDetails()


class Provider(Protocol):
    """A provider's API. A module with these names is one (`openai.py`).

    Requests are written in OpenAI's words throughout, and their keys are hashes over those; `body` turns one into the
    provider's own words, and `read` and `read_error` turn back what it answers. Both get JSON from outside: any value
    may be of any type.
    """

    NAME: str
    HOSTS: frozenset[str]

    def path(self, request: RequestBody) -> str:
        """Return the path that `request` is posted to, below the endpoint's base URL."""

    def headers(self, api_key: str) -> dict[str, str]:
        """Return the headers that carry the key; empty where it is a bearer token."""

    def body(self, request: RequestBody) -> Mapping[str, Any]:
        """Return the JSON body that is sent."""

    def is_completion(self, value: object) -> bool:
        """Whether the JSON of a response with status 200 is an answer, and no error or page of a gateway."""

    def is_rejected_answer(self, value: object) -> bool:
        """Whether the JSON of an error holds what the model answered, which the server itself found to be no JSON."""

    def read(self, response: Mapping[str, Any]) -> Completion:
        """Read an answer, as it came or as it was stored; a rejected one too."""

    def status_within(self, value: object) -> int | None:
        """Return the HTTP status of the error that a response with status 200 holds; None where it holds none."""

    def read_error(self, status: int, value: object) -> ErrorDetails:
        """Read the error of a response with status 300 or more, or inside one with 200; None where it was no JSON."""

    def announced_limits(self, headers: Mapping[str, str]) -> RateLimits:
        """Read the rate limits that a response announces."""
