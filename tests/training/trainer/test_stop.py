"""SIGTERM, in training and outside of it."""

import os
import signal

import pytest

from ownvoice.errors import StoppedError
from ownvoice.training.trainer.stop import Stop


@pytest.fixture
def stop():
    before = signal.getsignal(signal.SIGTERM)
    yield Stop()
    signal.signal(signal.SIGTERM, before)


def test_sigterm_outside_training_stops_at_once_and_inside_it_waits_for_the_step(stop):
    with stop.after_the_step():
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.requested
    with pytest.raises(StoppedError, match="Start the same command again"):
        os.kill(os.getpid(), signal.SIGTERM)
