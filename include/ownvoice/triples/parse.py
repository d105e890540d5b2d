"""Reading triples out of an answer: lenient about what surrounds them, strict about what a triple is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ownvoice.llm.completion import Completion, Fault
from ownvoice.llm.json_values import is_text, mapping
from ownvoice.triples.prompts import kinds_of
from ownvoice.triples.request import KIND_FIELD, TRIPLE_FIELDS
from ownvoice.triples.triple import Triple

_DECODER = json.JSONDecoder(strict=False)  # models put raw line breaks into strings
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[}\]])', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """The triples of an answer, and what is wrong with the rest of it, if anything."""

    triples: tuple[Triple, ...]
    fault: Fault | None

    @property
    def usable(self) -> bool:
        """Whether there is at least one triple, whatever is wrong with the rest."""
        return bool(self.triples)


def reader(prompt_version: str) -> Callable[[Completion], Answer]:
    """Return the function that reads the answers to a prompt version. Raises `SettingsError` for an unknown one."""
    return partial(parse_answer, kinds=kinds_of(prompt_version))


def parse_answer(completion: Completion, kinds: Collection[str] = ()) -> Answer:
    """Read the triples out of a completion; no text of it raises an error.

    Where `kinds` were asked for, an entry of no such kind is not a triple.
    """
    triples, fault = _read(completion.text, kinds)
    return Answer(triples, completion.ending or fault)


def _read(text: str, kinds: Collection[str]) -> tuple[tuple[Triple, ...], Fault | None]:
    if not text.strip():
        return (), Fault.EMPTY
    objects, complete = _objects(text)
    whole = next((found for found in objects if "preference_triples" in found), None)
    entries = objects if whole is None else whole["preference_triples"]
    if not isinstance(entries, list):
        return (), Fault.WRONG_SHAPE
    triples = tuple(triple for entry in entries if (triple := _triple(entry, kinds)) is not None)
    if whole is None:
        return triples, Fault.WRONG_SHAPE if complete else Fault.BAD_JSON
    if not entries:
        return (), Fault.EMPTY
    return triples, None if len(triples) == len(entries) else Fault.WRONG_SHAPE


def _objects(text: str) -> tuple[list[dict[str, Any]], bool]:
    """Return the JSON objects of `text`, and whether all of them are complete.

    Text around them (a greeting, a Markdown fence) is skipped. Of an object that breaks off, the complete objects
    inside it are returned.
    """
    start = text.find("{")
    if start < 0:
        return [], False
    json_text = _TRAILING_COMMA.sub(lambda match: match[1] or "", text[start:])
    found: list[dict[str, Any]] = []
    complete, at = True, 0
    while at >= 0:
        try:
            value, end = _DECODER.raw_decode(json_text, at)
        except (ValueError, RecursionError):
            complete, end = False, at + 1
        else:
            found.append(value)
        at = json_text.find("{", end)
    return found, complete


def _triple(entry: object, kinds: Collection[str]) -> Triple | None:
    fields = mapping(entry)
    texts = [text for name in TRIPLE_FIELDS if is_text(text := fields.get(name))]
    if len(texts) < len(TRIPLE_FIELDS):
        return None
    triple = Triple(*texts)
    if not kinds:
        return triple
    kind = str(fields.get(KIND_FIELD)).strip().lower()
    return replace(triple, kind=kind) if kind in kinds else None
