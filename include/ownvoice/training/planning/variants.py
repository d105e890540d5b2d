"""The trainings of one run: where it compares variants of a recipe, each is a training of its own.

Each has a run id, a folder and a recipe file of its own, so that it resumes, is retried and is cancelled by itself;
`variants.json` in the folder of the run as a whole says which trainings belong to it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.training.run_files import read_file


@dataclass(frozen=True, slots=True)
class Variants:
    """Run ids by the names of the variants; `publish` is the one to publish, None the best.

    A recipe without variants has the empty name, and is trained under the run's own id.
    """

    run_ids: dict[str, str]
    publish: str | None = None


def training_id(run_id: str, name: str) -> str:
    """Return the run id of one variant's training."""
    return f"{run_id}.{name}" if name else run_id


def write_variants(lake: Lake, run_id: str, variants: Variants) -> None:
    """Write down which trainings a run has."""
    lake.write_json(RunKeys(run_id).variants, asdict(variants))


def read_variants(lake: Lake, run_id: str) -> Variants:
    """Return the trainings of a run; it has none where nothing was planned.

    Raises `StorageError` where `variants.json` cannot be read.
    """
    faults: list[str] = []
    found = read_file(lake, RunKeys(run_id).variants, Variants, faults)
    if faults:
        raise StorageError(faults[0])
    return found or Variants({})


def variants_of(lake: Lake, run_id: str) -> dict[str, str]:
    """Return the run ids of the variants of a run by name; none where it has one recipe alone, or cannot be read."""
    found = read_file(lake, RunKeys(run_id).variants, Variants, [])
    run_ids = found.run_ids if found else {}
    return {name: one for name, one in run_ids.items() if name and one == training_id(run_id, name)}


def variant_of(lake: Lake, run_id: str) -> tuple[str, str] | None:
    """Return the run that a training is a variant of, and its name there; None for one that is trained alone."""
    whole, _, name = run_id.rpartition(".")
    return (whole, name) if run_id in variants_of(lake, whole).values() else None
