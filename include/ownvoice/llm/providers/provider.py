"""What Ownvoice has to know about a provider's API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ownvoice.llm.completion import Completion
from ownvoice.llm.rate_limit_headers import RateLimits
from ownvoice.llm.request import RequestBody

CONTEXT_TOO_LONG = "context_length_exceeded"
MODERATED = "content_filter"
QUOTA_SPENT = "insufficient_quota"


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """What the body of an error adds to its HTTP status, in OpenAI's words.

    `code` is one of the names above, or an HTTP status that the body names; any other code is passed over. `field` is
    the field of the request that the model does not take; `unsupported` says that it takes no value of it, or only its
    own.
    """

    code: str | int | None = None
    field: str | None = None
    unsupported: bool = False


class Provider(Protocol):
    """A provider's API. A module with these names is one (`openai.py`).

    Requests are written in OpenAI's words throughout, and their keys are hashes over those; `body` turns one into the
    provider's own words, and `read` and `read_error` turn back what it answers. Both get JSON from outside: any value
    may be of any type.
    """

    NAME: str
    HOSTS: frozenset[str]

    def url(self, base_url: str, request: RequestBody) -> str:
        """Return the address that `request` is posted to; `base_url` ends without a slash."""

    def headers(self, api_key: str) -> dict[str, str]:
        """Return the headers of every request, beside the content type."""

    def body(self, request: RequestBody) -> Mapping[str, Any]:
        """Return the JSON body that is sent."""

    def is_completion(self, value: object) -> bool:
        """Whether the JSON of a response with status 200 is an answer, and no error or page of a gateway."""

    def read(self, response: Mapping[str, Any]) -> Completion:
        """Read an answer, as it came or as it was stored."""

    def status_within(self, value: object) -> int | None:
        """Return the HTTP status of the error that a response with status 200 holds; None where it holds none."""

    def read_error(self, status: int, value: object) -> ErrorDetails:
        """Read the error of a response with status 400 or more, or inside one with 200; None where it was no JSON."""

    def announced_limits(self, headers: Mapping[str, str]) -> RateLimits:
        """Read the rate limits that a response announces."""
