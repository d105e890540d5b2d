"""`ownvoice verify`: the proof of a dataset version, or of the rows that were imported."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.dataset.verified import record_verification
from ownvoice.dataset.verify import verify
from ownvoice.errors import SettingsError, StorageError, VerificationError
from ownvoice.feedback.propose import FEEDBACK_SET
from ownvoice.feedback.verify import verify_feedback
from ownvoice.imports.identity.record import IDENTITY_SET
from ownvoice.imports.identity.verify import verify_identity
from ownvoice.imports.sets import KNOWN_SETS, known_set
from ownvoice.imports.table import rows_by_set
from ownvoice.imports.verify import ImportProof, verify_imported
from ownvoice.reports.text.imports import proof_lines
from ownvoice.reports.text.versions import verification_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore


def command(
    lake: LakeOption = None,
    version: VersionOption = None,
    imported: Annotated[
        str | None, typer.Option(metavar="SET", help="Prove the imported rows of a set instead; `all` for every set.")
    ] = None,
    path: Annotated[str | None, typer.Option(help="The files that the set was imported from, if not the Hub.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Verify a version, record when it was verified, and print what was found.

    Raises `VerificationError` (exit code 6) where the version is not what its record says.
    """
    opened = Lake(load_settings(lake=lake).lake)
    if imported or path:
        _verify_imported(opened, imported or "", path, as_json)
        return
    found = verify(opened, version)
    with contextlib.suppress(StorageError):  # reading rights are enough to verify
        record_verification(opened, found)
    print_result(verification_lines(found), asdict(found) | {"passed": found.passed}, as_json)
    if not found.passed:
        raise VerificationError(f"version {found.version} failed its verification.")


def _verify_imported(lake: Lake, name: str, path: str | None, as_json: bool) -> None:
    there = rows_by_set(lake)
    names = list(there) if name == "all" else [name if name in there else known_set(name).name]
    if path and len(names) != 1:
        raise SettingsError("--path holds the files of one set: name it with --imported.")
    proofs = [_proof(lake, one, path) for one in names]
    lines = (line for proof in proofs for line in proof_lines(proof))
    print_result(lines, [asdict(proof) | {"passed": proof.passed} for proof in proofs], as_json)
    if failed := [proof.set for proof in proofs if not proof.passed]:
        raise VerificationError(f"the imported rows of {', '.join(failed)} failed their verification.")


def _proof(lake: Lake, name: str, path: str | None) -> ImportProof:
    if name == IDENTITY_SET:
        return verify_identity(lake)
    if name == FEEDBACK_SET:
        exports = Path(path).absolute().as_uri() if path else load_settings().feedback
        return verify_feedback(lake, ObjectStore(exports) if exports else None)
    return verify_imported(lake, name, KNOWN_SETS.get(name), path)
