"""A lake with a history: nights, a run that died, articles that went, trainings of every kind of end."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

from ownvoice.offline_model.server import OfflineModel
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.publication import Publication, write_publication
from ownvoice.training.results.report import write_training_report
from ownvoice.training.results.training import planned_training
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.night import Night
from stand_ins.trained import leave_trained_run

WHEN = dt.date(2026, 4, 1)


class History:
    """What happened to a lake so far, one event after the other; events are named by the methods of `EVENTS`."""

    def __init__(self, lake: Lake, folder: Path, model: OfflineModel) -> None:
        self.lake = lake
        self.night = Night(lake, folder, model)
        self._articles: list[str] = []
        self._runs = 0
        self.appear()
        self.refresh()

    def happen(self, seed: int, events: int = 4) -> None:
        """Let so many events happen, chosen by the seed."""
        chance = random.Random(seed)
        for name in chance.choices(EVENTS, k=events):
            getattr(self, name)()

    def appear(self) -> None:
        """Let two more articles appear."""
        names = [f"a{len(self._articles) + number}" for number in range(2)]
        self._articles += names
        self.night.write(*names)

    def refresh(self) -> None:
        """Go through a night."""
        run_id = self._run_id()
        self.night.run(run_id, test_share=0.5)
        write_report(self.lake, run_id)

    def edit(self) -> None:
        """Edit an article, and refresh."""
        self.night.edit(self._articles[0], f"A line of night {self._runs}, which nobody had written before.")
        self.refresh()

    def retire(self) -> None:
        """Take the last article away, and refresh."""
        if len(self._articles) > 2:  # one on each side of the split stays
            self.night.remove(self._articles.pop())
        self.refresh()

    def die(self) -> None:
        """Pay for the answers of a night, and never commit it."""
        self.appear()
        run_id = self._run_id()
        self.night.list_and_plan(run_id, test_share=0.5)
        self.night.generate(run_id)

    def train(self, **recipe: Any) -> str:
        """Train to the end, by a recipe with these fields."""
        run = self._planned(**recipe)
        self.lake.store.write(f"{run.keys.checkpoint(4)}/checkpoint.json", b"{}")
        leave_trained_run(self.lake, run, shards=1)
        write_training_report(self.lake, run.run_id, WHEN)
        return run.run_id

    def publish(self) -> None:
        """Train to the end and publish."""
        run_id = self.train()
        _, run = planned_training(self.lake, run_id)
        write_publication(self.lake, run, Publication("ann/voice", "c0ffee" * 6, run_id))
        write_training_report(self.lake, run_id, WHEN)

    def stop(self) -> str:
        """Train as far as a checkpoint."""
        run = self._planned()
        self.lake.store.write(f"{run.keys.checkpoint(4)}/model.safetensors", b"weights")
        self.lake.store.write(f"{run.keys.checkpoint(4)}/checkpoint.json", b"{}")
        return run.run_id

    def _planned(self, **fields: Any) -> TrainingRun:
        version = latest_version(self.lake)
        assert version is not None
        recipe = TrainingRecipe(**{"hub_repository": "ann/voice"} | fields)
        run = TrainingRun(run_id=self._run_id(), lake=self.lake.uri, dataset_version=version.number, recipe=recipe)
        write_training_run(self.lake, run)
        return run

    def _run_id(self) -> str:
        self._runs += 1
        return f"run-{self._runs}"


EVENTS = ("edit", "retire", "die", "train", "train", "publish", "stop")
