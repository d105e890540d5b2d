"""Publishing: the merged model in the lake becomes one tagged commit on the Hub, streamed file by file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ownvoice.errors import HealthError, SettingsError, StorageError
from ownvoice.evaluation.judges.quality_report import read_quality
from ownvoice.evaluation.stored import read_style
from ownvoice.publishing.card import model_card
from ownvoice.publishing.hub import File, HubRepository
from ownvoice.publishing.judging import read_outcome
from ownvoice.publishing.provenance import provenance
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake
from ownvoice.storage.streamed import open_object
from ownvoice.training.lake_base import lake_base_fault
from ownvoice.training.results.curves import CURVES, curves_svg
from ownvoice.training.results.publication import Publication, write_publication
from ownvoice.training.results.training import trained
from ownvoice.training.run import TrainingRun


@dataclass(frozen=True, slots=True)
class Draft:
    """A publication before it is made: card and files, repository and tag."""

    run: TrainingRun
    repo_id: str
    tag: str
    card: str
    files: dict[str, File]


def draft(lake: Lake, run_id: str, model_licence: str | None = None) -> Draft:
    """Return what a run would publish. The Hub is not asked.

    Raises `SettingsError` where the recipe names no repository, `HealthError` where the verdict is block, and
    `StorageError` where the run left no model, or it is no longer in the lake.
    """
    training, run, result = trained(lake, run_id)
    repo_id = run.recipe.hub_repository
    if not repo_id:
        raise SettingsError(f"the recipe of run {run_id} names no hub_repository: set it, as owner/name.")
    if training.health.verdict == "block":
        raise HealthError(f"not to be published: {'; '.join(training.health.reasons('block'))}. Train again.")
    refuse_missing_model(lake, run)
    record, style, outcome = provenance(lake, run_id, result), read_style(lake, run_id, []), read_outcome(lake, run_id)
    quality = read_quality(lake, run_id, [])
    card = model_card(repo_id, record, result, training.health, model_licence, style, outcome, quality)
    written = {"README.md": card.encode(), CURVES: curves_svg(training.metrics).encode()}
    files = {name: File(len(data), partial(bytes, data)) for name, data in written.items()}
    return Draft(run, repo_id, run.keys.name, card, dict(_merged(lake, run)) | files)


def refuse_missing_model(lake: Lake, run: TrainingRun) -> None:
    """Raise `StorageError` where the merged model of a run is no longer in the lake."""
    if lake_base_fault(lake, run.keys.merged):
        raise StorageError(
            f"{lake.uri}/{run.keys.merged} holds no whole model; `ownvoice clean` deletes those of old trainings that "
            "were never published. Put it back from a backup of the lake, or train that recipe again as another run."
        )


def _merged(lake: Lake, run: TrainingRun) -> Iterator[tuple[str, File]]:
    """Yield the files directly in `merged/`, so that no checkpoint, adapter or `ref` folder is ever published."""
    prefix = f"{run.keys.merged}/"
    for stored in lake.store.objects(prefix.rstrip("/")):
        name = stored.key.removeprefix(prefix)
        if "/" not in name:
            yield name, File(stored.size, partial(open_object, lake.store, stored))


def publish(lake: Lake, run_id: str, model_licence: str | None = None, *, private: bool = True) -> Publication:
    """Publish a run's merged model and write `publication.json`; a run that is published already stays as it is.

    Raises what `draft` and `HubRepository` raise.
    """
    wanted = draft(lake, run_id, model_licence)
    repository = HubRepository(hub_client(token_from_environment()), wanted.repo_id)
    revision = repository.publish(wanted.tag, f"Training run {run_id}", wanted.files, private=private)
    publication = Publication(wanted.repo_id, revision, wanted.tag)
    write_publication(lake, wanted.run, publication)
    return publication
