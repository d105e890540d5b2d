"""The record that a model was published: `publication.json` in the folder of its run."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ownvoice.storage.lake import Lake
from ownvoice.training.run import TrainingRun


@dataclass(frozen=True, slots=True)
class Publication:
    """A model on the Hub. `revision` is the commit that `tag` names."""

    repo_id: str
    revision: str
    tag: str


def write_publication(lake: Lake, run: TrainingRun, publication: Publication) -> None:
    """Write the `publication.json` of a run."""
    lake.write_json(run.keys.publication, asdict(publication))
