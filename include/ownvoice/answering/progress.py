"""Reports of work while it goes on: often at first, rarely later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from ownvoice.llm.tally import Tally

OnProgress = Callable[[Tally], None]

_REPORT_EVERY_S = 5.0  # in the first minute
_RARER = ((60.0, 2), (300.0, 6), (1800.0, 12))  # after so many seconds so many times as long between two reports


def run_with_reports(asking: Coroutine[Any, Any, None], tally: Tally, on_progress: OnProgress | None) -> None:
    """Run `asking` to its end; pass `tally` to `on_progress` every few seconds meanwhile, and once at the end."""
    asyncio.run(asking if on_progress is None else _reported(asking, tally, on_progress))


def report_intervals_s() -> Iterator[float]:
    """Yield the seconds before each report: 5 in the first minute, 10 up to five, 30 up to thirty, 60 from then on."""
    told_s = 0.0
    while True:
        interval_s = _REPORT_EVERY_S * max((times for after_s, times in _RARER if told_s >= after_s), default=1)
        told_s += interval_s
        yield interval_s


async def _reported(asking: Coroutine[Any, Any, None], tally: Tally, on_progress: OnProgress) -> None:
    async def report() -> None:
        for interval_s in report_intervals_s():
            await asyncio.sleep(interval_s)
            on_progress(tally)

    reporting = asyncio.create_task(report())
    try:
        await asking
    finally:
        reporting.cancel()
        on_progress(tally)
