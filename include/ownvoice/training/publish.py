"""Publishing: what stands in the lake becomes one tagged commit on the Hub; nothing is trained, nothing held whole.

Run as: python -m ownvoice.training.publish --run RUN --lake s3://bucket/prefix [--dry-run] [--license L] [--public]
HF_TOKEN may write to the recipe's hub_repository. Safe to repeat at any point.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ownvoice.errors import OwnvoiceError, SettingsError
from ownvoice.hub import hub_client, token_from_environment
from ownvoice.lake import Lake
from ownvoice.streamed import open_object
from ownvoice.training.card import CURVES, model_card
from ownvoice.training.curves import curves_svg
from ownvoice.training.hub import File, HubRepository
from ownvoice.training.outcome import Publication, refuse_blocked, trained_outcome, write_publication
from ownvoice.training.provenance import provenance
from ownvoice.training.run import TrainingRun


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published, where, and under which tag."""

    run: TrainingRun
    repo_id: str
    tag: str
    card: str
    files: dict[str, File]


def draft(lake: Lake, run_id: str, model_license: str | None = None) -> Draft:
    """Put together what a run publishes; the Hub is not asked.

    Raises `SettingsError` where the recipe names no repository, `HealthError` where the verdict is block, and
    `StorageError` where the run left no model.
    """
    outcome, result = trained_outcome(lake, run_id)
    repo_id = outcome.run.recipe.hub_repository
    if not repo_id:
        raise SettingsError(f"the recipe of run {run_id} names no hub_repository: set it, as owner/name.")
    refuse_blocked(outcome)
    card = model_card(repo_id, provenance(lake, outcome, result), result, model_license)
    written = {"README.md": card.encode(), CURVES: curves_svg(outcome.metrics).encode()}
    files = {name: File(len(data), partial(bytes, data)) for name, data in written.items()}
    return Draft(outcome.run, repo_id, _tag(run_id), card, dict(_merged(lake, outcome.run)) | files)


def _merged(lake: Lake, run: TrainingRun) -> Iterator[tuple[str, File]]:
    """Yield the files that stand directly in `merged/`: no checkpoint, no adapter and no `ref` is ever among them."""
    prefix = f"{run.folder}/merged/"
    for stored in lake.store.objects(prefix.rstrip("/")):
        name = stored.key.removeprefix(prefix)
        if "/" not in name:
            yield name, File(stored.size, partial(open_object, lake.store, stored))


def _tag(run_id: str) -> str:
    """Return the run's name as Git allows it in a tag."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", run_id).strip(".-")


def publish(lake: Lake, run_id: str, model_license: str | None = None, *, private: bool = True) -> Publication:
    """Publish a run's merged model and write `publication.json`; a run that is published already stays as it is.

    Raises what `draft` and `HubRepository` raise.
    """
    wanted = draft(lake, run_id, model_license)
    repository = HubRepository(hub_client(token_from_environment()), wanted.repo_id)
    revision = repository.publish(wanted.tag, f"Training run {run_id}", wanted.files, private=private)
    publication = Publication(wanted.repo_id, revision, wanted.tag)
    write_publication(lake, wanted.run, publication)
    return publication


def main() -> int:
    """Publish, or show what would be published; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ownvoice.training.publish", description="Publish a training run.")
    parser.add_argument("--run", required=True, help="the run's id")
    parser.add_argument("--lake", required=True, help="s3://bucket/prefix or file:///folder")
    parser.add_argument("--license", help="licence that the card names")
    parser.add_argument("--public", action="store_true", help="a repository that is made is public")
    parser.add_argument("--dry-run", action="store_true", help="print card and files, and ask the Hub nothing")
    given = parser.parse_args()
    try:
        lake = Lake(given.lake)
        if given.dry_run:
            print("\n".join(_shown(draft(lake, given.run, given.license))))
        else:
            done = publish(lake, given.run, given.license, private=not given.public)
            print(f"published: {done.repo_id} at {done.revision}, tag {done.tag}")
    except OwnvoiceError as error:
        print(f"ownvoice.training.publish: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _shown(wanted: Draft) -> Iterator[str]:
    yield wanted.card
    yield f"{wanted.repo_id}, tag {wanted.tag}:"
    yield from (f"{file.size:>16,}  {name}" for name, file in sorted(wanted.files.items()))


if __name__ == "__main__":
    sys.exit(main())
