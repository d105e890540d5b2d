"""The message of a chat completion: what is answer, what is thinking, and what is a refusal.

Servers put the same things into different places. Sources: the API references of OpenAI, Mistral, OpenRouter, vLLM,
Ollama and LiteLLM.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ownvoice.llm.json_values import first, mapping
from ownvoice.llm.thinking import without_thinking

_ANSWER_PARTS = frozenset({"text", "output_text"})
_REASONING = (
    "reasoning_content",  # DeepSeek, SGLang, llama.cpp, LiteLLM, older vLLM
    "reasoning",  # OpenRouter, Ollama, Groq, newer vLLM
    "thinking",  # Ollama's own API, behind some gateways
    "reasoning_details",  # OpenRouter, as parts
    "thinking_blocks",  # LiteLLM, as parts
)
_TEXT_OF_A_PART = ("text", "thinking", "reasoning", "refusal", "content")


@dataclass(frozen=True, slots=True)
class MessageText:
    """The text of an answer, what the model thought, and what it said in refusing; each may be empty."""

    text: str
    reasoning: str
    refusal: str


def read_message(message: Mapping[str, Any]) -> MessageText:
    """Read a message, whose content is text or a list of parts; thinking inside the text is left out.

    Arguments of a tool call are the answer where there is no other: no request offers a tool, and some gateways ask for
    JSON by one of their own.
    """
    parts = list(_parts(message.get("content")))
    text = "".join(said for kind, said in parts if kind in _ANSWER_PARTS) or _arguments(message)
    thought = "".join(said for kind, said in parts if kind not in (*_ANSWER_PARTS, "refusal"))
    elsewhere = ("".join(said for _, said in _parts(message.get(name))) for name in _REASONING)
    refused = message.get("refusal")
    return MessageText(
        text=without_thinking(text),
        reasoning=without_thinking(next((found for found in (*elsewhere, thought) if found.strip()), "")),
        refusal=str(refused) if refused else "".join(said for kind, said in parts if kind == "refusal"),
    )


def _parts(content: object) -> Iterator[tuple[str, str]]:
    """Yield type and text of each part; a part without a type is text."""
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            yield "text", part
        elif isinstance(part, dict):
            yield str(part.get("type", "text")), _text_of(part)


def _text_of(part: Mapping[str, Any]) -> str:
    """Return the text of a part, which may be an object or parts of its own (the thinking of Mistral)."""
    value = next((part[name] for name in _TEXT_OF_A_PART if part.get(name)), "")
    inner = value if isinstance(value, list) else [value]
    texts = (mapping(one).get("text") or mapping(one).get("value") or one for one in inner)
    return "".join(text for text in texts if isinstance(text, str))


def _arguments(message: Mapping[str, Any]) -> str:
    arguments = mapping(mapping(first(message.get("tool_calls"))).get("function")).get("arguments")
    return arguments if isinstance(arguments, str) else ""
