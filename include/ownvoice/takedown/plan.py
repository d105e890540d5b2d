"""The plan of a takedown: what it would take, counted, and nothing changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.takedown.found import Found
from ownvoice.takedown.hub import pushed_repositories
from ownvoice.takedown.models import ModelUse, decided, models_of
from ownvoice.takedown.rows import find_rows
from ownvoice.takedown.scrub.scrub import Scrubbed, scrub
from ownvoice.takedown.search.objects import Progress
from ownvoice.takedown.sought import sought_of
from ownvoice.takedown.steps import Asked, held_by_words, is_held, nothing_found
from ownvoice.takedown.take_down import begun
from ownvoice.terminal import wrapped

_SHOWN = 10
_MB = 1e6
NOT_REACHED = (
    "downloads and forks of what was published, and models that others trained on it",
    "the logs of the model's provider, which was sent the text",
    "weights: a trained model is kept or trained again, but not searched",
    "backups of the lake, exported files, and Airflow's labels and logs",
)
"""What no takedown reaches; it is said in every plan."""


@dataclass(frozen=True, slots=True)
class TakedownPlan:
    """What a takedown would take, and what of it stays: `held_by` is that of `Sought`."""

    takedown_id: str
    found: Found
    models: tuple[ModelUse, ...]
    scrubbed: Scrubbed
    repositories: tuple[str, ...]
    runs: int
    shared_runs: int
    held_by: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the plan for a program: ids and counts, and no text."""
        found = {name: _plain(value) for name, value in asdict(self.found).items()}
        return {
            "takedown_id": self.takedown_id,
            "found": found,
            "models": [use.model_dump(mode="json") for use in self.models],
            "objects": dict(self.scrubbed.objects),
            "bytes": dict(self.scrubbed.size_bytes),
            "keys": self.scrubbed.keys,
            "left": self.scrubbed.left,
            "repositories": list(self.repositories),
            "held_by": dict(self.held_by),
            "not_reached": list(NOT_REACHED),
        }


def plan_takedown(lake: Lake, asked: Asked, progress: Progress | None = None) -> TakedownPlan:
    """Return what a takedown would take; the whole lake is looked through, and nothing is changed.

    Raises `StorageError` where there is nothing to take.
    """
    found = find_rows(lake, asked.wanted)
    if not is_held(found):
        raise StorageError(nothing_found(lake, found, asked.wanted.texts))
    sought = sought_of(lake, found, asked.wanted.texts)
    return TakedownPlan(
        begun(lake, asked).takedown_id,
        found,
        tuple(decided(models_of(lake, found), asked.kept_models)),
        scrub(lake, sought.needles, found.article_ids, dry_run=True, progress=progress),
        tuple(pushed_repositories(lake)),
        len(sought.needles.runs),
        sought.shared_runs,
        sought.held_by,
    )


def plan_lines(plan: TakedownPlan) -> Iterator[str]:
    """Yield a plan as text that fits a terminal."""
    found = plan.found
    yield f"takedown   {plan.takedown_id}"
    yield from _listed("article", sorted(found.article_ids - found.near_copies.keys()))
    copies = [f"{copy}, near to {of}" for copy, of in sorted(found.near_copies.items())]
    yield from _listed("near copy", copies)
    yield from _listed("held by", [f"{one}, which stays: {said}" for one, said in held_by_words(plan.held_by).items()])
    for table, by_version in found.rows.items():
        rows = ", ".join(f"{count:,} in version {number}" for number, count in by_version.items() if count and number)
        rows = rows or (f"{sum(by_version.values()):,}" if any(by_version.values()) else "none")
        yield from wrapped(f"{'rows':11}{table}: {rows}", indent=11)
    yield from _model_lines(plan.models)
    yield from _object_lines(plan.scrubbed)
    yield from _listed("hub", [f"{one}: a new version, then its history goes" for one in plan.repositories])
    yield f"search     {plan.runs:,} runs of eight words, and {plan.shared_runs:,} that articles which stay say too"
    yield from ("", "not reached by any takedown:")
    for one in NOT_REACHED:
        yield from wrapped(f"  {one}", indent=4)


def _model_lines(models: tuple[ModelUse, ...]) -> Iterator[str]:
    if not models:
        yield "model      none learnt from it"
    for use in models:
        yield from wrapped(f"{'model':11}{model_line(use)}", indent=11)


def model_line(use: ModelUse) -> str:
    """Return what a model learnt, where it is, and what was decided of it, as one line."""
    imported = f", {use.imported_rows:,} imported rows" if use.imported_rows else ""
    direct = f"{use.train_pairs:,} train and {use.test_pairs:,} test pairs{imported}"
    how = f"through {use.through}" if use.through else direct
    where = f", published in {use.repo_id}" if use.repo_id else ""
    where += f", champion of {use.champion_of}" if use.champion_of else ""
    decision = f"kept: {use.reason}" if use.decision == "keep" else "to be trained again"
    return f"{use.run_id} on version {use.dataset_version}: {how}{where}; {decision}"


def _object_lines(scrubbed: Scrubbed) -> Iterator[str]:
    for kind, objects in sorted(scrubbed.objects.items()):
        yield f"{'objects':11}{objects:>7,}  {scrubbed.size_bytes[kind] / _MB:>9.3f} MB  {kind}"
    for key, why in sorted(scrubbed.left.items())[:_SHOWN]:
        yield from wrapped(f"{'left':11}{key}: {why}", indent=11)


def _listed(word: str, values: list[str]) -> Iterator[str]:
    for value in values[:_SHOWN]:
        yield from wrapped(f"{word:11}{value}", indent=11)
    if len(values) > _SHOWN:
        yield f"{'':11}and {len(values) - _SHOWN:,} more: --json lists them"


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value
