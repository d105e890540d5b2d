"""The report of a refresh is read as it was written; an older one is read too, and a broken one is a sentence."""

from __future__ import annotations

import pytest

from ownvoice.dataset.refresh_report import RefreshReport, find_report
from ownvoice.errors import StorageError
from ownvoice.storage.run_keys import RunKeys
from stand_ins.reports import report_with

LATER_FIELDS = {"store", "left_out", "faults", "chunks_by_requests", "retries", "instruction_kinds", "audits"}


def write(lake, stored, run_id="night"):
    lake.write_json(RunKeys(run_id).report, stored)


def test_a_report_is_read_as_it_was_written(night):
    lake, report = night
    assert find_report(lake, "night") == RefreshReport.model_validate(report.model_dump(mode="json"))
    assert lake.read_json(RunKeys("night").report) == report.model_dump(mode="json")


def test_the_report_of_an_earlier_ownvoice_lacks_what_it_did_not_know(lake):
    stored = report_with().model_dump(mode="json")
    write(lake, {name: value for name, value in stored.items() if name not in LATER_FIELDS})
    assert find_report(lake, "night") == report_with()


def test_a_field_of_a_later_ownvoice_is_ignored(lake):
    write(lake, report_with().model_dump(mode="json") | {"new": 1})
    assert find_report(lake, "night") == report_with()


def test_a_report_that_cannot_be_read_names_the_field_and_what_to_do(lake):
    write(lake, report_with().model_dump(mode="json") | {"chunks": {"total": "many"}})
    with pytest.raises(StorageError, match=r"field chunks\.total.*Clear write_report"):
        find_report(lake, "night")


def test_another_run_or_a_training_run_is_no_refresh(lake):
    write(lake, report_with(run_id="a:b").model_dump(mode="json"), "a:b")
    assert find_report(lake, "a-b") is None, "both ids have the same key"
    write(lake, {"run_id": "training", "result": {}}, "training")
    assert find_report(lake, "training") is None
    assert find_report(lake, "nowhere") is None
