"""The generate step in batch mode: what it hands on, and when it fails."""

from __future__ import annotations

import pytest

from ownvoice.errors import ModelUnavailableError
from ownvoice.llm.batch.waiting import BatchJobsRunningError
from ownvoice.llm.client import ModelAccess
from ownvoice.triples.generate import generate_batch
from stand_ins.night import Night


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    offline_model.batch_jobs.hold = True
    return night


@pytest.fixture
def generate(lake, offline_model):
    access = ModelAccess(offline_model.base_url, offline_model.api_key)
    return lambda run_id: generate_batch(lake, run_id, "batch-0000", lambda _: access)


@pytest.fixture
def batch_id(night, generate):
    night.list_and_plan("monday", mode="batch")
    with pytest.raises(BatchJobsRunningError) as running:
        generate("monday")
    (batch_id,) = running.value.batch_ids
    return batch_id


def test_counts_and_outcomes_are_told_once_the_batch_has_ended(batch_id, generate, offline_model):
    offline_model.batch_jobs.end(batch_id, "completed")
    asked = offline_model.requests_served
    assert generate("monday") == {"answered": asked}
    assert generate("monday") == {"answered": asked}, "repeated, it says the same"


def test_a_batch_that_expired_with_little_done_is_tried_again(batch_id, generate, offline_model):
    offline_model.batch_jobs.end(batch_id, "expired", answered=1)
    with pytest.raises(ModelUnavailableError, match="batch_expired"):
        generate("monday")
    with pytest.raises(BatchJobsRunningError):
        generate("monday")
    assert set(offline_model.batch_jobs.billed.values()) == {1}


def test_a_batch_that_somebody_cancelled_is_left_for_another_night(batch_id, generate, offline_model):
    offline_model.batch_jobs.end(batch_id, "cancelled", answered=1)
    counts = generate("monday")
    assert counts["answered"] == 1
    assert counts["deferred"] > 1
    assert len(offline_model.batch_jobs.jobs) == 1


def test_a_realtime_night_waits_for_a_batch_that_was_left_behind(night, batch_id, generate, offline_model):
    asked = offline_model.requests_served
    night.list_and_plan("tuesday", mode="realtime")
    with pytest.raises(BatchJobsRunningError):
        generate("tuesday")
    offline_model.batch_jobs.end(batch_id, "completed")
    assert generate("tuesday") == {"reused": asked}
    assert offline_model.requests_served == asked
