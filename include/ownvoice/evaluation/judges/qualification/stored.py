"""Qualifications in the lake, and the one question that all who use verdicts ask: which judges count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ownvoice.config.judges import Judge
from ownvoice.errors import DamagedError
from ownvoice.evaluation.judges.qualification.record import Qualification
from ownvoice.storage.conditions import all_of, equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.layout import qualification_key, qualifications_key


class LeftOut(NamedTuple):
    """A judge whose verdicts do not count, and why, with what to do: one sentence or more."""

    judge: Judge
    why: str


class Qualified(NamedTuple):
    """Of a panel the judges that count, and those that do not."""

    counting: list[Judge]
    left_out: list[LeftOut]


def write_qualification(lake: Lake, found: Qualification) -> None:
    """Keep what was measured of a judge on a dataset version, in the place of an earlier one of both."""
    key = qualification_key(found.judge_id, found.dataset_version)
    lake.write_json(key, found.model_dump(mode="json"))


def qualification_of(lake: Lake, judge: Judge, version: int | None = None) -> Qualification | None:
    """Return the newest qualification of a judge, or that on a dataset version; None where it has none.

    A judge with another model, prompt, prompt version or revision is another judge and has none. One whose endpoint
    has since answered with another model counts no more: see `qualified`. Raises `DamagedError`.
    """
    keys = [stored.key for stored in lake.store.objects(qualifications_key(judge.judge_id))]
    if version is not None:
        keys = [key for key in keys if key == qualification_key(judge.judge_id, version)]
    found = (lake.read_record(key, Qualification.model_validate) for key in keys)
    return max((one for one in found if one), key=lambda one: one.at, default=None)


def qualified(lake: Lake, panel: Sequence[Judge]) -> Qualified:
    """Return which judges of a panel count: those that were qualified, are not excluded and are the same model still.

    A qualification that cannot be read leaves its judge out and stops nothing.
    """
    whys = [(judge, why_not(lake, judge)) for judge in panel]
    return Qualified([judge for judge, why in whys if not why], [LeftOut(judge, why) for judge, why in whys if why])


def why_not(lake: Lake, judge: Judge) -> str:
    """Return why a judge does not count; empty where it does."""
    try:
        found = qualification_of(lake, judge)
    except DamagedError as error:
        return str(error)
    if found is None:
        return (
            f"{judge.name} ({judge.judge_id}) was never qualified as it is now: run `ownvoice judges qualify`, and "
            "again whenever its model, prompt or revision changes."
        )
    if not found.counts:
        return " ".join(found.reasons)
    if found.judge.family != judge.family:
        return (
            f"{judge.name} was qualified as one of the family {found.judge.family} and is called {judge.family} now: "
            "run `ownvoice judges qualify`, since its liking for its own family is measured by that name."
        )
    if others := _answered_since(lake, found):
        return (
            f"{judge.name} was qualified when {', '.join(found.answered_by) or 'a model without a name'} answered, and "
            f"{', '.join(others)} answers now: set its `revision` to that name and run `ownvoice judges qualify`."
        )
    return ""


def _answered_since(lake: Lake, found: Qualification) -> list[str]:
    """Return the models that answered as this judge later and not while it was qualified."""
    later = f"at > '{found.at.isoformat()}'"
    where = all_of(equals(judge_id=found.judge_id), later, "answered_by <> ''")
    rows = scan(lake.table("judgements"), "DISTINCT answered_by", where)
    names = {name for batch in rows for name in batch["answered_by"].to_pylist()}
    return sorted(names.difference(found.answered_by))
