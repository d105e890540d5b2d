"""A whole batch against a server with few slots that queues the rest, with all settings at their defaults but time.

Run as:

    python benchmarks/slow_server.py [SLOTS] [SECONDS AN ANSWER] [CHUNKS] [TIMEOUT IN SECONDS]

By default one slot, 1.5 s an answer, 130 chunks and a time-out of 2 s: the server of 45 s an answer under the default
of 60 s, thirty times as fast. Prints what the chunks came to, the share of an ideal schedule and what timed out. Exits
with 1 where a chunk is not answered.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.request import request_key
from ownvoice.llm.workers import ask_chunks
from ownvoice.states import ChunkEvent
from ownvoice.storage.stores import ObjectStore
from ownvoice.triples.parse import parse_answer
from ownvoice.triples.request import request_body
from stand_ins.model_behaviour import Behaviour
from stand_ins.model_process import running_model_process
from stand_ins.planned_night import chunk_text


def ask(base_url: str, chunks: int, timeout_s: float) -> list[ChunkOutcome]:
    """Ask about so many chunks and return their outcomes."""
    bodies = [request_body(GenerationRecipe(), chunk_text(number)) for number in range(chunks)]
    asks = [ChunkRequest("article", at, request_key(body), body, read=parse_answer) for at, body in enumerate(bodies)]
    outcomes: list[ChunkOutcome] = []
    with tempfile.TemporaryDirectory() as folder:
        answers = AnswerStore(ObjectStore(Path(folder).as_uri()))
        access = ModelAccess(base_url, "key", request_timeout_s=timeout_s)
        asyncio.run(ask_chunks(asks, answers, access, outcomes.append))
    return outcomes


def main(arguments: list[str]) -> int:
    """Run one night; return the exit code."""
    slots, median_s, chunks, timeout_s = (
        float(value) for value in [*arguments, *("1", "1.5", "130", "2")[len(arguments) :]]
    )
    behaviour = Behaviour(good="five_triples", median_s=median_s, sigma=0.05, slots=int(slots), queues=True)
    with running_model_process(behaviour) as model:
        began = time.monotonic()
        outcomes = ask(model.base_url, int(chunks), timeout_s)
        seconds = time.monotonic() - began
        ideal_s = chunks * median_s / slots
        most = model.totals()["most_at_once"]
    answered = sum(outcome.event is ChunkEvent.ANSWER_ARRIVED for outcome in outcomes)
    faults = Counter(fault for outcome in outcomes for fault in outcome.faults)
    print(f"{answered} of {chunks:.0f} answered in {seconds:.0f} s, {ideal_s / seconds:.2f} of ideal")
    print(f"at most {most} at once; {', '.join(f'{count} {name}' for name, count in faults.items()) or 'no faults'}")
    return 0 if answered == chunks else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
