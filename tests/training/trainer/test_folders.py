"""Waiting for a store that is unavailable."""

import pytest

from ownvoice.errors import StorageUnavailableError
from ownvoice.training.trainer.folders import patiently


def test_a_store_that_is_away_for_a_while_is_waited_for(monkeypatch):
    answers = iter([StorageUnavailableError("away"), StorageUnavailableError("away"), None])
    monkeypatch.setattr("time.sleep", lambda _: None)

    def call():
        if error := next(answers):
            raise error
        return "kept"

    said = []
    assert patiently(call, said.append) == "kept"
    assert said == ["waiting for the store: away"] * 2


def test_a_store_that_stays_away_ends_the_patience():
    def call():
        raise StorageUnavailableError("away")

    with pytest.raises(StorageUnavailableError):
        patiently(call, lambda _: None, patience_s=0)
