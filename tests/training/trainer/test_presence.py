"""A trainer gives signs of life while it works, and stops where it is cancelled or another has taken its run over."""

from __future__ import annotations

import datetime as dt
import signal
import time

import pytest

from ownvoice.errors import StoppedError
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.awaited import Awaited, cancel, write_awaited
from ownvoice.training.claim import Pace, newest_claim
from ownvoice.training.trainer.presence import present
from ownvoice.training.trainer.stop import Stop

KEYS = RunKeys("a-training")
SHORT = Pace(beat_s=0.02, lapses_s=0.5)
NOW = dt.datetime.now(dt.UTC)
AWAITED = Awaited(waiting_id="one", since=NOW, until=NOW + dt.timedelta(hours=1), command="python")


@pytest.fixture
def stop():
    before = signal.getsignal(signal.SIGTERM)
    yield Stop()
    signal.signal(signal.SIGTERM, before)


def until(look):
    give_up = time.monotonic() + 10
    while not look():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_each_sign_of_life_says_how_far_it_is_and_the_last_one_gives_the_run_back(lake, stop):
    with present(lake, KEYS, stop, SHORT) as presence:
        presence.last_said = lambda: "step 3/40: loss 0.66"
        until(lambda: newest_claim(lake, KEYS).said == "step 3/40: loss 0.66")
        assert not newest_claim(lake, KEYS).is_over
    assert newest_claim(lake, KEYS).is_released


def test_a_run_that_fails_gives_its_run_back_too(lake, stop):
    with pytest.raises(ZeroDivisionError), present(lake, KEYS, stop, SHORT):
        raise ZeroDivisionError
    assert newest_claim(lake, KEYS).is_released


def test_cancelled_while_it_trains_it_stops_after_the_step_and_does_not_start_again(lake, stop):
    write_awaited(lake, KEYS, AWAITED)
    with present(lake, KEYS, stop, SHORT, is_awaited=True), stop.after_the_step():
        cancel(lake, KEYS, "its task was cancelled", "one")
        until(lambda: stop.requested)
    assert stop.reason == "its task was cancelled"
    with pytest.raises(StoppedError, match="its task was cancelled. Clear its task in Airflow first"):
        present(lake, KEYS, Stop(), SHORT, is_awaited=True).__enter__()
    write_awaited(lake, KEYS, AWAITED.model_copy(update={"waiting_id": "two"}))
    cancel(lake, KEYS, "a wait that is over already", "one")
    with present(lake, KEYS, Stop(), SHORT, is_awaited=True):
        pass  # awaited again, it starts


def test_a_wait_elsewhere_that_was_cancelled_stops_no_trainer_that_a_pod_or_a_process_starts_since(lake, stop):
    write_awaited(lake, KEYS, AWAITED)
    cancel(lake, KEYS, "its task was cancelled")
    with present(lake, KEYS, stop, SHORT) as presence:
        presence.beat(stop)
    assert not stop.requested


def test_cancelled_outside_the_training_it_stops_at_once(lake, stop):
    write_awaited(lake, KEYS, AWAITED)
    with pytest.raises(StoppedError, match="its task was cancelled"), present(lake, KEYS, stop, SHORT, is_awaited=True):
        cancel(lake, KEYS, "its task was cancelled")
        time.sleep(10)


def test_taken_over_by_another_it_stops_and_leaves_what_is_the_others_alone(lake, stop):
    with present(lake, KEYS, stop, SHORT) as presence, stop.after_the_step():
        mine = newest_claim(lake, KEYS)
        theirs = mine.model_copy(update={"claim_id": "theirs", "number": mine.number + 1, "host": "gpu-box"})
        lake.write_json(KEYS.claim(theirs.number), theirs.model_dump())
        until(lambda: stop.requested)
        assert presence.is_lost
    assert newest_claim(lake, KEYS) == theirs


def test_a_file_that_says_nothing_stops_nobody(lake, stop):
    lake.store.write(KEYS.awaited, b"{")
    with present(lake, KEYS, stop, SHORT, is_awaited=True) as presence:
        presence.beat(stop)
    assert not stop.requested
