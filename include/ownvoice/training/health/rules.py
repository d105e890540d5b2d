"""The health rules over curves, each with its thresholds, their source and its words in one place; the list of all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import fmean, median

from ownvoice.training.health.data_rules import answers_unchanged, few_own_rows, lengths_apart, rounded_away
from ownvoice.training.health.evidence import Evidence, first_stretch, last_quarter
from ownvoice.training.health.findings import Level
from ownvoice.training.health.rule import CHAPTER, MIN_STEPS, Found, rule
from ownvoice.training.metrics import GAP

_FINITE = ("loss", "grad_norm", "rewards/chosen", "rewards/rejected", "eval_loss")


@rule(panel="Loss", source="Later numbers of the run mean nothing.")
def not_finite(evidence: Evidence) -> Iterator[Found]:
    """Block at the first number that is not finite."""
    for row in (*evidence.train, *evidence.evals):
        for name in _FINITE:
            if not math.isfinite(float(row.get(name, 0))):
                reason = f"{name} is {row[name]} at step {row['step']}: the run has diverged; lower learning_rate"
                yield "block", int(row["step"]), reason
                return


@rule(panel="Loss", reads=("loss",), source=f"{CHAPTER}: the loss falls. That 1.5 times is a block is a judgement.")
def diverged(evidence: Evidence, ratio: float = 1.5) -> Iterator[Found]:
    """Block where the last quarter of the loss is above its first value by half."""
    first, end = evidence.values("loss")[0], evidence.end("loss")
    if end > first * (1 + (ratio - 1) * evidence.loss_scale):
        yield "block", evidence.step(), f"the loss rose from {first:.3f} to {end:.3f}: lower learning_rate"


@rule(panel="Loss", reads=("loss",), source=f"{CHAPTER}: a loss of zero learns nothing more. The floor is a judgement.")
def loss_collapsed(evidence: Evidence, floor: float = 0.01) -> Iterator[Found]:
    """Warn where the loss is zero for three steps; block where that comes in the first half.

    A loss with smoothed labels passes through zero, and goes on learning.
    """
    if evidence.label_smoothing:
        return
    loss = evidence.values("loss")
    index = first_stretch(loss, lambda value: value < floor)
    if index is not None:
        early, step = index < len(loss) / 2, evidence.step(index)
        reason = f"the loss fell to zero (below {floor}) at step {step}: from there nothing was learned"
        yield "block" if early else "warn", step, reason + ("; lower learning_rate or raise beta" if early else "")


@rule(
    panel="Accuracy",
    reads=("rewards/accuracies", "rewards/margins"),
    source=f"{CHAPTER}: 100 % early means that the pairs are too easy. Early, as 30 % of the run after the "
    "warm-up, and 3 nats within 8 steps after it, are judgements.",
)
def too_easy(evidence: Evidence, early: float = 0.3, nats: float = 3.0, handful: int = 8) -> Iterator[Found]:
    """Warn of an accuracy of 100 % soon after the warm-up, or of a large margin a few steps after it."""
    accuracy, start = evidence.values("rewards/accuracies"), evidence.warm_up_steps()
    index = first_stretch(accuracy, lambda value: value >= 0.999)
    margins = evidence.values("rewards/margins")[: start + handful]
    large = next((i for i, margin in enumerate(margins) if margin >= nats), None)
    if index is not None and index < start + early * (len(accuracy) - start):
        step, seen = evidence.step(index), "accuracy is 100 %"
    elif large is not None:
        step, seen = evidence.step(large), f"the margin is {margins[large]:.1f} nats"
    else:
        return
    yield (
        "warn",
        step,
        f"{seen} from step {step} on: the pairs are too easy to tell apart, and length or "
        "a stock phrase may be all that is learned. Look at the audits of the dataset version; add harder pairs",
    )


@rule(
    panel="Loss",
    reads=("loss",),
    source=f"{CHAPTER}: validation loss stays close to training loss. The gap of 0.1 is a judgement.",
)
def validation_gap(evidence: Evidence, gap: float = 0.1) -> Iterator[Found]:
    """Warn where validation loss ends above training loss by the gap; block where it ends above the untrained model."""
    if not evidence.evals:
        return
    step, validation = int(evidence.evals[-1]["step"]), float(evidence.evals[-1]["eval_loss"])
    before = [float(row["loss"]) for row in evidence.train if row["step"] <= step]
    if not before:
        return
    training = fmean(last_quarter(before))
    if validation > before[0] * (1 + 0.05 * evidence.loss_scale):
        reason = f"validation loss is {validation:.3f}, above the {before[0]:.3f} of the untrained model: it overfits"
        yield "block", step, reason
    elif validation - training > gap * evidence.loss_scale:
        reason = (
            f"validation loss is {validation:.3f} and training loss {training:.3f}: what is learned carries over badly"
        )
        yield "warn", step, reason


@rule(
    panel="Gradient norm",
    reads=("grad_norm",),
    source=f"{CHAPTER}: hardly a spike. Ten times the median of the 20 steps before is a judgement.",
)
def gradient_spikes(evidence: Evidence, factor: float = 10.0) -> Iterator[Found]:
    """Warn of spikes of the gradient norm; block where more than three steps and a tenth of all are spikes."""
    norms = evidence.values("grad_norm")
    spikes = [i for i in range(MIN_STEPS, len(norms)) if norms[i] > factor * median(norms[max(0, i - 20) : i])]
    if spikes:
        level: Level = "block" if len(spikes) > max(3, 0.1 * len(norms)) else "warn"
        step = evidence.step(spikes[0])
        yield level, step, f"the gradient norm spikes at {len(spikes)} steps, first at step {step}"


@rule(
    panel="Margin",
    reads=("rewards/margins",),
    source=f"{CHAPTER}: margins rise, then level off. The rise of 0.05 is a judgement.",
)
def margins_flat(evidence: Evidence, rise: float = 0.05) -> Iterator[Found]:
    """Block where the margin ends below zero; warn where it hardly moved."""
    yield from _flat(evidence, "rewards/margins", "margins end", rise)


@rule(panel="Margin", reads=(GAP,), source="The rule of margins, for the rewards of single answers (KTO).")
def gap_flat(evidence: Evidence, rise: float = 0.05) -> Iterator[Found]:
    """Block where wanted answers end with lower rewards than unwanted ones; warn where they hardly parted."""
    yield from _flat(evidence, GAP, "the gap of the rewards ends", rise)


def _flat(evidence: Evidence, name: str, ends: str, rise: float) -> Iterator[Found]:
    end = evidence.end(name)
    if end < 0:
        reason = f"{ends} at {end:.3f}: the model prefers what was rejected; look for swapped columns"
        yield "block", evidence.step(), reason
    elif end < rise:
        reason = f"{ends} at {end:.3f}: the model hardly moved; train longer, or raise learning_rate"
        yield "warn", evidence.step(), reason


@rule(
    panel="Rewards",
    reads=("rewards/chosen", "rewards/margins"),
    source="Razin et al. 2024, likelihood displacement. The thresholds of -1 and -5 are a judgement.",
)
def likelihood_displacement(evidence: Evidence, warn: float = -1.0, block: float = -5.0) -> Iterator[Found]:
    """Find `rewards/chosen` falling while margins rise: the author's own text becomes less likely too."""
    chosen, margin = evidence.end("rewards/chosen"), evidence.end("rewards/margins")
    if chosen < warn and margin > 0:
        reason = (
            f"rewards/chosen fell to {chosen:.2f} while margins rose to {margin:.2f}: the author's own text became "
            "less likely too (likelihood displacement); lower learning_rate or raise beta"
        )
        yield "block" if chosen < block else "warn", evidence.step(), reason


@rule(
    panel="Rewards",
    reads=("rewards/chosen", GAP),
    source="Razin et al. 2024, likelihood displacement, for the rewards of wanted answers (KTO). A judgement.",
)
def wanted_displaced(evidence: Evidence, warn: float = -1.0, block: float = -5.0) -> Iterator[Found]:
    """Find the wanted answers becoming less likely while they part from the unwanted ones."""
    wanted, gap = evidence.end("rewards/chosen"), evidence.end(GAP)
    if wanted < warn and gap > 0:
        reason = (
            f"the reward of wanted answers fell to {wanted:.2f} while the gap rose to {gap:.2f}: they became less "
            "likely too; lower learning_rate or raise beta"
        )
        yield "block" if wanted < block else "warn", evidence.step(), reason


RULES = (
    diverged,
    loss_collapsed,
    too_easy,
    validation_gap,
    gradient_spikes,
    margins_flat,
    gap_flat,
    likelihood_displacement,
    wanted_displaced,
    few_own_rows,
    rounded_away,
    lengths_apart,
    answers_unchanged,
)
