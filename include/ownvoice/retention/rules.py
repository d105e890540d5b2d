"""What may be deleted, and when: one rule a kind, with the age that it needs by default. The one list of them."""

from __future__ import annotations

from dataclasses import dataclass

MIN_AGE_DAYS = 1
"""Nothing younger is deleted, whatever a rule or an option says: whoever wrote it may still be at work."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of objects that may go once they are `days` old, and `why` nothing needs them then.

    `days` is how long the object, or the whole run where `of_run` is set, has not been written to. `by_option` names
    the option without which the kind is kept.
    """

    kind: str
    days: int
    why: str
    of_run: bool = False
    by_option: str = ""


CHECKPOINTS = Rule("checkpoints", 7, "the training has ended; adapter and merged model are kept", of_run=True)
STOPPED = Rule("stopped trainings", 30, "checkpoints of a training that nobody went on with", of_run=True)
MERGED = Rule("merged models", 30, "never published, no champion, no newest, no base; the adapter is kept", of_run=True)
ABANDONED = Rule("abandoned runs", 30, "a refresh that neither committed nor reported", of_run=True)
BATCH_FILES = Rule("batch files", 30, "requests of batch jobs whose answers are stored")
TABLE_FILES = Rule("table files", 7, "no version names them: a writer was killed, or its commit lost")
OLD_VERSIONS = Rule(
    "old versions", 30, "only versions older than those kept name these files", by_option="--keep-versions"
)
UNFINISHED = Rule("unfinished writes", 1, "a writer was killed; no reader sees them")
LEASES = Rule("leases", 1, "a later lease counts")
PROBES = Rule("probes", 1, "left by a test of the store that was killed")
ANSWERS = Rule(
    "answers",
    180,
    "paid for, of removed articles, behind no pair of any version and no judgement",
    by_option="--answers",
)

RULES = (
    *(CHECKPOINTS, STOPPED, MERGED, ABANDONED, BATCH_FILES),
    *(TABLE_FILES, OLD_VERSIONS, UNFINISHED, LEASES, PROBES, ANSWERS),
)
