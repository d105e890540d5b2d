"""The trainings of one run side by side: held-out numbers, verdicts, answers, and which of them is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ownvoice.errors import HealthError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.terminal import printable
from ownvoice.training.planning.request import VARIED
from ownvoice.training.planning.variants import Variants
from ownvoice.training.results.outcome import Outcome, read_outcome

RULE = (
    "of the trained ones that are not blocked: pass before warn; then the lowest loss on the test split, or, where the "
    "variants differ in beta and a loss means another thing for each, the highest accuracy there; then the first named"
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One training of a run. `verdict` is that of the health rules, or how it ended; the numbers are of the last step.

    Losses are in nats; what was never measured is None. `recipe` has the fields that variants may differ in.
    """

    variant: str
    run_id: str
    recipe: dict[str, Any]
    is_trained: bool
    verdict: str
    reasons: list[str]
    steps: int | None
    train_loss: float | None
    test_loss: float | None
    test_accuracy: float | None
    test_margin: float | None
    total_seconds: float | None
    estimated_usd: float | None


def compare(lake: Lake, variants: Variants) -> list[Compared]:
    """Read every training of a run, in the order in which they were named."""
    return [_compared(name, read_outcome(lake, run_id)) for name, run_id in variants.run_ids.items()]


def choose(trainings: Sequence[Compared], named: str | None = None) -> Compared:
    """Return the training to publish: the one that was named, else the best by `RULE`.

    Raises `HealthError` with every reason where that one, or all of them, were not trained or are blocked.
    """
    wanted = [one for one in trainings if named in (None, one.variant)]
    if healthy := [one for one in wanted if one.is_trained and one.verdict != "block"]:
        same_beta = len({one.recipe["beta"] for one in healthy}) == 1
        return min(healthy, key=lambda one: _order(one, same_beta))
    reasons = [f"{one.variant or one.run_id} ({one.verdict}): {'; '.join(one.reasons)}" for one in wanted]
    raise HealthError(f"not to be published: {'; '.join(reasons)}. Train again.")


def _order(one: Compared, same_beta: bool) -> tuple[bool, float]:
    """Return what is least for the best training."""
    loss, accuracy = one.test_loss or 0.0, one.test_accuracy or 0.0
    return one.verdict != "pass", loss if same_beta else -accuracy


def write_comparison(lake: Lake, run_id: str, variants: Variants) -> dict[str, Any]:
    """Write `comparison.json` into the folder of the run as a whole; return it."""
    trainings = compare(lake, variants)
    try:
        chosen = choose(trainings, variants.publish).variant
    except HealthError:
        chosen = None
    comparison = {
        "run_id": run_id,
        "trainings": [asdict(one) for one in trainings],
        "chosen": chosen,
        "rule": f"{variants.publish} was named" if variants.publish else RULE,
        "samples": _side_by_side(lake, trainings),
    }
    lake.write_json(RunKeys(run_id).comparison, comparison)
    return comparison


def comparison_lines(comparison: dict[str, Any]) -> Iterator[str]:
    """Yield a comparison as text that fits a terminal."""
    numbers = ("test_loss", "test_accuracy", "test_margin", "train_loss")
    yield _row("variant", "verdict", *(name.replace("_", " ") for name in numbers), *VARIED)
    for one in comparison["trainings"]:
        measured = ("-" if one[name] is None else f"{one[name]:.4f}" for name in numbers)
        yield _row(one["variant"], one["verdict"], *measured, *(f"{one['recipe'][name]:g}" for name in VARIED))
    for answered in comparison["samples"]:
        yield f"▸ {answered['question']}"
        for name, answer in {"base": answered["base"], **answered["trained"]}.items():
            yield f"  {name:10} {printable(answer)[:200]}"
    yield f"chosen     {comparison['chosen'] or 'none'} ({comparison['rule']})"


def _compared(name: str, outcome: Outcome) -> Compared:
    result, health = outcome.result or {}, outcome.health
    final, test = result.get("final", {}), result.get("test", {})
    is_trained = outcome.is_trained
    message = result.get("message") or "it left no result; the log of its task says why"
    return Compared(
        variant=name,
        run_id=outcome.run.run_id,
        recipe={field: getattr(outcome.run.recipe, field) for field in VARIED},
        is_trained=is_trained,
        verdict=health.verdict if is_trained else outcome.ended,
        reasons=[finding.reason for finding in health.findings] if is_trained else [message],
        steps=result.get("steps"),
        train_loss=_number(final, "loss"),
        test_loss=_number(test, "eval_loss"),
        test_accuracy=_number(test, "eval_rewards/accuracies"),
        test_margin=_number(test, "eval_rewards/margins"),
        total_seconds=result.get("total_seconds"),
        estimated_usd=result.get("estimated_usd"),
    )


def _number(row: dict[str, Any], name: str) -> float | None:
    return float(row[name]) if name in row else None


def _side_by_side(lake: Lake, trainings: Sequence[Compared]) -> list[dict[str, Any]]:
    """Return each fixed question with the base's answer, which is everywhere the same, and that of every variant."""
    answered: dict[str, dict[str, Any]] = {}
    for one in trainings:
        for sample in lake.read_json(RunKeys(one.run_id).samples) or []:
            entry = answered.setdefault(
                sample["question"], {"question": sample["question"], "base": sample["base"], "trained": {}}
            )
            entry["trained"][one.variant] = sample["trained"]
    return list(answered.values())


def _row(*cells: str) -> str:
    return "  ".join(f"{cell:13}" for cell in cells).rstrip()
