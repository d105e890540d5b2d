"""The rules by which the offline model writes further prompts and checks them: by words alone, as all that it does."""

from __future__ import annotations

from ownvoice.llm.material import PART
from ownvoice.offline_model.words import NO_TOPIC, WORD

_ASKS = {
    "more demanding": "Explain in detail, and with reasons: {first}",
    "narrower": "What matters most about {topic}?",
    "another register": "Hey, quick one: {first}",
    "a reason of their own": "I have to explain this to my team tomorrow. {first}",
}
_FROM_THE_PASSAGE = "What should one know about {topic}?"


def offline_further(prompt: str) -> str | None:
    """Return a further prompt, or whether a passage answers one; None to any other request."""
    parts = {match["name"]: match["text"] for match in PART.finditer(prompt)}
    passage = parts.get("passage")
    if passage is None:
        return None
    if asked := parts.get("new instruction"):
        return "yes" if _topics(asked) & _topics(passage) else "no"
    told = prompt.partition("[")[0]
    form = next((form for word, form in _ASKS.items() if word in told), _FROM_THE_PASSAGE)
    first = parts.get("first instruction", "").strip()
    return form.format(first=first, topic=_longest(passage))


def _topics(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text) if len(word) > 3 and not NO_TOPIC.fullmatch(word)}


def _longest(passage: str) -> str:
    return max(_topics(passage), key=lambda word: (len(word), word), default=passage[:12].strip())
