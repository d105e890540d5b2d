"""The table of judges and people from a lake: judgements, qualifications, and the answers of every round of review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ownvoice.config.judges import Judge
from ownvoice.errors import DamagedError
from ownvoice.evaluation.judges.qualification.record import Qualification
from ownvoice.evaluation.judges.qualification.stored import why_not
from ownvoice.evaluation.judges.table import read_judgements
from ownvoice.reports.raters import Known, RaterTable, rater_table
from ownvoice.reviewing.answers import answers_of
from ownvoice.reviewing.raters import Reviewed, reviewed
from ownvoice.reviewing.sample import read_sample, rounds
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import JUDGES, qualifications_key

_OF_PAIRS = "pair_id <> '' AND NOT is_control"


def read_rater_table(lake: Lake, panel: Sequence[Judge], faults: list[str]) -> RaterTable:
    """Return the table; what cannot be read adds a sentence to `faults` and is left out."""
    found = [qualifications_of(lake, judge_id, faults) for judge_id in lake.store.folders(JUDGES)]
    newest = {several[0].judge_id: several[0] for several in found if several}
    judges = {one.judge_id: one for one in [*(each.judge for each in newest.values()), *panel]}
    known = [Known(one, newest.get(judge_id), why_not(lake, one)) for judge_id, one in judges.items()]
    oldest_first = reversed(rounds(lake, faults))
    given = [one for each in oldest_first for one in _reviewed(lake, each.round, faults)]
    return rater_table(read_judgements(lake, _OF_PAIRS), known, given)


def qualifications_of(lake: Lake, judge_id: str, faults: list[str]) -> list[Qualification]:
    """Return what was measured of a judge on each dataset version, the newest first."""
    found: list[Qualification] = []
    for stored in lake.store.objects(qualifications_key(judge_id)):
        try:
            one = lake.read_record(stored.key, Qualification.model_validate) if stored.key.endswith(".json") else None
            found += [one] if one else []
        except DamagedError as error:
            faults.append(str(error))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _reviewed(lake: Lake, round_name: str, faults: list[str]) -> Iterator[Reviewed]:
    try:
        yield from reviewed(read_sample(lake, round_name), answers_of(lake, round_name, None, faults))
    except DamagedError as error:
        faults.append(str(error))
