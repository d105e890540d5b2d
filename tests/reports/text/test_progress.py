"""The lines of a refresh on the terminal and in the task's log."""

from __future__ import annotations

import io

import pytest

from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.tally import Tally
from ownvoice.llm.window import Window
from ownvoice.reports.text.progress import Progress, progress_line
from ownvoice.states import ChunkEvent


def slow_night(done: int, total: int) -> Tally:
    """A one-slot server with 34 s an answer: each chunk is done 34 s after the last, and two are open."""
    now = [0.0]
    tally = Tally(total, started_s=0.0, clock=lambda: now[0])
    tally.windows.append(Window(256, 60.0))
    for index in range(done):
        flight = tally.windows[0].send(now[0])
        now[0] += 34
        tally.windows[0].answered(flight, now[0])
        tally.windows[0].end(flight)
        tally.count(ChunkOutcome("article", index, "key", "model", ChunkEvent.ANSWER_ARRIVED, requests=1))
    for _ in range(2):
        tally.windows[0].send(now[0])
    now[0] += 83
    return tally


def test_a_slow_server_is_told_by_what_is_open_for_how_long_and_what_is_usual() -> None:
    line = progress_line(slow_night(done=3, total=130))
    assert line == (
        "chunks 3/130: 3 answered; 1.8/min, 2 open, the oldest 83 s, about 34 s an answer, "
        "0 asked again, 0 tokens, about 1:11:24 left"
    )


def test_before_the_first_answer_there_is_no_usual_time_and_no_time_left() -> None:
    line = progress_line(slow_night(done=0, total=130))
    assert line == "chunks 0/130: none settled yet; 0.0/s, 2 open, the oldest 83 s, 0 asked again, 0 tokens"


@pytest.mark.parametrize("total", [3, 4])
def test_the_last_line_says_what_to_do_about_time_outs(total: int) -> None:
    tally, out = slow_night(done=3, total=total), io.StringIO()
    window = tally.windows[0]
    window.timed_out(max(window.flights, key=lambda flight: flight.beside), 200.0)
    Progress(out).chunks(tally)
    assert ("It answers about 1 at a time in 34 s" in out.getvalue()) == (total == 3)
