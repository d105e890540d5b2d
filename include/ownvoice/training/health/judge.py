"""Applying the health rules to the curves and the merge of a training run. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ownvoice.training.health import rules
from ownvoice.training.health.evidence import AnswerLengths, Evidence, Merge
from ownvoice.training.health.findings import Finding, Health
from ownvoice.training.health.rule import Rule
from ownvoice.training.metric_rows import MetricRow, kind_of
from ownvoice.training.mixture.used import MixtureUsed
from ownvoice.training.recipe import TrainingRecipe


def judge(
    metrics: Sequence[MetricRow],
    merge: Merge | None = None,
    lengths: AnswerLengths | None = None,
    answers: Sequence[tuple[str, str]] = (),
    recipe: TrainingRecipe | None = None,
    mixture: MixtureUsed | None = None,
) -> Health:
    """Judge the rows of a `metrics.jsonl`, complete or still growing, and what else is known of the run.

    If a number is not finite, that is the only finding: comparisons with it would mean nothing. Without a `recipe` the
    loss is taken for the chapter's.
    """
    by_kind = {kind: [row for row in metrics if kind_of(row) == kind] for kind in ("train", "eval")}
    evidence = Evidence(by_kind["train"], by_kind["eval"], merge, lengths, answers, mixture=mixture)
    if broken := tuple(rules.not_finite.findings(evidence)):
        return Health(findings=broken)
    evidence = evidence.of_the_preference(recipe or TrainingRecipe())
    return Health(findings=tuple(finding for rule in rules.RULES for finding in rule.findings(evidence)))


def panel_of(finding: Finding) -> str | None:
    """Return the title of the chart that a finding is drawn in; None if it is not drawn."""
    rule = rule_of(finding)
    return rule.panel if rule else None


def rule_of(finding: Finding) -> Rule | None:
    """Return the rule of a finding; None if this version of Ownvoice has no such rule."""
    return next((rule for rule in (rules.not_finite, *rules.RULES) if rule.name == finding.rule), None)
