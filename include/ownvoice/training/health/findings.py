"""The findings of the health rules, and the verdict over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, computed_field

Level = Literal["pass", "warn", "block"]

_SEVERITY: dict[Level, int] = {"pass": 0, "warn": 1, "block": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a rule: its level, the optimizer step, and the reason in words."""

    rule: str
    level: Level
    step: int
    reason: str


class Health(BaseModel):
    """All findings of a training run, as `result.json` holds them; the worst one is the verdict."""

    model_config = ConfigDict(frozen=True)

    findings: tuple[Finding, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Level:
        """Return pass, warn or block. A block keeps the model from being published."""
        return max((finding.level for finding in self.findings), key=_SEVERITY.__getitem__, default="pass")

    def reasons(self, level: Level) -> list[str]:
        """Return the reasons of one level, in words."""
        return [finding.reason for finding in self.findings if finding.level == level]
