"""A night in a test: a folder of small articles, and the steps of a refresh one by one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.chunks.plan import Batch
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.dataset.commit import commit_version
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.failures import MAX_ANSWERS_PER_CHUNK
from ownvoice.offline_model.server import OFFLINE_MODEL, OfflineModel
from ownvoice.pairs.augment.augment import augment_batch
from ownvoice.pairs.curate import curate_batch
from ownvoice.pairs.second_model import reject_batch
from ownvoice.pairs.staging import read_staged, write_staged
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import DatasetVersion
from ownvoice.triples.generate import generate_batch

RECIPE = GenerationRecipe(model=OFFLINE_MODEL, min_chunk_chars=400, max_chunk_chars=900)


class Night:
    """Articles are named by a letter; each has three sections that no other has."""

    def __init__(self, lake: Lake, folder: Path, model: OfflineModel) -> None:
        folder.mkdir(exist_ok=True)
        self.lake = lake
        self.model = model
        self._folder = folder
        self._batches: dict[str, list[Batch]] = {}

    def write(self, *names: str) -> None:
        """Put articles into the folder."""
        self.write_by("tests", *names)

    def write_by(self, author_id: str, *names: str) -> None:
        """Put articles of one author into the folder."""
        for name in names:
            self.put(name, article(name), author_id)

    def put(self, name: str, content: str, author_id: str = "tests", language: str = "") -> None:
        """Put an article of that name and content into the folder."""
        matter = f"---\nid: {name}\nauthor_id: {author_id}\nlanguage: {language}\n---\n"
        self._path(name).write_text(matter + content, encoding="utf-8")

    def edit(self, name: str, sentence: str) -> None:
        """Add a sentence at the end of an article."""
        path = self._path(name)
        path.write_text(path.read_text(encoding="utf-8") + "\n" + sentence + "\n", encoding="utf-8")

    def remove(self, name: str) -> None:
        """Take an article away."""
        self._path(name).unlink()

    def run(self, run_id: str, **fields: Any) -> DatasetVersion | None:
        """Go through a whole night."""
        self.list_and_plan(run_id, **fields)
        self.generate(run_id)
        return self.commit(run_id)

    def list_and_plan(self, run_id: str, **fields: Any) -> None:
        """List the folder and plan the night."""
        given = {"refresh_date": dt.date(2026, 2, 1), "max_generation_tasks": 1, "recipe": RECIPE} | fields
        run = RefreshRun(run_id=run_id, articles_uri=self._folder.as_uri(), **given)
        list_new_articles(self.lake, ObjectStore(self._folder.as_uri()), run)
        self._batches[run_id] = plan_batches(self.lake, run_id)

    def generate(self, run_id: str, leave_out: int | None = None) -> None:
        """Ask about and curate every batch, but for the one left out, as if its task had failed."""
        batches = self._batches[run_id]
        left_out = None if leave_out is None else batches[leave_out]
        access = ModelAccess(self.model.base_url, self.model.api_key)
        for batch in batches:
            if batch is not left_out:
                generate_batch(self.lake, run_id, batch.name, lambda _: access)
                curate_batch(self.lake, run_id, batch.name)
                augment_batch(self.lake, run_id, batch.name, lambda _: access)
                reject_batch(self.lake, run_id, batch.name, lambda _: access)

    def vary_rejected(self, run_id: str) -> None:
        """Put other rejected answers into what is staged: of two in three the length says which side they are."""
        run = recorded_run(self.lake, run_id)
        for batch in self._batches[run_id]:
            staged = read_staged(self.lake, run, batch.name)
            assert staged is not None, "it was generated"
            for pair in staged.pairs:
                words, kind = pair["chosen"].split(), int(pair["pair_id"][:8], 16) % 6
                longer = words + words[: len(words) // 3] if kind else words
                pair["rejected"] = " ".join(words[len(words) // 3 :] if kind in (1, 2) else longer)
            write_staged(self.lake, run, batch.name, staged)

    def commit(self, run_id: str) -> DatasetVersion | None:
        """Commit what is there."""
        return commit_version(self.lake, run_id)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.md"


def article(name: str) -> str:
    """Return some two thousand characters of Markdown, different for each name."""
    sections = []
    for number, topic in enumerate(("the pager", "the ledger", "the morning")):
        sentences = " ".join(
            f"When I think of {topic} in year {name} and {number}{turn}, I don’t see “progress” by {name} "
            "so much as patience."
            for turn in range(7)
        )
        sections.append(f"## On {topic}, by {name}\n\n{sentences}\n")
    return "\n".join(sections)


def spoil(lake: Lake, request_key: str, content: str) -> None:
    """Put bad answers in the place of a good one, as many as a chunk is asked for."""
    record = lake.read_json(f"answers/{request_key}/1.json")
    record["response"]["choices"][0]["message"]["content"] = content
    for attempt in range(1, MAX_ANSWERS_PER_CHUNK + 1):
        lake.write_json(f"answers/{request_key}/{attempt}.json", record | {"attempt": attempt})
