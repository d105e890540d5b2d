"""`ownvoice judges`: which judges count, qualifying them, and how far they agree with people."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from typing import Annotated

import typer

from ownvoice.cli.judging import ask_judges, confirm_cost
from ownvoice.cli.options import (
    JsonOption,
    LakeOption,
    MaxCostOption,
    MaxTokensOption,
    ModeOption,
    OfflineOption,
    VersionOption,
)
from ownvoice.cli.output import print_result
from ownvoice.config.judges import Judge
from ownvoice.config.settings import Settings, load_settings
from ownvoice.errors import DamagedError, SettingsError
from ownvoice.evaluation.judges.qualification.plan import Plan
from ownvoice.evaluation.judges.qualification.qualify import qualify
from ownvoice.evaluation.judges.qualification.record import Qualification
from ownvoice.evaluation.judges.qualification.stored import qualification_of, qualified
from ownvoice.evaluation.judges.qualification.version_pairs import version_pairs
from ownvoice.reports.read_raters import read_rater_table
from ownvoice.reports.text.judges import estimate_lines, left_out_lines, qualification_lines
from ownvoice.reports.text.raters import rater_lines
from ownvoice.storage.lake import Lake
from ownvoice.terminal import wrapped

group = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@group.command("qualify")
def qualify_panel(
    version: VersionOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask without a question about the cost.")] = False,
    mode: ModeOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost_usd: MaxCostOption = None,
    offline: OfflineOption = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the judges about planted controls; exclude by rule. Repeat it: nothing is asked twice."""
    settings = load_settings(lake=lake, mode=mode, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    opened, panel = Lake(settings.lake), _panel(settings)
    number, pairs = version_pairs(opened, version)
    plan = Plan(number, panel, pairs)
    estimated = estimate_lines(plan.estimate(settings.prices), len(panel), plan.version)
    confirm_cost(estimated, is_agreed=yes or offline)
    found = ask_judges(opened, panel, settings, offline, lambda asking: qualify(asking, plan))
    print_result(qualification_lines(found), [one.model_dump(mode="json") for one in found], as_json)


@group.command("list")
def list_judges(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List the judges of the settings with their newest qualification, and why one does not count."""
    settings = load_settings(lake=lake)
    opened, panel = Lake(settings.lake), _panel(settings)
    counting, left_out = qualified(opened, panel)
    names = {judge.name for judge in counting}
    found = [one for judge in panel if (one := _readable(opened, judge))]
    told = {one.judge.name for one in found if one.reasons}
    lines = [
        *(qualification_lines(found) if found else ()),
        *left_out_lines(one for one in left_out if one.judge.name not in told),
    ]
    values = [one.model_dump(mode="json") | {"counts": one.judge.name in names} for one in found]
    print_result(lines, {"judges": values, "left_out": {one.judge.name: one.why for one in left_out}}, as_json)


@group.command("table")
def table(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Show judges and people side by side: agreement, place bias, gold, and what each takes."""
    settings = load_settings(lake=lake)
    faults: list[str] = []
    found = read_rater_table(Lake(settings.lake), settings.judges, faults)
    lines = [*rater_lines(found), *(line for fault in faults for line in wrapped(fault, 2))]
    print_result(lines, asdict(found) | {"faults": faults}, as_json)


def _panel(settings: Settings) -> tuple[Judge, ...]:
    if not settings.judges:
        raise SettingsError("no judge is named: set OWNVOICE_JUDGES to a JSON list of judges (docs/settings.md).")
    return settings.judges


def _readable(lake: Lake, judge: Judge) -> Qualification | None:
    with contextlib.suppress(DamagedError):  # `qualified` tells it
        return qualification_of(lake, judge)
    return None
