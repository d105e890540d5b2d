"""What a key of the lake is, read back from the layout: the place it belongs to, or nothing that Ownvoice writes. Pure.

A key that no pattern takes is unknown: somebody else put it there, and nothing here may delete it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ownvoice.storage import explored_keys, feedback_keys, import_keys, layout, takedown_keys
from ownvoice.storage.run_keys import STAGES, RunKeys
from ownvoice.storage.tables import PARTITIONS, TABLES

ORIGINALS, ANSWERS, LEASE, PROBES, OPEN_JOBS = "originals", "answers", "lease", "probes", "open batch jobs"
RUN, TABLE_FILE, TABLE_LOG, TABLE_TEMPORARY = "runs", "tables", "table logs", "table temporaries"
INDEXES, RECORDS, EXPLORED = "indexes", "records", "explored"

_A_RUN = RunKeys("a-run")
# The first part of every key below a run's folder: its files and, of its kinds of files, the folders.
_RUN_PARTS = {
    key.removeprefix(f"{_A_RUN.folder}/").split("/")[0]
    for key in (
        *vars(_A_RUN).values(),
        *(_A_RUN.planned(""), _A_RUN.augmented(""), *map(_A_RUN.stage, STAGES), _A_RUN.judged("")),
        *(_A_RUN.spending(""), _A_RUN.told("", 0), _A_RUN.learning_curve("json"), _A_RUN.learning_curve("svg")),
    )
    if key.startswith(f"{_A_RUN.folder}/")
}


def _folder(*keys: str) -> str:
    """Return a pattern of the first folders of these keys."""
    return "|".join(re.escape(key.partition("/")[0]) for key in keys)


_TABLE = rf"{layout.TABLES}/(?P<table>{'|'.join(TABLES)})"
_PARTITION = rf"(?:(?:{'|'.join(sorted({name for names in PARTITIONS.values() for name in names}))})=[^/]+/)*"
_INDEXES = _folder(
    layout.sketches_key(""),
    layout.grams_key(""),
    layout.passages_key("", ""),
    layout.reading_key("", ""),
    layout.too_long_key(""),
    layout.route_key(""),
    layout.evaluation_key(""),
    layout.REFUSED,
)

_PATTERNS = {
    ORIGINALS: rf"{_folder(layout.original_key(''))}/[0-9a-f]{{64}}",
    ANSWERS: rf"{_folder(layout.answer_key('', 0))}/(?P<request>[0-9a-f]+)/\d+\.json",
    RUN: rf"{layout.RUNS}/(?P<run>[^/]+)/(?P<part>(?:{'|'.join(map(re.escape, sorted(_RUN_PARTS)))})(?:/.+)?)",
    TABLE_FILE: rf"{_TABLE}/(?P<part>{_PARTITION}part-[^/]+\.parquet)",
    TABLE_LOG: rf"{_TABLE}/_delta_log/(?:\d{{20}}\.(?:json|checkpoint\S*\.parquet)|_last_checkpoint)",
    TABLE_TEMPORARY: rf"{_TABLE}/_delta_log/_commit_[^/]+\.tmp",
    LEASE: rf"{layout.LEASES}/\d+\.json",
    PROBES: rf"{_folder(layout.probe_key(''))}/[0-9a-f]{{32}}",
    OPEN_JOBS: rf"{layout.OPEN_BATCH_JOBS}/(?P<run>[^/]+)/[^/]+\.json",
    INDEXES: rf"(?:{_INDEXES})/.+|{re.escape(layout.LANGUAGES)}",
    EXPLORED: rf"{explored_keys.EXPLORED}/\d+/map\.json",
    RECORDS: (
        rf"{re.escape(layout.CURSOR)}|{re.escape(layout.PROBE)}|(?:{layout.PUSHES}|{layout.CHAMPIONS})/.+/\d+\.json|"
        rf"{layout.CHAMPIONS}/.+/commits/[0-9a-f]+\.json|{_folder(layout.verification_key(0))}/\d+\.json|"
        rf"{layout.REVIEWS}/[^/]+/(?:[a-z]+\.(?:json|parquet)|answers/[0-9a-f]+/[0-9a-f]+/\d+\.json)|"
        rf"{feedback_keys.FEEDBACK_SALT}|{feedback_keys.WITHDRAWN}/[0-9a-f]+\.json|"
        rf"{feedback_keys.ROUNDS}/\d+/(?:[a-z]+\.json|[0-9a-f]+-[a-z]+\.parquet)|{layout.IDENTITY}/[0-9a-f]+\.jsonl|"
        rf"{import_keys.IMPORTS}/[^/]+/[a-z]+\.(?:json|parquet)|"
        rf"{takedown_keys.TOMBSTONES}/.+|{takedown_keys.WITHDRAWN}/[^/]+\.json|"
        rf"{takedown_keys.TAKEDOWNS}/[0-9a-f]+/[a-z]+\.(?:json|runs)|"
        rf"{layout.JUDGES}/(?:[0-9a-f]+/version-\d+\.json|controls/version-\d+-[a-z]+\.parquet)"
    ),
}
_COMPILED = {place: re.compile(pattern) for place, pattern in _PATTERNS.items()}


class Known(NamedTuple):
    """The place of a key; `run` is the name of a run's folder, `part` what follows it there or in a table's folder."""

    place: str
    run: str = ""
    table: str = ""
    part: str = ""
    request: str = ""


def known_as(key: str) -> Known | None:
    """Return what a key is; None where Ownvoice writes no such key."""
    for place, pattern in _COMPILED.items():
        if match := pattern.fullmatch(key):
            return Known(place, **match.groupdict())
    return None
