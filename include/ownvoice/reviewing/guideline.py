"""The guideline that reviewers read: a file of the package, with a version that each answer names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml


class Guideline(NamedTuple):
    """The guideline: `text` is Markdown without the front matter."""

    version: str
    text: str


@cache
def guideline() -> Guideline:
    """Return the guideline of this release."""
    _, front_matter, text = files("ownvoice.reviewing").joinpath("guideline.md").read_text("utf-8").split("---\n", 2)
    return Guideline(str(yaml.safe_load(front_matter)["version"]), text.strip())
