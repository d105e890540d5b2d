"""The health of a training run: the chapter's reading of DPO curves, as rules over `metrics.jsonl`. Pure.

The chapter (LLM Engineer's Handbook, chapter 6) says what a good curve looks like; where it names no number, the
number here is a judgement, and stands with its rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, Literal, NamedTuple

Level = Literal["pass", "warn", "block"]

_SEVERITY: dict[Level, int] = {"pass": 0, "warn": 1, "block": 2}
_MIN_STEPS = 5


class Finding(NamedTuple):
    """One thing that a rule saw: how bad, at which optimizer step, and why in words."""

    rule: str
    level: Level
    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict over a run, with every finding; the worst one decides."""

    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Level:
        """Return pass, warn or block."""
        return max((finding.level for finding in self.findings), key=_SEVERITY.__getitem__, default="pass")

    def reasons(self, level: Level) -> list[str]:
        """Return the reasons of one level, in words."""
        return [finding.reason for finding in self.findings if finding.level == level]

    def as_json(self) -> dict[str, Any]:
        """Return verdict and findings as `result.json` holds them."""
        return {"verdict": self.verdict, "findings": [finding._asdict() for finding in self.findings]}


@dataclass(frozen=True, slots=True)
class _Curves:
    """Rows of training steps and of evaluations, in order; non-finite numbers come as text and are read back."""

    train: Sequence[dict[str, Any]]
    evals: Sequence[dict[str, Any]]

    def values(self, name: str) -> list[float]:
        return [float(row[name]) for row in self.train]

    def step(self, index: int) -> int:
        return int(self.train[index]["step"])


def judge(metrics: Sequence[dict[str, Any]], merge: Mapping[str, Any] | None = None) -> Health:
    """Judge the rows of a `metrics.jsonl`, complete or still growing, and the numbers of the merge once there are."""
    curves = _Curves([row for row in metrics if "loss" in row], [row for row in metrics if "eval_loss" in row])
    if broken := list(_not_finite(curves)):
        return Health(tuple(broken))
    if len(curves.train) < _MIN_STEPS:
        return Health(())
    findings = [finding for rule in _RULES for finding in rule(curves)]
    return Health((*findings, *_rounded_away(curves, merge or {})))


def _not_finite(curves: _Curves) -> Iterator[Finding]:
    for row in (*curves.train, *curves.evals):
        for name in ("loss", "grad_norm", "rewards/chosen", "rewards/rejected", "eval_loss"):
            if not math.isfinite(float(row.get(name, 0))):
                reason = f"{name} is {row[name]} at step {row['step']}: the run has diverged; lower learning_rate"
                yield Finding("not_finite", "block", row["step"], reason)
                return


def _diverged(curves: _Curves) -> Iterator[Finding]:
    """Hold that the loss falls; block where its last quarter is half again above its first value."""
    loss = curves.values("loss")
    end = fmean(_last_quarter(loss))
    if end > 1.5 * loss[0]:
        yield _finding(
            curves, "diverged", "block", f"the loss rose from {loss[0]:.3f} to {end:.3f}: lower learning_rate"
        )


def _loss_collapsed(curves: _Curves, floor: float = 0.01) -> Iterator[Finding]:
    """Watch for a loss of zero, from which nothing more is learned: warn; block where it comes in the first half."""
    loss = curves.values("loss")
    index = _first_run(loss, lambda value: value < floor, length=3)
    if index is not None:
        early = index < len(loss) / 2
        reason = f"the loss fell to zero (below {floor}) at step {curves.step(index)}: from there nothing was learned"
        advice = "; lower learning_rate or raise beta" if early else ""
        yield Finding("loss_collapsed", "block" if early else "warn", curves.step(index), reason + advice)


def _too_easy(curves: _Curves, early: float = 0.3) -> Iterator[Finding]:
    """Find an accuracy of 100 % within the first 30 % of the run."""
    accuracy = curves.values("rewards/accuracies")
    index = _first_run(accuracy, lambda value: value >= 0.999, length=3)
    if index is not None and index < early * len(accuracy):
        yield Finding(
            "too_easy",
            "warn",
            curves.step(index),
            f"accuracy is 100 % from step {curves.step(index)} on: the pairs are too easy to tell apart, and length or "
            "a stock phrase may be all that is learned. Look at the audits of the dataset version; add harder pairs",
        )


