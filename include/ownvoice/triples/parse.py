"""Reading triples out of an answer: lenient about what surrounds them, strict about what a triple is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from ownvoice.llm.completion import Completion, Fault
from ownvoice.llm.json_values import is_text, mapping
from ownvoice.triples.json_text import objects
from ownvoice.triples.near_json import as_json, unwrapped
from ownvoice.triples.prompts import kinds_of
from ownvoice.triples.request import KIND_FIELD, TRIPLE_FIELDS
from ownvoice.triples.triple import Triple

MAX_TRIPLES = 100
MAX_FIELD_CHARS = 20_000
"""An answer's further entries are not read, and an entry with a longer field is no triple; prompts ask for five."""

_JSON_ALONE = re.compile(r"\s*(?:```(?:json)?\s*)?[\[{]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed
_FIELDS = frozenset(TRIPLE_FIELDS)
_WRITTEN_BY_THE_MODEL = ("instruction", "generated_answer")


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

    Where `kinds` were asked for, an entry of no such kind is not a triple. A server with a parser for reasoning may put
    the whole answer there, and no text; JSON that follows other reasoning is a draft and not read.
    """
    triples, fault = _read(completion.text, kinds)
    if not completion.text.strip() and _JSON_ALONE.match(completion.reasoning):
        within_reasoning, its_fault = _read(completion.reasoning, kinds)
        if within_reasoning and its_fault is not Fault.BAD_JSON:
            triples, fault = within_reasoning, its_fault
    return Answer(triples, completion.ending or fault)


def _read(text: str, kinds: Collection[str]) -> tuple[tuple[Triple, ...], Fault | None]:
    if not text.strip():
        return (), Fault.EMPTY
    text = unwrapped(text)
    triples, fault = _read_json(text, kinds)
    if fault is Fault.BAD_JSON and not triples:
        triples, _ = _read_json(as_json(text), kinds)
    return triples, fault


def _read_json(text: str, kinds: Collection[str]) -> tuple[tuple[Triple, ...], Fault | None]:
    entries, is_whole, complete = _entries(text)
    found = (triple for entry in entries[:MAX_TRIPLES] if (triple := _triple(entry, kinds)) is not None)
    triples = tuple(found)
    if not is_whole:
        return triples, Fault.WRONG_SHAPE if complete else Fault.BAD_JSON
    if not entries:
        return (), Fault.EMPTY
    return triples, None if len(triples) == len(entries) else Fault.WRONG_SHAPE


def _entries(text: str) -> tuple[Sequence[object], bool, bool]:
    """Return the entries of an answer, whether they stand in the list asked for, and whether no object is cut off.

    Outside that list, the objects with a field of a triple are the entries, wherever they stand.
    """
    loose: list[object] = []
    cut_off = False
    for found in objects(text):
        if found is None:
            cut_off = True
        elif isinstance(entries := found.get("preference_triples"), list):
            return entries, True, True
        else:
            loose.append(found)
    return list(islice(_entries_within(loose), MAX_TRIPLES)), False, bool(loose) and not cut_off


def _entries_within(loose: list[object]) -> Iterator[dict[str, Any]]:
    """Yield the objects with a field of a triple, in their order; a string may hold JSON of its own."""
    waiting = loose[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value[::-1]
        elif isinstance(value, str) and _JSON_ALONE.match(value):
            waiting += list(objects(value))[::-1]
        elif isinstance(value, dict) and _FIELDS.isdisjoint(value):
            waiting += list(value.values())[::-1]
        elif isinstance(value, dict):
            yield value


def _triple(entry: object, kinds: Collection[str]) -> Triple | None:
    fields = mapping(next(objects(entry), None) if isinstance(entry, str) else entry)
    texts = [text for name in TRIPLE_FIELDS if is_text(text := _text(name, fields.get(name)))]
    if len(texts) < len(TRIPLE_FIELDS):
        return None
    triple = Triple(*texts)
    if not kinds:
        return triple
    kind = str(fields.get(KIND_FIELD)).strip().lower()
    return replace(triple, kind=kind) if kind in kinds else None


def _text(name: str, value: object) -> str | None:
    """Return a field as a pair may hold it; None where it is no text or too long for one.

    Control characters go from what the model wrote. A quote keeps them: the author's text may hold them, and where it
    does not, the quote is not found in it.
    """
    if not isinstance(value, str) or len(value) > MAX_FIELD_CHARS:
        return None
    return _CONTROL.sub("", value) if name in _WRITTEN_BY_THE_MODEL else value
