"""`ownvoice clean`: what of a lake may be deleted, and deleting it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from ownvoice.cli.options import JsonOption, LakeOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.retention.clean import clean
from ownvoice.retention.plan import Choice, CleaningPlan, Part, plan_cleaning
from ownvoice.retention.rules import MIN_AGE_DAYS, RULES
from ownvoice.storage.lake import Lake
from ownvoice.terminal import wrapped

_SHOWN_UNKNOWN = 10
_WHY_COLUMN = 49
_GB = 1e9

DeleteOption = Annotated[bool, typer.Option("--delete", help="Delete what may go. Without it, nothing is changed.")]
KindOption = Annotated[list[str] | None, typer.Option("--kind", help="Look at this kind alone; repeatable.")]
DaysOption = Annotated[
    int | None,
    typer.Option("--days", help=f"The age in days for every kind, in place of its own; {MIN_AGE_DAYS} or more."),
]
AnswersOption = Annotated[
    bool, typer.Option("--answers", help="Answers of removed articles too; were one to return, it is paid for again.")
]
KeepOption = Annotated[
    int | None,
    typer.Option("--keep-versions", help="Let go what only older versions than so many name; those trained on stay."),
]


def command(
    lake: LakeOption = None,
    delete: DeleteOption = False,
    kind: KindOption = None,
    days: DaysOption = None,
    answers: AnswersOption = False,
    keep_versions: KeepOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what may go and what is kept; with `--delete`, delete it and print what was deleted."""
    choice = _choice(kind, days, answers, keep_versions)
    opened, now = Lake(load_settings(lake=lake).lake), dt.datetime.now(dt.UTC)
    plan = clean(opened, choice, now) if delete else plan_cleaning(opened, choice, now)
    print_result(_lines(plan, choice, delete), _as_json(plan, choice, delete), as_json)


def _choice(kinds: list[str] | None, days: int | None, answers: bool, keep_versions: int | None) -> Choice:
    known = {rule.kind for rule in RULES}
    problems = [
        f"--kind {kind!r} is none: one of {', '.join(sorted(known))}" for kind in kinds or () if kind not in known
    ]
    if days is not None and days < MIN_AGE_DAYS:
        problems.append(f"--days {days}: at least {MIN_AGE_DAYS}, since a writer may still be at work")
    if keep_versions is not None and keep_versions < 1:
        problems.append(f"--keep-versions {keep_versions}: at least 1, which the next refresh goes on from")
    choice = Choice(frozenset(kinds or known), days, answers, keep_versions)
    problems += [
        f"--kind {rule.kind!r} goes by an option alone: add {rule.by_option}"
        for rule in RULES
        if rule.kind in (kinds or ()) and not choice.looks_at(rule)
    ]
    if problems:
        raise SettingsError(f"{'; '.join(problems)}.")
    return choice


def _lines(plan: CleaningPlan, choice: Choice, deleted: bool) -> Iterator[str]:
    yield f"{'deleted' if deleted else 'may go':17}{'objects':>9}{'GB':>9}  {'oldest':10}  why"
    for part in plan.parts:
        yield from wrapped(_line(part, choice), indent=_WHY_COLUMN)
    yield from ("", f"{'kept':17}{'objects':>9}{'GB':>9}")
    for place, objects in sorted(plan.kept_objects.items()):
        yield f"{place:17}{objects:>9,}{plan.kept_bytes[place] / _GB:>9.3f}"
    yield from _unknown_lines(plan)
    yield from ("", _last_line(plan, deleted))


def _line(part: Part, choice: Choice) -> str:
    oldest = "" if part.oldest_s is None else f"{dt.datetime.fromtimestamp(part.oldest_s, dt.UTC):%Y-%m-%d}"
    size = f"{part.size_bytes / _GB:>9.3f}"
    days = choice.days_of(part.rule)
    why = f"after {days} {'day' if days == 1 else 'days'}: {part.rule.why}"
    return f"{part.rule.kind:17}{len(part.objects):>9,}{size}  {oldest:10}  {why}"


def _unknown_lines(plan: CleaningPlan) -> Iterator[str]:
    if not plan.unknown:
        return
    yield from ("", f"unknown, never deleted: {len(plan.unknown):,} objects that Ownvoice does not write")
    for key in plan.unknown[:_SHOWN_UNKNOWN]:
        yield from wrapped(f"  {key}", indent=4)
    if len(plan.unknown) > _SHOWN_UNKNOWN:
        yield f"  and {len(plan.unknown) - _SHOWN_UNKNOWN:,} more: --json lists them"


def _last_line(plan: CleaningPlan, deleted: bool) -> str:
    objects = sum(len(part.objects) for part in plan.parts)
    size_gb = sum(part.size_bytes for part in plan.parts) / _GB
    if deleted:
        return f"{objects:,} objects, {size_gb:.3f} GB, were deleted"
    if not objects:
        return "nothing may go"
    return f"nothing was changed: `ownvoice clean --delete` deletes {objects:,} objects, {size_gb:.3f} GB"


def _as_json(plan: CleaningPlan, choice: Choice, deleted: bool) -> dict[str, Any]:
    return {
        "deleted": deleted,
        "kinds": [_part_as_json(part, choice) for part in plan.parts],
        "kept": {
            place: {"objects": objects, "bytes": plan.kept_bytes[place]}
            for place, objects in sorted(plan.kept_objects.items())
        },
        "unknown": plan.unknown,
    }


def _part_as_json(part: Part, choice: Choice) -> dict[str, Any]:
    oldest = None if part.oldest_s is None else dt.datetime.fromtimestamp(part.oldest_s, dt.UTC).isoformat()
    return {
        "kind": part.rule.kind,
        "objects": len(part.objects),
        "bytes": part.size_bytes,
        "oldest": oldest,
        "days": choice.days_of(part.rule),
        "why": part.rule.why,
        "keys": [one.key for one in part.objects],
    }
