"""One trainer at a time works on a run, and one that vanished blocks nobody for long."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from ownvoice.errors import RunHeldError
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.claim import Pace, newest_claim, renew_claim, take_claim

KEYS = RunKeys("a-training")
SHORT = Pace(beat_s=0.05, lapses_s=0.5)


def elsewhere(lake, **changed):
    """Let the claim that counts be that of another machine."""
    claim = newest_claim(lake, KEYS).model_copy(update={"machine": "another", "host": "gpu-box", **changed})
    lake.write_json(KEYS.claim(claim.number), claim.model_dump())
    return claim


def test_a_run_that_nobody_works_on_is_taken_at_once(lake):
    first = take_claim(lake, KEYS, SHORT)
    assert renew_claim(lake, KEYS, first, "done", is_released=True)
    second = take_claim(lake, KEYS, SHORT)
    assert (first.number, second.number) == (1, 2)
    assert [found.key for found in lake.store.objects(KEYS.claims)] == [KEYS.claim(2)], "old ones are forgotten"


def test_a_trainer_that_shows_life_refuses_a_second_one_and_is_named(lake):
    take_claim(lake, KEYS, SHORT)
    theirs = elsewhere(lake)
    over = threading.Event()

    def live():
        while not over.wait(SHORT.beat_s):
            renew_claim(lake, KEYS, theirs, "step 7/40: loss 0.61")

    thread = threading.Thread(target=live)
    thread.start()
    try:
        with pytest.raises(RunHeldError, match=r"worked on by gpu-box, process \d+.*step 7/40.*it resumes"):
            take_claim(lake, KEYS, SHORT)
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("clock", ["1999-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"])
def test_a_trainer_that_gives_no_sign_is_followed_whatever_its_clock_says(lake, clock):
    take_claim(lake, KEYS, SHORT)
    gone = elsewhere(lake, beat_at=clock)
    taken = take_claim(lake, KEYS, SHORT)
    assert taken.number == gone.number + 1
    assert not renew_claim(lake, KEYS, gone, "back again"), "the one that was followed is told so"
    assert newest_claim(lake, KEYS) == taken


def test_a_process_that_died_on_this_machine_is_followed_at_once(lake):
    take_claim(lake, KEYS)
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    claim = newest_claim(lake, KEYS).model_copy(update={"process": int(dead.stdout)})
    lake.write_json(KEYS.claim(1), claim.model_dump())
    assert take_claim(lake, KEYS, Pace(beat_s=60, lapses_s=600)).process == os.getpid()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"claim_id": "x"}'])
def test_a_damaged_claim_is_nobodys(lake, damage):
    lake.store.write(KEYS.claim(4), damage)
    assert take_claim(lake, KEYS, SHORT).number == 5


def test_of_many_that_find_a_run_free_at_once_one_gets_it(lake):
    got, refused = [], []

    def take():
        try:
            got.append(take_claim(lake, KEYS, SHORT))
        except RunHeldError:
            refused.append(1)

    beating = threading.Event()

    def live():
        while not beating.wait(SHORT.beat_s):
            for claim in got[:1]:
                renew_claim(lake, KEYS, claim, "at work")

    threads = [threading.Thread(target=take) for _ in range(6)]
    alive = threading.Thread(target=live)
    for thread in [alive, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    beating.set()
    alive.join()
    assert (len(got), len(refused)) == (1, 5)
