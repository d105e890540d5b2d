"""`ownvoice verify`: the proof of a dataset version."""

from __future__ import annotations

import contextlib
from dataclasses import asdict

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.dataset.verified import record_verification
from ownvoice.dataset.verify import verify
from ownvoice.errors import StorageError, VerificationError
from ownvoice.reports.text.versions import verification_lines
from ownvoice.storage.lake import Lake


def command(lake: LakeOption = None, version: VersionOption = None, as_json: JsonOption = False) -> None:
    """Verify a version, record when it was verified, and print what was found.

    Raises `VerificationError` (exit code 6) where the version is not what its record says.
    """
    opened = Lake(load_settings(lake=lake).lake)
    found = verify(opened, version)
    with contextlib.suppress(StorageError):  # reading rights are enough to verify
        record_verification(opened, found)
    print_result(verification_lines(found), asdict(found) | {"passed": found.passed}, as_json)
    if not found.passed:
        raise VerificationError(f"version {found.version} failed its verification.")
