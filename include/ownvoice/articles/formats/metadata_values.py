"""Metadata in YAML, TOML or JSON, as its author typed it: `010`, `12:30`, a date and `on` are text.

What a parser may make of a text is bounded, because a line of aliases or braces can grow to gigabytes.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from ownvoice.articles.formats.names import all_values
from ownvoice.articles.formats.opened import Fields

MAX_METADATA_BYTES = 64 << 10
MAX_DEPTH = 20
MAX_VALUES = 10_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}""")


def load_metadata(text: str, language: str) -> Fields:
    """Return the names and values of a text in `yaml`, `toml` or `json`; plain values are text, true, false or None.

    A name that stands more than once has the list of its values. Raises `ValueError` with what is wrong.
    """
    if len(text) > MAX_METADATA_BYTES or len(text.encode(errors="replace")) > MAX_METADATA_BYTES:
        raise ValueError(f"it is larger than {MAX_METADATA_BYTES:,} bytes")
    try:
        found = _LOADERS[language](text)
    except (ValueError, ArithmeticError, yaml.YAMLError) as error:  # an escape of no character is an ArithmeticError
        raise ValueError(" ".join(str(error).split())[:200]) from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if found is not None and not isinstance(found, dict):
        raise ValueError("it is no set of names and values")
    return found or {}


_TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"


class _Counter:
    """Counts the values of one text, aliases each time that they are used."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, depth: int) -> None:
        self._count += 1
        if depth > MAX_DEPTH:
            raise ValueError(_TOO_DEEP)
        if self._count > MAX_VALUES:
            raise ValueError(f"it holds more than {MAX_VALUES:,} values, counting each use of an alias")


class _ShallowLoader(yaml.BaseLoader):
    """Stops at `MAX_DEPTH`, because the scanner needs the square of the depth."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._depth += 1
        if self._depth > MAX_DEPTH + 1:
            raise ValueError(_TOO_DEEP)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _load_yaml(text: str) -> Any:
    """Load YAML without its tags and types: `!!int x` is the text x, as `010` is the text 010."""
    node = yaml.compose(text, Loader=_ShallowLoader)
    return None if node is None else _of_node(node, _Counter(), 0)


def _of_node(node: yaml.Node, counter: _Counter, depth: int) -> Any:
    counter.add(depth)
    if isinstance(node, yaml.ScalarNode):
        return None if node.style is None and node.value in _NULLS else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_of_node(one, counter, depth + 1) for one in node.value]
    return all_values(_pairs(node, counter, depth + 1))


def _pairs(node: yaml.Node, counter: _Counter, depth: int) -> list[tuple[str, Any]]:
    """Return the pairs of a mapping: its own, then those that `<<` merges into it under other names."""
    own, merged = [], []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ValueError(f"a name in line {key.start_mark.line + 1} is no text")
        if key.value == _MERGE and key.style is None:
            merged += _merged(value, counter, depth)
        else:
            own.append((key.value, _of_node(value, counter, depth)))
    names = {name for name, _ in own}
    return own + [pair for pair in merged if pair[0] not in names]


def _merged(node: yaml.Node, counter: _Counter, depth: int) -> list[tuple[str, Any]]:
    counter.add(depth)
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not all(isinstance(one, yaml.MappingNode) for one in nodes):
        raise ValueError(f"what << merges in line {node.start_mark.line + 1} is no set of names and values")
    return [pair for one in nodes for pair in _pairs(one, counter, depth + 1)]


def _load_toml(text: str) -> Any:
    if _LONG_KEY.search(text):  # its parser needs the square of the parts of a name
        raise ValueError(_TOO_DEEP)
    return _typed(tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n"), parse_float=str), _Counter(), 0)


def _load_json(text: str) -> Any:
    return _typed(_DECODER.decode(text), _Counter(), 0)


def end_of_json(text: str, start: int) -> int:
    """Return where the JSON object that begins at `start` ends. Raises `ValueError` where none does."""
    try:
        return start + _DECODER.raw_decode(text[start : start + MAX_METADATA_BYTES + 1])[1]
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def _typed(value: Any, counter: _Counter, depth: int) -> Any:
    """Return a value of TOML or JSON with text in the place of numbers and dates."""
    counter.add(depth)
    if isinstance(value, Mapping):
        return {name: _typed(one, counter, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_typed(one, counter, depth + 1) for one in value]
    return value if value is None or isinstance(value, bool) else str(value)


_DECODER = json.JSONDecoder(object_pairs_hook=all_values, parse_int=str, parse_float=str, parse_constant=str)
_LOADERS: Mapping[str, Callable[[str], Any]] = {"yaml": _load_yaml, "toml": _load_toml, "json": _load_json}
