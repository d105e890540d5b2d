from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ownvoice.llm.answers import AnswerStore
from ownvoice.storage.stores import ObjectStore
from stand_ins.faulty_model import FaultyModel, running_faulty_model


@pytest.fixture
def model() -> Iterator[FaultyModel]:
    with running_faulty_model() as running:
        yield running


@pytest.fixture
def answers(tmp_path: Path) -> AnswerStore:
    return AnswerStore(ObjectStore(tmp_path.as_uri()))


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ownvoice.llm.failures._LONGEST_WAIT_S", 0.01)
