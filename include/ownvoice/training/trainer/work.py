"""The shared state of the stages of one try, with timing and uploads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ownvoice.storage.lake import Lake
from ownvoice.training.mixture.listing import ListedRow
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.result import TrainingResult
from ownvoice.training.run import TrainingRun
from ownvoice.training.trainer.folders import delete_folder, patiently, upload_folder
from ownvoice.training.trainer.ranks.place import ALONE, Place
from ownvoice.training.trainer.record import Record
from ownvoice.training.trainer.stop import Stop


@dataclass(slots=True)
class Work:
    """The state of one try. `result` is filled in stage by stage and becomes `result.json`.

    Of several processes each has its own state, and all have the same `scratch`. `listed` are
    the rows of a mixture, as they were planned.
    """

    run: TrainingRun
    lake: Lake
    record: Record
    stop: Stop
    scratch: Path
    result: TrainingResult
    place: Place = ALONE
    listed: tuple[ListedRow, ...] = ()

    @property
    def recipe(self) -> TrainingRecipe:
        """The run's recipe."""
        return self.run.recipe

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.result.seconds[name] = round(time.monotonic() - started, 2)

    def keep_folder(self, name: str) -> None:
        """Upload a folder of the scratch space to the run's folder, replacing that of an earlier try."""
        key = f"{self.run.keys.folder}/{name}"

        def put() -> dict[str, int]:
            delete_folder(self.lake.store, key)
            return upload_folder(self.lake.store, self.scratch / name, key)

        sizes = patiently(put, self.record.say)
        self.record.say(f"{name}: {len(sizes)} files, {sum(sizes.values()):,} bytes, in the lake")
