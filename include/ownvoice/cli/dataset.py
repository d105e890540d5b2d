"""`ownvoice versions`, `show`, `verify` and `export`: what was committed."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption, print_result
from ownvoice.config.settings import load_settings
from ownvoice.dataset.export import Form, export
from ownvoice.dataset.verified import record_verification
from ownvoice.dataset.verify import verify
from ownvoice.errors import StorageError, VerificationError
from ownvoice.reports.text import pair_lines, verification_lines, version_lines
from ownvoice.storage.lake import Lake, scan, sql_text
from ownvoice.storage.versions import all_versions, version_or_latest


def versions_command(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List the committed versions."""
    found = all_versions(Lake(load_settings(lake=lake).lake))
    rows = [{name: value for name, value in asdict(one).items() if name != "lattice"} for one in found]
    print_result(version_lines(found), rows, as_json)


def show_command(
    lake: LakeOption = None,
    version: VersionOption = None,
    article: Annotated[str | None, typer.Option(help="Only pairs of this article id.")] = None,
    split: Annotated[str | None, typer.Option(help="Only this side: train or test.")] = None,
    count: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """Show pairs side by side, with the place of the chosen answer in its article."""
    opened = Lake(load_settings(lake=lake).lake)
    number = version_or_latest(opened, version).number
    chosen = {"article_id": article, "split": split}
    where = " AND ".join(["true", *(f"{name} = {sql_text(value)}" for name, value in chosen.items() if value)])
    batches = scan(opened.table("pairs", number), where=f"{where} ORDER BY pair_id LIMIT {count}")
    pairs = [row for batch in batches for row in batch.to_pylist()]
    lines = (line for pair in pairs for line in (*pair_lines(pair), ""))
    print_result(lines if pairs else [f"version {number} holds no such pair"], pairs, as_json)


def verify_command(lake: LakeOption = None, version: VersionOption = None, as_json: JsonOption = False) -> None:
    """Prove a version from the lake alone; exit code 6 where it is not what it says it is."""
    opened = Lake(load_settings(lake=lake).lake)
    found = verify(opened, version)
    with contextlib.suppress(StorageError):  # whoever may only read the lake can verify it all the same
        record_verification(opened, found)
    print_result(verification_lines(found), asdict(found) | {"passed": found.passed}, as_json)
    if not found.passed:
        raise VerificationError(f"version {found.version} failed its verification.")


def export_command(
    folder: Annotated[Path, typer.Argument(help="Where train.parquet and test.parquet are written.")],
    lake: LakeOption = None,
    version: VersionOption = None,
    form: Annotated[Form, typer.Option(help="TRL's preference form.")] = "standard",
    as_json: JsonOption = False,
) -> None:
    """Write a version as Parquet files that `datasets.load_dataset` reads and TRL trains on."""
    rows = export(Lake(load_settings(lake=lake).lake), folder, version, form)
    print_result((f"{folder / split}.parquet: {count} pairs" for split, count in rows.items()), rows, as_json)
