"""Each run has a folder of its own, and no file of it can leave that folder."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.storage.run_keys import RunKeys


@given(st.lists(st.text(alphabet="ab./-: ", min_size=1), min_size=2, max_size=2, unique=True))
def test_runs_of_dags_share_no_folder_however_alike_their_ids_are(run_ids):
    one, other = (RunKeys(f"dag/{run_id}") for run_id in run_ids)
    assert one.folder != other.folder


def test_a_run_s_folder_can_be_read_and_found_by_its_name():
    keys = RunKeys("refresh_preferences/scheduled__2026-11-28T02:00:00+00:00")
    assert keys.name.startswith("refresh_preferences.scheduled__2026-11-28T02-00-00-00-00.")
    assert RunKeys(keys.name).folder == keys.folder
    assert len(RunKeys("d" * 250 + "/" + "r" * 250).name) < 250


def test_a_run_of_before_ids_named_their_dag_keeps_its_folder():
    assert RunKeys("manual__2026-11-01T10:00:00+00:00").folder == "runs/manual__2026-11-01T10-00-00-00-00"


@given(st.text())
def test_a_run_s_files_lie_in_its_own_folder_whatever_its_id_is(run_id):
    keys = RunKeys(run_id)
    assert re.fullmatch(r"runs/[A-Za-z0-9_-]?[A-Za-z0-9._-]*", keys.folder)
    names = [value for value in vars(keys).values() if value != keys.name]
    assert all(name.startswith(("runs/", f"batch_api/open/{keys.name}")) for name in names)
    assert len(set(names)) == len(names), "no two files share a key"
