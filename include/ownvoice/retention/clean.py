"""Deleting what a plan lets go, while this process holds the lake."""

from __future__ import annotations

import datetime as dt

from ownvoice.errors import StorageError
from ownvoice.retention.plan import Choice, CleaningPlan, plan_cleaning
from ownvoice.retention.rules import UNFINISHED
from ownvoice.storage.lake import Lake
from ownvoice.storage.lease import held_by_process


def clean(lake: Lake, choice: Choice, now: dt.datetime) -> CleaningPlan:
    """Delete what may go, and return what was deleted. After a kill, the next call deletes the rest.

    Raises `LakeHeldError` where a run holds the lake, and `StorageError` where the store refuses a deletion.
    """
    with held_by_process(lake, f"clean-{now:%Y%m%dT%H%M%SZ}"):
        plan = plan_cleaning(lake, choice, now)
        _delete(lake, plan)
    return plan


def _delete(lake: Lake, plan: CleaningPlan) -> None:
    deleted = 0
    for part in plan.parts:
        remove = lake.store.discard if part.rule is UNFINISHED else None
        for one in part.objects:
            try:
                remove(one) if remove else lake.store.delete(one.key)
            except StorageError as error:
                raise StorageError(
                    f"{error} {deleted:,} objects were deleted before that, and nothing that anything needs: run "
                    "`ownvoice clean --delete` again."
                ) from None
            deleted += 1
