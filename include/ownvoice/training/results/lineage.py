"""Lineage both ways: from a model to what it was made from, and from a dataset version to its models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ownvoice.dataset.hub.record import pushes_of_version
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import all_versions, version_or_latest
from ownvoice.storage.withdrawn import withdrawn_of
from ownvoice.training.results.publication import Publication
from ownvoice.training.results.report import TrainingReport, read_training_report

_DID = {"edited": "edited", "human": "wrote"}

_AUTHORS_SHOWN = 5

MIN_COMMIT_CHARS = 7  # of the first characters of a commit, as git shows them


def lineage_of_model(lake: Lake, revision: str) -> dict[str, Any]:
    """Return the origins of a model: base, recipe, image, dataset version, and the refresh that made the version.

    `revision` is a commit of the Hub (or its first characters), a tag, or the id of the training run. Raises
    `StorageError` where no recorded training has it.
    """
    for run_id in _trainings(lake):
        report = read_training_report(lake, run_id)
        if revision == run_id or (report.publication and _names(revision, report.publication)):
            return _ancestry(lake, report)
    raise StorageError(f"no training in {lake.uri} made {revision!r}. `ownvoice lineage --version N` lists what was.")


def _names(revision: str, published: Publication) -> bool:
    is_commit = len(revision) >= MIN_COMMIT_CHARS and published.revision.startswith(revision)
    return is_commit or revision == published.tag


def lineage_of_version(lake: Lake, number: int) -> dict[str, Any]:
    """Return the refresh that made a dataset version, its pushes to the Hub, and every training that used it."""
    reports = [read_training_report(lake, run_id) for run_id in _trainings(lake, number)]
    hub = [asdict(pushed) for pushed in pushes_of_version(lake, number)]
    return {**_origin(lake, number), "hub": hub, "trainings": [_descendant(report) for report in reports]}


def model_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the ancestry of a model as text."""
    model = found["model"]
    yield f"model      {model['repo_id']} at {model['revision']}" if model else "model      in the lake, not published"
    yield f"training   {found['run_id']}, verdict {found['verdict']}"
    for name, value in found["base"].items():
        yield f"base {name:6}{value}"
    yield f"recipe     {found['recipe_id']}"
    yield f"image      {found['image']}"
    for part in found["mixture"]:
        kind = f"{part['provenance_class']}, {part['licence'] or 'licence of the articles'}"
        yield f"rows       {part['rows']} of {part['set']} at {part['revision'][:12]}, {kind}"
    for number in found["rejected_of"]:
        yield f"round      wrote the rejected answers of version {number}"
    yield from _origin_lines(found)


def version_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield what became of a dataset version as text."""
    yield from _origin_lines(found)
    for pushed in found["hub"]:
        yield f"hub        {pushed['repo_id']} at {pushed['revision']}"
    for one in found["trainings"]:
        model = one["model"]
        where = f"{model['repo_id']} at {model['revision'][:12]}" if model else "not published"
        yield f"training   {one['run_id']}: {one['verdict']}, {where}"
    if not found["trainings"]:
        yield "training   none"


def _origin_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"version    {found['dataset_version']}, {found['pairs']} pairs, digest {found['digest']}"
    yield f"refresh    {found['refresh']} of {found['refresh_date']}"
    if found["rejected_by"]:
        yield f"second     {found['rejected_by']}"
    by_pairs = sorted(found["by_author"].items(), key=lambda one: -one[1]["pairs"])
    for author_id, held in by_pairs[:_AUTHORS_SHOWN]:
        yield f"author     {author_id}: {held['pairs']} pairs of {held['articles']} articles"
    if len(by_pairs) > _AUTHORS_SHOWN:
        yield f"author     {len(by_pairs) - _AUTHORS_SHOWN} more, in --json"
    if found["withdrawn"]["pairs"]:
        takedowns = ", ".join(found["withdrawn"]["takedowns"])
        yield f"withdrawn  {found['withdrawn']['pairs']} pairs, by takedown {takedowns}: the digest is of these as well"
    for source, pairs in found["by_people"].items():
        yield f"people     {pairs} pairs with a rejected answer that people {_DID[source]}"


def _trainings(lake: Lake, version: int | None = None) -> list[str]:
    where = "kind = 'training'" + ("" if version is None else f" AND version = {version:d}")
    batches = scan(lake.table("runs"), "run_id", f"{where} ORDER BY refresh_date, run_id")
    return [row["run_id"] for batch in batches for row in batch.to_pylist()]


def _ancestry(lake: Lake, report: TrainingReport) -> dict[str, Any]:
    result = report.result.model_dump(mode="json", include={"base", "recipe", "image", "versions"})
    return {
        **_descendant(report),
        "recipe_id": report.recipe_id,
        **result,
        "base": result["base"] or {},
        "mixture": _mixture(report),
        "rejected_of": _rejected_of(lake, report.run_id),
        **_origin(lake, report.dataset_version),
    }


def _mixture(report: TrainingReport) -> list[dict[str, Any]]:
    """Return what was trained on of each set, with its revision and licence; nothing where it was own pairs alone."""
    used = report.result.mixture
    return [part.model_dump() for part in used.parts] if used else []


def _rejected_of(lake: Lake, run_id: str) -> list[int]:
    """Return the versions whose newest pairs have their rejected answers from the model of this training."""
    return [one.number for one in all_versions(lake) if one.rejected_model == f"run:{run_id}"]


def _descendant(report: TrainingReport) -> dict[str, Any]:
    model = report.publication and asdict(report.publication)
    return {"run_id": report.run_id, "verdict": report.verdict, "model": model}


def _origin(lake: Lake, number: int) -> dict[str, Any]:
    version, gone = version_or_latest(lake, number), withdrawn_of(lake, number)
    return {
        "dataset_version": version.number,
        "digest": version.digest,
        "pairs": version.pairs,
        "refresh": version.run_id,
        "refresh_date": version.refresh_date.isoformat(),
        "rejected_model": version.rejected_model,
        "trained_on": version.trained_on,
        "round": version.round,
        "rejected_by": version.rejected_sentence,
        "by_people": _by_people(lake, number),
        "by_author": _by_author(lake, number),
        "withdrawn": {"pairs": gone.pairs, "takedowns": list(gone.takedowns)},
    }


def _by_author(lake: Lake, number: int) -> dict[str, dict[str, int]]:
    """Count the articles and pairs of each author in a version."""
    columns = "author_id, count(DISTINCT article_id) AS articles, count(*) AS pairs"
    batches = scan(lake.table("pairs", number), columns, "true GROUP BY author_id ORDER BY author_id")
    rows = (row for batch in batches for row in batch.to_pylist())
    return {row["author_id"]: {"articles": row["articles"], "pairs": row["pairs"]} for row in rows}


def _by_people(lake: Lake, number: int) -> dict[str, int]:
    """Count the pairs of a version whose rejected answers people edited, or wrote as a `human`."""
    grouped = "rejected_source IS NOT NULL GROUP BY rejected_source ORDER BY rejected_source"
    batches = scan(lake.table("pairs", number), "rejected_source, count(*) AS pairs", grouped)
    return {row["rejected_source"]: row["pairs"] for batch in batches for row in batch.to_pylist()}
