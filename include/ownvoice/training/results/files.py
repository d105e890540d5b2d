"""The files of a training run, read for a page: half a run, or one that something cut, is a sentence and no fault."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ownvoice.errors import Exit
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.training.health import Finding, Level, judge
from ownvoice.training.metric_rows import MetricRow, read_rows
from ownvoice.training.planning.variants import training_id
from ownvoice.training.results.outcome import NOT_ENDED, Publication

PLANNED, TRAINING = "planned", "training"

_MAX_SILENCE = dt.timedelta(minutes=30)  # a large base is loaded, or a split evaluated, without a word
_JUDGED = {"loss", "grad_norm", "rewards/chosen", "rewards/margins", "rewards/accuracies"}
_ENDS = tuple(f"{end.name}: " for end in Exit)
_LEVELS: tuple[Level, ...] = ("warn", "block")


@dataclass(frozen=True, slots=True)
class Training:
    """A training run as far as it has come. `faults` says in words which of its files could not be read, or not whole.

    `state` is planned, training, or not ended, else the verdict: that of the health rules where a model was trained,
    and otherwise how the trainer ended. `given` is `recipe.json`, and `recipe` its fields by name.
    """

    run_id: str
    state: str
    given: dict[str, Any]
    recipe: dict[str, Any]
    result: dict[str, Any]
    metrics: list[MetricRow]
    findings: tuple[Finding, ...]
    samples: list[dict[str, str]]
    publication: Publication | None
    log: list[str]
    faults: tuple[str, ...]

    @property
    def is_live(self) -> bool:
        """Whether more of it may be there in a moment."""
        return self.state in (PLANNED, TRAINING)

    @property
    def dataset_version(self) -> int | None:
        """The version that it was, or is to be, trained on."""
        version = self.given.get("dataset_version")
        return version if type(version) is int and version >= 0 else None

    def part(self, name: str) -> dict[str, Any]:
        """Return a part of the result that has fields of its own; it may have none yet."""
        return as_fields(self.result.get(name))

    def measure(self, part: str, name: str) -> float | None:
        """Return a number of a part of the result; None where it was never measured, or is not finite."""
        return number(self.part(part).get(name))

    def total(self, name: str) -> float | None:
        """Return a number of the result itself."""
        return number(self.result.get(name))


def read_training(lake: Lake, run_id: str) -> Training | None:
    """Return a training run; None where no training of that name was ever planned."""
    keys, faults = RunKeys(run_id), list[str]()
    if not keys.name:
        return None
    given = read_json(lake, keys.recipe, faults)
    is_cut = given is None and bool(faults)
    if not is_cut and as_fields(given).get("run_id") != run_id:
        return None  # ids may differ only in signs that a path cannot hold
    result = as_fields(read_json(lake, keys.result, faults))
    metrics, unreadable = read_rows(lake.store.read(keys.metrics) or b"")
    if unreadable:
        faults.append(f"{keys.metrics}: {unreadable} lines are cut or no numbers, and are left out here.")
    log = (lake.store.read(keys.log) or b"").decode(errors="replace").splitlines()
    findings = judge([row for row in metrics if "loss" not in row or row.keys() >= _JUDGED]).findings
    samples = read_json(lake, keys.samples, faults)
    return Training(
        run_id,
        _state(result, log, findings),
        as_fields(given),
        as_fields(as_fields(given).get("recipe")),
        result,
        metrics,
        findings or tuple(_stored_findings(result)),
        [_sample(one) for one in samples if isinstance(one, dict)] if isinstance(samples, list) else [],
        as_publication(read_json(lake, keys.publication, faults)),
        log,
        tuple(faults),
    )


def variant_of(lake: Lake, run_id: str) -> tuple[str, str] | None:
    """Return the run that a training is one of several of, and its name there; None for one that stands alone."""
    whole, _, name = run_id.rpartition(".")
    return (whole, name) if run_id in variants_of(lake, whole).values() else None


def variants_of(lake: Lake, run_id: str) -> dict[str, str]:
    """Return the run ids of the trainings of a run by the names of its variants; none where it has one recipe alone."""
    stored = as_fields(as_fields(read_json(lake, RunKeys(run_id).variants, [])).get("run_ids"))
    return {name: one for name, one in stored.items() if name and one == training_id(run_id, name)}


def number(value: Any) -> float | None:
    """Return a finite number as a float, and None for anything else."""
    found = _float(value)
    return found if found is not None and math.isfinite(found) else None


def _float(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def read_json(lake: Lake, key: str, faults: list[str]) -> Any:
    """Return the JSON value under `key`; None where nothing stands, and where it is no JSON, which is noted."""
    try:
        return lake.read_json(key)
    except (ValueError, RecursionError):
        faults.append(f"{key} is not whole and cannot be read. Run the task that writes it again.")
        return None


def as_fields(value: Any) -> dict[str, Any]:
    """Return `value` where it is a JSON object, and else one without fields."""
    return value if isinstance(value, dict) else {}


def as_publication(value: Any) -> Publication | None:
    """Return where a model was published, or None where `value` does not say so."""
    found = as_fields(value)
    named = {name: str(found[name]) for name in ("repo_id", "revision", "tag") if found.get(name)}
    return Publication(**named) if len(named) == 3 else None


def _sample(one: dict[str, Any]) -> dict[str, str]:
    return {name: str(one.get(name, "")) for name in ("question", "base", "trained")}


def _state(result: dict[str, Any], log: list[str], findings: tuple[Finding, ...]) -> str:
    said_at, said = _last_said(log)
    if said and not said.startswith(_ENDS) and said_at > dt.datetime.now(dt.UTC) - _MAX_SILENCE:
        return TRAINING  # a second try too, for which the result of the first still stands
    if not result:
        return NOT_ENDED if said else PLANNED
    if result.get("exit") != Exit.TRAINED.name:
        return str(result.get("exit")).lower()
    levels = {finding.level for finding in findings}
    judged = "block" if "block" in levels else "warn" if "warn" in levels else "pass"
    return str(as_fields(result.get("health")).get("verdict", judged))


def _last_said(log: list[str]) -> tuple[dt.datetime, str]:
    """Return the last line with a time; a message may have several lines."""
    for line in reversed(log):
        stamp, _, said = line.partition(" ")
        try:
            return dt.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC), said
        except ValueError:
            continue
    return dt.datetime.min.replace(tzinfo=dt.UTC), ""


def _stored_findings(result: dict[str, Any]) -> Iterator[Finding]:
    """Yield what the trainer itself found, for a run whose curves are gone."""
    stored = as_fields(result.get("health")).get("findings")
    for one in map(as_fields, stored if isinstance(stored, list) else []):
        step = number(one.get("step"))
        for level in _LEVELS:
            if one.get("level") == level and step is not None:
                yield Finding(str(one.get("rule")), level, int(step), str(one.get("reason")))
