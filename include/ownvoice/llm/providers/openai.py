"""OpenAI's chat completions, which vLLM, Ollama, OpenRouter and most other servers speak too.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ownvoice.llm import rate_limit_headers
from ownvoice.llm.completion import Completion, Fault
from ownvoice.llm.json_values import first, mapping
from ownvoice.llm.providers.provider import ErrorDetails
from ownvoice.llm.request import RequestBody

NAME = "openai"
HOSTS: frozenset[str] = frozenset({"api.openai.com"})
OPENAI_URL = "https://api.openai.com/v1"

_ACCOUNT_HEADERS = {"OPENAI_ORG_ID": "OpenAI-Organization", "OPENAI_PROJECT_ID": "OpenAI-Project"}
_ENDINGS = {"content_filter": Fault.REFUSED, "length": Fault.TRUNCATED}

announced_limits = rate_limit_headers.announced_limits


def url(base_url: str, request: RequestBody) -> str:
    """Return the address of the chat completions."""
    return f"{base_url}/chat/completions"


def headers(api_key: str) -> dict[str, str]:
    """Return the key as a bearer token, and the organisation and project of the environment."""
    account = {name: os.environ[variable] for variable, name in _ACCOUNT_HEADERS.items() if os.environ.get(variable)}
    return {"Authorization": f"Bearer {api_key}"} | account


def body(request: RequestBody) -> Mapping[str, Any]:
    """Return the request as it is."""
    return request


def is_completion(value: object) -> bool:
    """Whether there are choices; some gateways answer 200 with a web page or with an error of their own."""
    return isinstance(mapping(value).get("choices"), list)


def read(response: Mapping[str, Any]) -> Completion:
    """Read the first choice and the usage."""
    choice = mapping(first(response.get("choices")))
    message, usage = mapping(choice.get("message")), mapping(response.get("usage"))
    content, refusal, finish_reason = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    ending = _ENDINGS.get(finish_reason) if isinstance(finish_reason, str) else None
    return Completion(
        text=content if isinstance(content, str) else "",
        ending=Fault.REFUSED if refusal else ending,
        refusal=str(refusal) if refusal else "",
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
    )


def read_error(status: int, value: object) -> ErrorDetails:
    """Read the `error` object; vLLM and others tell a context overflow in words alone."""
    error = mapping(mapping(value).get("error"))
    if status == 400 and "maximum context length" in str(error.get("message")):
        return ErrorDetails(code="context_length_exceeded")
    code, field = error.get("code"), error.get("param")
    return ErrorDetails(
        code=code if isinstance(code, str | int) else None, field=field if isinstance(field, str) else None
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
