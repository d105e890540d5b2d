"""A health rule: a check with its name, the chart that its findings are drawn in, and the source of its thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ownvoice.training.health.evidence import Evidence
from ownvoice.training.health.findings import Finding, Level

Found = tuple[Level, int, str]  # level, optimizer step and reason of a finding
Check = Callable[[Evidence], Iterator[Found]]

CHAPTER = "LLM Engineer's Handbook, chapter 6"
MIN_STEPS = 5  # below, curves have too few points to be judged


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `reads` names the metrics that a training step must have to be judged by it.

    `panel` is the title of the chart in which a finding is a line at its step; None: it is a sentence alone.
    """

    name: str
    panel: str | None
    reads: frozenset[str]
    source: str
    check: Check

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        """Yield the findings over the steps that have all that the rule reads; none below `MIN_STEPS` steps."""
        if self.reads:
            evidence = replace(evidence, train=[row for row in evidence.train if row.keys() >= self.reads])
            if len(evidence.train) < MIN_STEPS:
                return
        for level, step, reason in self.check(evidence):
            yield Finding(self.name, level, step, reason)


def rule(*, panel: str | None, source: str, reads: tuple[str, ...] = ()) -> Callable[[Check], Rule]:
    """Return a decorator that turns a check into a rule with the name of the function."""

    def made(check: Check) -> Rule:
        return Rule(check.__name__, panel, frozenset(reads), source, check)

    return made
