"""One run at a time holds a lake; what was killed holds it for a while at most."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import subprocess
import sys
import threading

import pytest

from ownvoice.errors import LakeHeldError
from ownvoice.storage.layout import lease_key
from ownvoice.storage.lease import current_lease, held_by_process, held_by_step, release_lease, take_lease


def test_a_second_run_is_told_who_holds_the_lake_and_until_when(lake):
    lease = take_lease(lake, "first")
    with pytest.raises(LakeHeldError, match="held by run first") as refused:
        take_lease(lake, "second")
    assert lease.host in str(refused.value)
    assert lease.expires_at[:19] in str(refused.value)


def test_the_run_that_holds_it_takes_it_again_and_never_for_a_shorter_time(lake):
    long = take_lease(lake, "first", lease_s=86_400)
    assert take_lease(lake, "first").expires_at == long.expires_at
    assert current_lease(lake).number == 1


@pytest.mark.parametrize("end", ["released", "expired", "damaged"])
def test_a_lake_that_nobody_holds_any_more_is_free(lake, end):
    take_lease(lake, "first", lease_s=-1 if end == "expired" else 900)
    if end == "released":
        release_lease(lake, "first")
    if end == "damaged":
        lake.store.write(lease_key(1), b'{"number": 1, "run')
    assert take_lease(lake, "second").number == 2
    assert [found.key for found in lake.store.objects("lease")] == [lease_key(2)]


def test_a_run_does_not_release_what_another_holds(lake):
    take_lease(lake, "first")
    release_lease(lake, "second")
    with pytest.raises(LakeHeldError):
        take_lease(lake, "second")


def test_a_process_that_died_on_this_machine_holds_nothing(lake):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    take_lease(lake, "killed", process=int(dead.stdout))
    assert take_lease(lake, "next").run_id == "next"


def test_a_process_that_lives_holds_it_and_one_of_another_machine_is_believed(lake):
    take_lease(lake, "alive", process=os.getppid())
    with pytest.raises(LakeHeldError, match=f"process {os.getppid()}"):
        take_lease(lake, "next")
    record = lake.read_json(lease_key(1))
    lake.write_json(lease_key(1), record | {"host": "elsewhere", "process": 2**22 + 1})
    with pytest.raises(LakeHeldError, match="elsewhere"):
        take_lease(lake, "next")


def test_of_many_that_take_a_free_lake_at_once_one_gets_it(lake):
    start, won = threading.Barrier(8), []

    def take(run_id):
        start.wait()
        with contextlib.suppress(LakeHeldError):
            won.append(take_lease(lake, run_id).run_id)

    racers = [threading.Thread(target=take, args=(f"run-{number}",)) for number in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(won) == 1


def test_a_step_leaves_the_lake_held_for_the_next_step_and_a_process_gives_it_back(lake):
    with held_by_step(lake, "nightly"):
        pass
    with pytest.raises(LakeHeldError):
        take_lease(lake, "other")
    release_lease(lake, "nightly")
    with pytest.raises(ZeroDivisionError), held_by_process(lake, "by hand"):
        raise ZeroDivisionError
    assert take_lease(lake, "other").run_id == "other"


def test_a_lease_is_renewed_while_its_step_works(lake, monkeypatch):
    monkeypatch.setattr("ownvoice.storage.lease.LEASE_S", 0.05)
    with held_by_step(lake, "slow"):
        first = current_lease(lake)
        while current_lease(lake).expires_at == first.expires_at:
            pass
    assert dt.datetime.fromisoformat(current_lease(lake).expires_at) > dt.datetime.fromisoformat(first.expires_at)


def test_a_process_that_lost_the_lake_hears_of_it_before_it_commits(lake):
    with held_by_process(lake, "stalled") as still_held:
        expired = lake.read_json(lease_key(1)) | {"expires_at": "2026-01-01T00:00:00+00:00"}
        lake.write_json(lease_key(1), expired)
        take_lease(lake, "faster")
        with pytest.raises(LakeHeldError, match="faster"):
            still_held()
