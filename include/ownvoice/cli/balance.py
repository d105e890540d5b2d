"""`ownvoice balance`: what balancing a version would come to; nothing is written."""

from __future__ import annotations

from dataclasses import asdict

from ownvoice.cli.options import JsonOption, LakeOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.dataset.balance.sides import balance_of
from ownvoice.reports.text.balance import balance_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import version_or_latest


def command(lake: LakeOption = None, version: VersionOption = None, as_json: JsonOption = False) -> None:
    """Print how well length and punctuation tell chosen from rejected, before and after, and what it would cost."""
    opened = Lake(load_settings(lake=lake).lake)
    looked_at = version_or_latest(opened, version)
    found = balance_of(opened, looked_at)
    value = {"version": looked_at.number, "pairs": looked_at.pairs, "left_out": found.left_out, **asdict(found)}
    print_result(balance_lines(looked_at, found), value, as_json)
