"""What the commands that ask judges have in common: the question about the cost, a missing key, the batch jobs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import typer

from ownvoice.answering.asking import ask_to_the_end
from ownvoice.cli.endpoints import open_endpoints
from ownvoice.config.judges import Judge
from ownvoice.config.settings import Settings
from ownvoice.evaluation.judges.qualification.qualify import Asking
from ownvoice.llm.batch.job_state import BatchJobState
from ownvoice.llm.budget import at_most
from ownvoice.reports.text.progress import Progress
from ownvoice.storage.lake import Lake

_Found = TypeVar("_Found")


def confirm_cost(lines: Iterable[str], *, is_agreed: bool) -> None:
    """Print an estimate and ask whether to go on, unless that was said; end the command without a fault where not."""
    print("\n".join(lines), file=sys.stderr)
    if not (is_agreed or typer.confirm("Ask them?", err=True)):
        raise typer.Exit(0)


def ask_judges(
    lake: Lake, judges: Sequence[Judge], settings: Settings, offline: bool, work: Callable[[Asking], _Found]
) -> _Found:
    """Return what `work` returns, once no batch job works on its answers; a missing key is told before it begins."""
    progress, share = Progress(sys.stderr), at_most(settings.max_tokens, settings.max_cost_usd)

    def tell(states: Sequence[BatchJobState]) -> None:
        progress.step(f"batch jobs: {sum(state.ended for state in states)} of {len(states)} have ended")

    with open_endpoints(settings, offline) as endpoints:
        for name in {judge.endpoint for judge in judges}:
            endpoints(name)
        asking = Asking(lake, endpoints, share, settings.prices, settings.mode, progress.chunks)
        return ask_to_the_end(lambda: work(asking), endpoints, tell)
