"""Every key of the lake is spelled in one place, and none can leave its folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ownvoice
from ownvoice.storage import (
    answer_job_keys,
    explored_keys,
    feedback_keys,
    layout,
    remedies,
    review_keys,
    run_keys,
    takedown_keys,
)

PACKAGE = Path(ownvoice.__file__).parent
FOLDERS = (
    "originals|answers|tables|runs|batch_api|sketches|passages|readings|too_long|evaluation|verified|hub|probe|"
    "champions|reviews|takedowns|tombstones|feedback|imports|explored"
)
SPELLED = re.compile(
    rf"""f?["'](?:(?:{FOLDERS})/[^ ]*|\{{[^{{}}]*folder\}}/[a-z_]+\.(?:json|jsonl|parquet|html|txt))["']"""
)


SPELLING = {
    Path(one.__file__)
    for one in (
        *(layout, run_keys, remedies, answer_job_keys),
        *(review_keys, feedback_keys, takedown_keys, explored_keys),
    )
}


@pytest.mark.parametrize("module", [path for path in PACKAGE.rglob("*.py") if path not in SPELLING], ids=str)
def test_no_other_module_spells_a_key_of_the_lake(module):
    indexes_its_own_folder = module.name == "sketch_index.py"
    assert indexes_its_own_folder or SPELLED.findall(module.read_text()) == []
