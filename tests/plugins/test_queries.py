"""Pages and a lake that hangs: their queries are few, bounded, and apart from the threads of Airflow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from ownvoice.errors import StorageUnavailableError
from ownvoice.storage.aws import Patience
from ownvoice.storage.lake import Lake
from stand_ins.silent_server import silent_store


@pytest.fixture
def silent_lake() -> Iterator[Lake]:
    with silent_store(Patience(response_s=6, connect_s=6, retries=0)) as access:
        yield Lake("s3://bucket/lake", access)


def test_fifty_pages_of_a_lake_that_hangs_leave_the_threads_of_airflow_to_other_routes(page_app, silent_lake):
    """The order of the answers tells: another route's comes while the pages still wait."""
    from ownvoice_monitor.queries import AT_ONCE, WAITING, Queries

    order: list[str] = []

    async def ask_all() -> list[int]:
        async with page_app(silent_lake, Queries(deadline_s=5)) as client:

            async def ask(path: str) -> int:
                answer = await client.get(path)
                order.append(path)
                return answer.status_code

            pages = [asyncio.create_task(ask(f"/refresh?run_id=x{number}")) for number in range(50)]
            await asyncio.sleep(0)  # every page is asked for first
            assert await ask("/static/pages.css") == 200
            assert len([one for one in threading.enumerate() if one.name.startswith("ownvoice-page")]) <= AT_ONCE
            return await asyncio.gather(*pages)

    assert asyncio.run(ask_all()) == [503] * 50
    assert order.index("/static/pages.css") <= 50 - AT_ONCE - WAITING, (
        "only pages beyond the queue were answered before"
    )


@pytest.mark.parametrize("page", ["/refreshes", "/pairs", "/versions", "/trainings", "/chunks?run_id=x"])
def test_a_page_of_a_lake_that_hangs_says_what_to_do(get, page):
    with silent_store(Patience(response_s=0.2, connect_s=0.2, retries=0)) as access:
        answer = get(Lake("s3://bucket/lake", access), page)
    assert answer.status_code == 503
    assert "the store did not answer" in answer.text


def test_a_query_that_goes_on_after_its_deadline_keeps_its_place_until_it_ends(held_query):
    from ownvoice_monitor.queries import AT_ONCE, WAITING, Queries

    queries = Queries(deadline_s=0.05)

    async def fill() -> list[str]:
        many = (queries.answer(held_query) for _ in range(AT_ONCE + WAITING + 1))
        return [str(error) for error in await asyncio.gather(*many, return_exceptions=True)]

    sentences = asyncio.run(fill())
    assert sum("are waiting for the lake already" in sentence for sentence in sentences) == 1
    assert sum("has not answered within 0.05 s" in sentence for sentence in sentences) == AT_ONCE + WAITING
    assert held_query.running == AT_ONCE, "those that waited are forgotten, and those that ran are no more than these"
    with pytest.raises(StorageUnavailableError, match="has not answered"):
        asyncio.run(queries.answer(held_query))
    held_query.release()
    assert asyncio.run(Queries(deadline_s=60).answer(lambda: "answered")) == "answered"


class HeldQuery:
    """A query that ends when it is released; counts how many times it runs."""

    def __init__(self) -> None:
        self._released, self._lock, self.running = threading.Event(), threading.Lock(), 0

    def __call__(self) -> str:
        with self._lock:
            self.running += 1
        self._released.wait(60)
        return "late"

    def release(self) -> None:
        self._released.set()


@pytest.fixture
def held_query() -> Iterator[HeldQuery]:
    query = HeldQuery()
    yield query
    query.release()


def test_an_error_of_a_query_reaches_its_page():
    from ownvoice_monitor.queries import Queries

    def fail() -> str:
        raise ZeroDivisionError

    run: Callable[[], str] = fail
    queries = Queries(deadline_s=60)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(queries.answer(run))
