"""The place of a process among those of one training, and what it settles with the others.

Each call is made by all processes in the same order; they wait in it for each other. A process alone waits for none.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")

# The others wait while the first one fetches a base of many gigabytes, or retries an upload for ten minutes.
_LONGEST_WAIT = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Place:
    """Process `rank` (from 0) of `ranks`. The first one writes to the lake and speaks; the others are silent."""

    rank: int = 0
    ranks: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes to the lake."""
        return self.rank == 0

    @property
    def is_alone(self) -> bool:
        """Whether the training has no other process."""
        return self.ranks == 1

    def any(self, flag: bool) -> bool:
        """Return whether `flag` is true in any process."""
        return self._reduced([float(flag)], "max")[0] > 0

    def totals(self, numbers: Sequence[float]) -> list[float]:
        """Return the sum of each number over all processes."""
        return self._reduced(numbers, "sum")

    def most(self, number: float) -> float:
        """Return the largest of one number over all processes."""
        return self._reduced([number], "max")[0]

    def wait(self) -> None:
        """Wait until all processes are here."""
        self.any(False)

    def from_first(self, make: Callable[[], _T]) -> _T:
        """Call `make` in the first process alone and return its value in all; what it returns is pickled."""
        if self.is_alone:
            return make()
        from accelerate.utils import broadcast_object_list

        value: _T = broadcast_object_list([make() if self.is_first else None])[0]
        return value

    def _reduced(self, numbers: Sequence[float], reduction: str) -> list[float]:
        if self.is_alone:
            return [*numbers]
        import torch
        from accelerate import PartialState
        from accelerate.utils import reduce

        mine = torch.tensor(numbers, dtype=torch.float64, device=PartialState().device)
        return [float(number) for number in reduce(mine, reduction)]


ALONE = Place()


@contextmanager
def joined() -> Iterator[Place]:
    """Meet the other processes that the launcher started, over NCCL on GPUs and Gloo on CPUs, and part at the end."""
    import torch
    from accelerate import PartialState

    on_cpu = not torch.cuda.is_available()
    if on_cpu:
        os.environ["ACCELERATE_USE_CPU"] = "true"
        os.environ["ACCELERATE_TORCH_DEVICE"] = "cpu"  # without a number, for which a checkpoint cannot be read
    state = PartialState(cpu=on_cpu, timeout=_LONGEST_WAIT)
    yield Place(state.process_index, state.num_processes)
    torch.distributed.destroy_process_group()
