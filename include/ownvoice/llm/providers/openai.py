"""OpenAI's chat completions, which vLLM, Ollama, OpenRouter and most other servers speak too.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ownvoice.llm import rate_limit_headers
from ownvoice.llm.completion import Completion, Fault
from ownvoice.llm.json_values import count, first, mapping
from ownvoice.llm.providers import openai_errors
from ownvoice.llm.providers.openai_message import read_message
from ownvoice.llm.repetition import is_endless
from ownvoice.llm.request import RequestBody
from ownvoice.llm.thinking import without_thinking

NAME = "openai"
HOSTS: frozenset[str] = frozenset({"api.openai.com"})
OPENAI_URL = "https://api.openai.com/v1"

_ENDINGS = {"content_filter": Fault.REFUSED, "length": Fault.TRUNCATED}
_CUT_OFF_BEFORE_JSON = "max completion tokens reached"  # what Groq shows instead of an answer that was cut off

announced_limits = rate_limit_headers.announced_limits
read_error = openai_errors.read_error
status_within = openai_errors.status_within


def path(request: RequestBody) -> str:
    """Return the path of the chat completions."""
    return "/chat/completions"


def headers(api_key: str) -> dict[str, str]:
    """Return no header: the key is a bearer token, or Azure's `api-key`, as the SDK's client sends it by itself."""
    return {}


def body(request: RequestBody) -> Mapping[str, Any]:
    """Return the request as it is."""
    return request


def is_completion(value: object) -> bool:
    """Whether there are choices and no error; some gateways answer 200 with a web page or an error of their own."""
    return isinstance(mapping(value).get("choices"), list) and status_within(value) is None


def is_rejected_answer(value: object) -> bool:
    """Whether Groq refuses to pass on what the model answered in JSON mode, and shows it in its error."""
    return openai_errors.rejected_answer(value) is not None


def read(response: Mapping[str, Any]) -> Completion:
    """Read the first choice and the usage; thinking that stands in the text is left out."""
    if (rejected := openai_errors.rejected_answer(response)) is not None:
        cut_off = _CUT_OFF_BEFORE_JSON in rejected
        return Completion(text=without_thinking(rejected), ending=Fault.TRUNCATED if cut_off else Fault.BAD_JSON)
    choice, usage = mapping(first(response.get("choices"))), mapping(response.get("usage"))
    message, finish_reason = read_message(mapping(choice.get("message"))), choice.get("finish_reason")
    ending = _ENDINGS.get(finish_reason) if isinstance(finish_reason, str) else None
    if ending is Fault.TRUNCATED and is_endless(message.text):
        ending = Fault.ENDLESS
    return Completion(
        text=message.text,
        ending=Fault.REFUSED if message.refusal else ending,
        refusal=message.refusal,
        prompt_tokens=count(usage.get("prompt_tokens")),
        completion_tokens=count(usage.get("completion_tokens")),
        reasoning=message.reasoning,
    )
