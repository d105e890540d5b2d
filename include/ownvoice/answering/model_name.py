"""The names of models that stand in the lake or on the Hub: `lake:KEY`, `hub:OWNER/NAME@REVISION`, `run:RUN_ID`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ownvoice.errors import SettingsError
from ownvoice.storage.run_keys import RunKeys

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_FORMS = "lake:KEY for a folder of the lake, hub:OWNER/NAME@REVISION, or run:RUN_ID for what a training made"
_DEFAULT_REVISION = "main"


@dataclass(frozen=True, slots=True)
class ModelName:
    """Where a model stands: `place` is the key of its folder in the lake, or its id on the Hub.

    `revision` is a branch, tag or commit of the Hub; empty for a folder of the lake, whose commit is a hash of its
    files.
    """

    kind: Literal["lake", "hub"]
    place: str
    revision: str = ""

    @classmethod
    def parse(cls, text: str) -> ModelName:
        """Read a name. `run:RUN_ID` is the lake's folder with the merged model of that training.

        Raises `SettingsError` where it is none of the three.
        """
        kind, _, place = text.partition(":")
        place = place.strip("/")
        if kind == "run" and place:
            return cls("lake", RunKeys(place).merged)
        if kind == "lake" and place:
            return cls("lake", place)
        repository, _, revision = place.partition("@")
        if kind == "hub" and _HUB_ID.fullmatch(repository):
            return cls("hub", repository, revision or _DEFAULT_REVISION)
        raise SettingsError(f"{text!r} names no model. Write {_FORMS}.")

    @classmethod
    def of_base(cls, base_model: str, revision: str = _DEFAULT_REVISION) -> ModelName:
        """Return the name of a base as a training recipe writes it: a Hub id, or `lake:KEY`."""
        return cls.parse(base_model if base_model.startswith("lake:") else f"hub:{base_model}@{revision}")

    @property
    def base_model(self) -> str:
        """The model as a training recipe names its base, without the revision."""
        return f"lake:{self.place}" if self.kind == "lake" else self.place

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}" + (f"@{self.revision}" if self.revision else "")

    def at(self, commit: str) -> str:
        """Return the name with the commit that was found there, under which answers are kept."""
        return f"{self.kind}:{self.place}@{commit}"
