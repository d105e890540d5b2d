"""What becomes of an object that holds something of what is withdrawn, by what the object is. The one table of it.

Every place of the lake is named here, and every kind of file of a run: a test fails where the layout has one more.
"""

from __future__ import annotations

from enum import StrEnum

from ownvoice.retention import places
from ownvoice.retention.places import known_as
from ownvoice.storage.run_keys import STAGES
from ownvoice.storage.takedown_keys import TAKEDOWNS, TOMBSTONES, WITHDRAWN


class Treatment(StrEnum):
    """What is done with an object that holds something."""

    DELETE = "deleted"  # it is about this text alone, or is made again where it is missing
    REWRITE = "rewritten"  # it is about other texts too, and keeps these
    TABLES = "by commit"  # the tables' own steps take the rows out
    MODEL = "model"  # weights: a person decides, nothing can be searched for in them
    ON_PURPOSE = "on purpose"  # the takedown's own record, which names what it took
    UNKNOWN = "unknown"  # nothing that Ownvoice wrote, so nothing that it may change


_BY_PLACE = {
    places.ORIGINALS: Treatment.DELETE,
    places.ANSWERS: Treatment.DELETE,
    places.LEASE: Treatment.REWRITE,
    places.PROBES: Treatment.DELETE,
    places.OPEN_JOBS: Treatment.REWRITE,
    places.TABLE_FILE: Treatment.TABLES,
    places.TABLE_LOG: Treatment.TABLES,
    places.TABLE_TEMPORARY: Treatment.TABLES,
    places.INDEXES: Treatment.REWRITE,
    places.EXPLORED: Treatment.DELETE,
    places.RECORDS: Treatment.REWRITE,
}

# By the first part of a key below a run's folder. A file of many articles is rewritten; `told` is a marker.
_BY_RUN_PART = dict.fromkeys(
    (
        *("run.json", "listing.json", "changes.parquet", "retried.json", "boilerplate.json", "left_out.json"),
        *("plan.json", "plan", "outcomes", *STAGES, "augmented", "judged", "spending", "report.json", "batch_api"),
        *("recipe.json", "result.json", "log.txt", "metrics.jsonl", "samples.json", "publication.json"),
        *("variants.json", "comparison.json", "claims", "awaited.json", "style.json", "style_answers.parquet"),
        *("quality.json", "promotion.json", "answering", "mixture.parquet", "learning_curve.json"),
    ),
    Treatment.REWRITE,
) | {
    "told": Treatment.DELETE,
    "report.html": Treatment.DELETE,
    "curves.svg": Treatment.DELETE,
    "learning_curve.svg": Treatment.DELETE,
    "checkpoints": Treatment.MODEL,
    "adapter": Treatment.MODEL,
    "merged": Treatment.MODEL,
}

_ITS_OWN = tuple(f"{folder}/" for folder in (TAKEDOWNS, TOMBSTONES, WITHDRAWN))


def treatment_of(key: str) -> Treatment:
    """Return what is done with the object under a key, if it holds something."""
    if key.startswith(_ITS_OWN):
        return Treatment.ON_PURPOSE
    known = known_as(key)
    if known is None:
        return Treatment.UNKNOWN
    if known.place == places.RUN:
        return _BY_RUN_PART.get(known.part.partition("/")[0], Treatment.REWRITE)
    return _BY_PLACE[known.place]
