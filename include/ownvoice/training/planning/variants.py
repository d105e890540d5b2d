"""The trainings of one run. A run that compares variants of a recipe has one training for each.

Each training has its own run id, folder and recipe file, so that it is resumed, retried and cancelled separately.
`variants.json` in the folder of the whole run lists them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.run_files import read_file


@dataclass(frozen=True, slots=True)
class Variants:
    """Run ids of the trainings by variant name. `publish` names the variant to publish; None means the best.

    Of a learning curve `curve_pairs` is its largest size, the train pairs of the version, and the recipes of its
    trainings tell the other sizes and the seeds. A recipe without variants has the empty name and is trained under the
    id of the run.
    """

    run_ids: dict[str, str]
    publish: str | None = None
    curve_pairs: int | None = None

    @property
    def is_curve(self) -> bool:
        """Whether the trainings are those of a learning curve."""
        return self.curve_pairs is not None


def training_id(run_id: str, name: str) -> str:
    """Return the run id of one variant's training."""
    return f"{run_id}/{name}" if name else run_id


def write_variants(lake: Lake, run_id: str, variants: Variants) -> None:
    """Write the `variants.json` of a run."""
    lake.write_json(RunKeys(run_id).variants, asdict(variants))


def read_variants(lake: Lake, run_id: str) -> Variants:
    """Return the trainings of a run; none if nothing was planned.

    Raises `StorageError` if `variants.json` cannot be read.
    """
    faults: list[str] = []
    found = read_file(lake, RunKeys(run_id).variants, Variants, faults)
    if faults:
        raise StorageError(faults[0])
    return found or Variants({})


def variants_of(lake: Lake, run_id: str) -> dict[str, str]:
    """Return the run ids of the variants of a run by name; none if it has a single recipe or cannot be read."""
    found = read_file(lake, RunKeys(run_id).variants, Variants, [])
    run_ids = found.run_ids if found else {}
    return {name: one for name, one in run_ids.items() if name}


def variant_of(lake: Lake, run_id: str) -> tuple[str, str] | None:
    """Return the run that a training is a variant of, and its name there; None if it is not a variant."""
    for separator in ("/", "."):  # a dot where it was planned before ids named their DAG
        whole, _, name = run_id.rpartition(separator)
        if whole and variants_of(lake, whole).get(name) == run_id:
            return whole, name
    return None
