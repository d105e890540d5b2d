"""Keys and types that another project's schema allows, recorded in a file of our own, and what a document has beside.

A recorded file has the shape of the documents it describes. Where a value would stand it names JSON types
(`string|null`, or `any`); a list holds alternatives; the key `"*"` stands for any name, `"[]"` for each item.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

_RECORDED = Path(__file__).parents[1] / "docker"
_EXTENSION = "^x-"  # of a Compose file: keys that it ignores


def problems(document: Any, recorded: str) -> list[str]:
    """Return a sentence for each key or type of `document` that the recorded file does not know."""
    schema = _schema(yaml.safe_load((_RECORDED / recorded).read_text()))
    found = Draft202012Validator(schema).iter_errors(document)
    return sorted(f"{'.'.join(map(str, error.absolute_path)) or 'the file'}: {_sentence(error)}" for error in found)


def _schema(node: Any) -> dict[str, Any]:
    if isinstance(node, list):
        return {"anyOf": [_schema(one) for one in node]}
    if isinstance(node, str):
        return {} if node == "any" else {"type": node.split("|")}
    if "[]" in node:
        return {"type": "array", "items": _schema(node["[]"])}
    keys = {name: _schema(value) for name, value in node.items() if name != "*"}
    others = _schema(node["*"]) if "*" in node else False
    return {"type": "object", "properties": keys, "patternProperties": {_EXTENSION: {}}, "additionalProperties": others}


def _sentence(error: Any) -> str:
    """Return what is wrong; of alternatives, what is wrong with the one that came nearest."""
    if not error.context:
        return str(error.message)
    nearest = max(error.context, key=lambda one: len(one.absolute_path))
    return f"{error.message[:80]} fits no alternative: {nearest.message}"
