"""Write docs/dags.md: the docstring of each DAG file, and the fields of every trigger form.

Run as: make docs
No Airflow is started: docstrings are read from the files in dags/, fields from the models of run and recipe.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.round_request import RoundRequest
from ownvoice.config.run import FORM_FIELDS, RefreshRun
from ownvoice.config.takedown_form import TakedownForm
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "dags.md"

_NOTE = "<!-- Written by docs/write_dags.py from the DAGs' own docstrings: change those, then run `make docs`. -->"
_REFRESH_FORM = """\
## The trigger form of `refresh_preferences`

The scheduled run takes the defaults. Airflow refuses a value out of range before a run is created.
`OWNVOICE_RECIPE__<NAME>` in the environment sets another default for a field of the recipe."""
_REVIEW_FORM = """\
## The trigger form of `review_pairs`

It begins a round for people; docs/review-guideline.md is what they read."""
_TAKEDOWN_FORM = """\
## The trigger form of `takedown`

What it names is kept in Airflow's database: ids, and never a text."""
_TRAINING_FORM = """\
## The trigger form of `train_dpo`

A run that a new version starts takes the defaults. `OWNVOICE_TRAINER_RECIPE__<NAME>` in the environment sets another
default for a field of the recipe. In the UI the fields are in the sections Data, Model, DPO and Publish."""
_KINDS = {
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "array": "list of texts",
    "object": "JSON object",
}
_LIMITS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "up to", "exclusiveMaximum": "below"}


def page() -> str:
    """Return the whole page."""
    dags = sorted((REPOSITORY / "dags").glob("*.py"))
    asked = [name for name in TrainingRequest.model_fields if name != "recipe"]
    forms = [
        _REFRESH_FORM,
        "### This run\n\n" + _table(RefreshRun, FORM_FIELDS),
        "### Generation recipe\n\n" + _table(GenerationRecipe, GenerationRecipe.model_fields),
        _REVIEW_FORM,
        _table(RoundRequest, RoundRequest.model_fields),
        _TAKEDOWN_FORM,
        _table(TakedownForm, TakedownForm.model_fields),
        _TRAINING_FORM,
        "### This training\n\n" + _table(TrainingRequest, asked),
        "### Training recipe\n\n" + _table(TrainingRecipe, TrainingRecipe.model_fields),
    ]
    return "\n\n".join([_NOTE, "# DAGs", *map(_section, dags), *forms]) + "\n"


def _section(dag_file: Path) -> str:
    """Return the docstring of a DAG with its heading one level deeper and its id in it."""
    docstring = ast.get_docstring(ast.parse(dag_file.read_text(encoding="utf-8"))) or ""
    title, _, body = docstring.partition("\n")
    return f"#{title} (`{dag_file.stem}`)\n{body}"


def _table(model: type[BaseModel], names: Iterable[str]) -> str:
    properties = model.model_json_schema()["properties"]
    head = ["| name | default | range | meaning |", "|---|---|---|---|"]
    return "\n".join(head + [_row(name, properties[name]) for name in names])


def _row(name: str, field: dict[str, Any]) -> str:
    default = json.dumps(field["default"]).strip('"')
    shown = "(empty)" if default in ("null", "", "{}") else f"`{default}`"
    return f"| `{name}` | {shown} | {_range(field)} | {field['description']} |"


def _range(field: dict[str, Any]) -> str:
    bounds = field.get("anyOf", [field])[0]
    if "enum" in bounds:
        return " or ".join(f"`{choice}`" for choice in bounds["enum"])
    limits = (f"{words} {bounds[key]:,}" for key, words in _LIMITS.items() if key in bounds)
    return " ".join([_kind(bounds), *limits])


def _kind(field: dict[str, Any]) -> str:
    """Name the kind of value that a field takes; items without a type of their own are references to a model."""
    if "$ref" in field.get("items", {}):
        return "JSON list"
    return _KINDS[field.get("type", "object")]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(REPOSITORY)}")
