"""The trainings of one run side by side: held-out numbers, verdicts, answers, and which of them is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ownvoice.errors import HealthError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.terminal import printable
from ownvoice.training.metric_rows import finite
from ownvoice.training.metrics import labelled
from ownvoice.training.planning.request import VARIED
from ownvoice.training.planning.variants import Variants
from ownvoice.training.recipe import LOSS_FIELDS
from ownvoice.training.results.training import NO_RESULT, Training, planned_training
from ownvoice.training.run import TrainingRun
from ownvoice.training.run_files import read_file

RULE = (
    "of the trained ones that are not blocked: pass before warn; then the lowest loss on the test split, or, where the "
    "variants differ in beta or a term of the loss, which then means another thing for each, the highest accuracy "
    "there; then the first named"
)


RULE_OF_CURVE = "a learning curve: the one that was named, or the recipe itself on all pairs"


@dataclass(frozen=True, slots=True)
class Compared:
    """One training of a run. `verdict` is that of the health rules, or the name of the exit.

    `recipe` has the fields that variants may differ in. `train_loss` is of the last step, in nats; `on_test` has the
    labelled metrics of the last evaluation, by label. A number that was not measured is None.
    """

    variant: str
    run_id: str
    recipe: dict[str, Any]
    is_trained: bool
    verdict: str
    reasons: list[str]
    steps: int | None
    train_loss: float | None
    on_test: dict[str, float | None]
    total_seconds: float | None
    estimated_usd: float | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A fixed question, the answer of the base, which all variants share, and the answer of each variant by name."""

    question: str
    base: str
    trained: dict[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The trainings of a run side by side. `chosen` is the variant to publish or None, and `rule` how it was chosen."""

    run_id: str
    trainings: list[Compared]
    chosen: str | None
    rule: str
    samples: list[Answered]

    def stored(self) -> dict[str, Any]:
        """Return the comparison as `comparison.json` holds it."""
        trainings = []
        for one in self.trainings:
            fields = asdict(one)
            on_test = {f"test_{label}": value for label, value in fields.pop("on_test").items()}
            trainings.append(fields | on_test)
        return asdict(self) | {"trainings": trainings}


@dataclass(frozen=True, slots=True)
class Choice:
    """The part of `comparison.json` that a page reads: the chosen variant, and the rule that chose it."""

    chosen: str | None = None
    rule: str | None = None


def compare(lake: Lake, variants: Variants) -> list[Compared]:
    """Read every training of a run, in the order in which they were named."""
    return [_compared(name, *planned_training(lake, run_id)) for name, run_id in variants.run_ids.items()]


def choose(trainings: Sequence[Compared], named: str | None = None) -> Compared:
    """Return the training to publish: the named one, else the best by `RULE`.

    Raises `HealthError` with every reason if none of the candidates is trained and free of a block.
    """
    wanted = [one for one in trainings if named in (None, one.variant)]
    if healthy := [one for one in wanted if one.is_trained and one.verdict != "block"]:
        same_loss = len({tuple(one.recipe.get(name) for name in LOSS_FIELDS) for one in healthy}) == 1
        return min(healthy, key=lambda one: _order(one, same_loss))
    reasons = [f"{one.variant or one.run_id} ({one.verdict}): {'; '.join(one.reasons)}" for one in wanted]
    raise HealthError(f"not to be published: {'; '.join(reasons)}. Train again.")


def _order(one: Compared, same_loss: bool) -> tuple[bool, float]:
    """Return a sort key; the best training has the smallest."""
    loss, accuracy = one.on_test["loss"] or 0.0, one.on_test["accuracy"] or 0.0
    return one.verdict != "pass", loss if same_loss else -accuracy


def write_comparison(lake: Lake, run_id: str, variants: Variants) -> Comparison:
    """Write `comparison.json` into the folder of the run as a whole; return it."""
    read = {name: planned_training(lake, one) for name, one in variants.run_ids.items()}
    trainings = [_compared(name, *one) for name, one in read.items()]
    try:
        chosen = choose(trainings, variants.publish).variant
    except HealthError:
        chosen = None
    rule = RULE_OF_CURVE if variants.is_curve else f"{variants.publish} was named" if variants.publish else RULE
    comparison = Comparison(run_id, trainings, chosen, rule, _side_by_side(read))
    lake.write_json(RunKeys(run_id).comparison, comparison.stored())
    return comparison


def read_choice(lake: Lake, run_id: str) -> Choice:
    """Return which variant of a run was chosen; an empty choice where there is no comparison that can be read."""
    return read_file(lake, RunKeys(run_id).comparison, Choice, []) or Choice()


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Yield a comparison as text that fits a terminal."""
    labels = [label for label in labelled() if any(label in one.on_test for one in comparison.trainings)]
    yield _row("variant", "verdict", *(f"test {label}" for label in labels), "train loss", *VARIED)
    for one in comparison.trainings:
        numbers = (*(one.on_test.get(label) for label in labels), one.train_loss)
        measured = ("-" if number is None else f"{number:.4f}" for number in numbers)
        yield _row(one.variant, one.verdict, *measured, *(f"{one.recipe[name]:g}" for name in VARIED))
    for answered in comparison.samples:
        yield f"▸ {answered.question}"
        for name, answer in {"base": answered.base, **answered.trained}.items():
            yield f"  {name:10} {printable(answer)[:200]}"
    yield f"chosen     {comparison.chosen or 'none'} ({comparison.rule})"


def _compared(name: str, training: Training, run: TrainingRun) -> Compared:
    result, measured = training.result, training.measured()
    reasons = [finding.reason for finding in training.health.findings]
    return Compared(
        variant=name,
        run_id=run.run_id,
        recipe={field: getattr(run.recipe, field) for field in VARIED},
        is_trained=result.is_trained,
        verdict=training.verdict,
        reasons=reasons if result.is_trained else [result.message or NO_RESULT],
        steps=result.steps,
        train_loss=finite((result.final or {}).get("loss")),
        on_test={label: one.test for label, one in measured.items()},
        total_seconds=result.total_seconds,
        estimated_usd=result.estimated_usd,
    )


def _side_by_side(trainings: Mapping[str, tuple[Training, TrainingRun]]) -> list[Answered]:
    answered: dict[str, Answered] = {}
    for name, (training, _) in trainings.items():
        for sample in training.samples:
            entry = answered.setdefault(sample.question, Answered(sample.question, sample.base, {}))
            entry.trained[name] = sample.trained
    return list(answered.values())


def _row(*cells: str) -> str:
    return "  ".join(f"{cell:13}" for cell in cells).rstrip()
