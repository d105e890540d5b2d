"""Every place of the lake, and every kind of file of a run, has a treatment: the layout cannot grow without one."""

from __future__ import annotations

import pytest

from ownvoice.retention import places
from ownvoice.storage import takedown_keys
from ownvoice.storage.run_keys import STAGES, RunKeys
from ownvoice.takedown.scrub import treatments
from ownvoice.takedown.scrub.treatments import Treatment, treatment_of

RUN = RunKeys("night")
FILES = [key for key in vars(RUN).values() if key.startswith(f"{RUN.folder}/")]
KINDS = [
    *(RUN.staged(stage, "batch-0", "pairs") for stage in STAGES),
    *(RUN.planned("batch-0"), RUN.augmented("batch-0"), RUN.outcomes("batch-0"), RUN.judged("batch-0")),
    *(RUN.spending("task"), RUN.told("task", 0), RUN.learning_curve("json"), RUN.learning_curve("svg")),
    *(RUN.batch_job("job"), RUN.request_file("a" * 64), RUN.claim(1), f"{RUN.checkpoint(5)}/trainer_state.json"),
    RUN.answer_job("job").answers,
]


@pytest.mark.parametrize("key", [*FILES, *KINDS])
def test_every_file_of_a_run_has_a_treatment(key: str) -> None:
    assert treatment_of(key) not in (Treatment.UNKNOWN, Treatment.TABLES)


def test_every_part_of_a_run_and_every_place_is_named_and_no_other() -> None:
    assert set(treatments._BY_RUN_PART) == places._RUN_PARTS
    assert {*treatments._BY_PLACE, places.RUN} == set(places._PATTERNS)


def test_what_a_takedown_writes_itself_is_told_apart() -> None:
    keys = vars(takedown_keys.TakedownKeys("0" * 16)).values()
    assert {treatment_of(key) for key in keys if "." in key} == {Treatment.ON_PURPOSE}
    assert treatment_of(takedown_keys.tombstone_key("0" * 16)) is Treatment.ON_PURPOSE


def test_what_ownvoice_did_not_write_is_not_touched() -> None:
    assert treatment_of("notes/of-ours.txt") is Treatment.UNKNOWN
    assert treatment_of("runs/night/notes.txt") is Treatment.UNKNOWN