def _validation_gap(curves: _Curves, gap: float = 0.1) -> Iterator[Finding]:
    """Expect validation loss close to training loss; block where it ends above where training began."""
    if not curves.evals:
        return
    last = curves.evals[-1]
    step, validation = int(last["step"]), float(last["eval_loss"])
    before = [float(row["loss"]) for row in curves.train if row["step"] <= step]
    training = fmean(_last_quarter(before))
    if validation > before[0] * 1.05:
        reason = f"validation loss is {validation:.3f}, above the {before[0]:.3f} of the untrained model: it overfits"
        yield Finding("validation_gap", "block", step, reason)
    elif validation - training > gap:
        reason = (
            f"validation loss is {validation:.3f} and training loss {training:.3f}: what is learned carries over badly"
        )
        yield Finding("validation_gap", "warn", step, reason)


def _gradient_spikes(curves: _Curves, factor: float = 10.0) -> Iterator[Finding]:
    """Expect gradient norms with hardly a spike; a spike is ten times the median of the 20 steps before it."""
    norms = curves.values("grad_norm")
    spikes = [i for i in range(_MIN_STEPS, len(norms)) if norms[i] > factor * median(norms[max(0, i - 20) : i])]
    if spikes:
        level: Level = "block" if len(spikes) > max(3, 0.1 * len(norms)) else "warn"
        reason = f"the gradient norm spikes at {len(spikes)} steps, first at step {curves.step(spikes[0])}"
        yield Finding("gradient_spikes", level, curves.step(spikes[0]), reason)


def _margins_flat(curves: _Curves, rise: float = 0.05) -> Iterator[Finding]:
    """Expect margins that rise and then level off; block where they end below zero, warn where they hardly moved."""
    end = fmean(_last_quarter(curves.values("rewards/margins")))
    if end < 0:
        reason = f"margins end at {end:.3f}: the model prefers what was rejected; look for swapped columns"
        yield _finding(curves, "margins_flat", "block", reason)
    elif end < rise:
        reason = f"margins end at {end:.3f}: the model hardly moved; train longer, or raise learning_rate"
        yield _finding(curves, "margins_flat", "warn", reason)


def _likelihood_displacement(curves: _Curves, warn: float = -1.0, block: float = -5.0) -> Iterator[Finding]:
    """`rewards/chosen` falling while margins rise: the author's own text becomes less likely too."""
    chosen = fmean(_last_quarter(curves.values("rewards/chosen")))
    margin = fmean(_last_quarter(curves.values("rewards/margins")))
    if chosen < warn and margin > 0:
        level: Level = "block" if chosen < block else "warn"
        reason = (
            f"rewards/chosen fell to {chosen:.2f} while margins rose to {margin:.2f}: the author's own text became "
            "less likely too (likelihood displacement); lower learning_rate or raise beta"
        )
        yield _finding(curves, "likelihood_displacement", level, reason)


def _rounded_away(curves: _Curves, merge: Mapping[str, Any], least: float = 0.5) -> Iterator[Finding]:
    """Warn where rounding to 16 bits took half of what a module had learned."""
    kept = merge.get("kept_least", 1.0)
    if kept < least:
        reason = (
            f"rounding to {merge['dtype']} kept {kept:.0%} of the change in {merge['kept_least_module']} "
            f"(median of all modules: {merge['kept_median']:.0%}); a finer merge_dtype merges again without training"
        )
        yield _finding(curves, "rounded_away", "warn", reason)


_RULES = (
    _diverged,
    _loss_collapsed,
    _too_easy,
    _validation_gap,
    _gradient_spikes,
    _margins_flat,
    _likelihood_displacement,
)


def _finding(curves: _Curves, rule: str, level: Level, reason: str) -> Finding:
    return Finding(rule, level, curves.step(-1), reason)


def _last_quarter(values: Sequence[float]) -> Sequence[float]:
    return values[-max(1, len(values) // 4) :]


def _first_run(values: Sequence[float], holds: Any, length: int) -> int | None:
    """Return where `holds` is first true for `length` values in a row."""
    for start in range(len(values) - length + 1):
        if all(holds(value) for value in values[start : start + length]):
            return start
    return None
