from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ownvoice.errors import StorageError
from ownvoice.llm.answers import AnswerStore
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.stores import ObjectStore
from stand_ins.s3_server import make_bucket

KEY = "ab" * 32


@pytest.fixture
def answers(tmp_path: Path) -> AnswerStore:
    return AnswerStore(ObjectStore(tmp_path.as_uri()))


def record(attempt: int, content: str = "é ’ \ud83d") -> dict[str, Any]:
    return {"request_key": KEY, "attempt": attempt, "request": {}, "response": {"content": content}}


def test_a_stored_answer_comes_back_as_it_was(answers: AnswerStore) -> None:
    assert asyncio.run(answers.put(KEY, 1, record(1))) == record(1)
    assert asyncio.run(answers.get(KEY, 1)) == record(1)


def test_an_answer_that_was_never_stored_is_none(answers: AnswerStore) -> None:
    assert asyncio.run(answers.get(KEY, 1)) is None
    assert answers.read_all(KEY) == []


def test_an_answer_lies_under_its_request_key_and_attempt(answers: AnswerStore, tmp_path: Path) -> None:
    asyncio.run(answers.put(KEY, 2, record(2)))
    assert (tmp_path / "answers" / KEY / "2.json").is_file()


def test_what_a_racer_stored_first_is_the_answer_of_both(answers: AnswerStore) -> None:
    async def race() -> list[dict[str, Any]]:
        racers = (answers.put(KEY, 1, record(1, content=str(number))) for number in range(8))
        return list(await asyncio.gather(*racers))

    outcomes = asyncio.run(race())
    assert outcomes == answers.read_all(KEY) * 8


def test_all_attempts_are_read_in_order_up_to_the_first_missing(answers: AnswerStore) -> None:
    for attempt in (4, 2, 1):
        asyncio.run(answers.put(KEY, attempt, record(attempt)))
    assert [each["attempt"] for each in answers.read_all(KEY)] == [1, 2]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b'{"response": 5}'], ids=repr)
def test_a_corrupt_answer_is_named_with_what_to_do(answers: AnswerStore, tmp_path: Path, data: bytes) -> None:
    asyncio.run(answers.put(KEY, 1, record(1)))
    (tmp_path / "answers" / KEY / "1.json").write_bytes(data)
    advice = f"answers/{KEY}/1.json is not a stored answer .* Remove that object and run again"
    with pytest.raises(StorageError, match=advice):
        asyncio.run(answers.get(KEY, 1))
    with pytest.raises(StorageError, match=advice):
        asyncio.run(answers.put(KEY, 1, record(1)))
    with pytest.raises(StorageError, match=advice):
        answers.read_all(KEY)


def test_a_store_without_conditional_creation_keeps_what_stands(forgetful_server: tuple[AwsAccess, Path]) -> None:
    access, _ = forgetful_server
    answers = AnswerStore(ObjectStore(make_bucket(access, "answers"), access))
    asyncio.run(answers.put(KEY, 1, record(1, "first")))
    assert asyncio.run(answers.put(KEY, 1, record(1, "second"))) == record(1, "first")
    assert asyncio.run(answers.get(KEY, 1)) == record(1, "first")
