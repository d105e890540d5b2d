"""`ownvoice versions`: the committed dataset versions."""

from __future__ import annotations

from dataclasses import asdict

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.reports.text.versions import version_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import all_versions


def command(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Print every version; JSON leaves out `lattice`, the inner state of the digest."""
    found = all_versions(Lake(load_settings(lake=lake).lake))
    rows = [{name: value for name, value in asdict(one).items() if name != "lattice"} for one in found]
    print_result(version_lines(found), rows, as_json)
