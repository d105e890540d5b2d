"""What a training was given of the withdrawn rows: of its version, of the part that it took, or of its mixture."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import pyarrow as pa

from ownvoice.storage.conditions import SELECTED
from ownvoice.storage.lake import Lake, scan
from ownvoice.takedown.found import Found
from ownvoice.training.mixture.shares import OWN
from ownvoice.training.run import TrainingRun
from ownvoice.training.subset import articles_taken


class Given(NamedTuple):
    """The withdrawn rows among those that a training learnt from, or was tested with."""

    train_pairs: int = 0
    test_pairs: int = 0
    imported_rows: int = 0


class WithdrawnOfRuns:
    """Counts for one training after the other; each dataset version is read once."""

    def __init__(self, lake: Lake, found: Found) -> None:
        self._lake, self._found = lake, found
        self._counted: dict[int, dict[str, Counter[str]]] = {}

    def given_to(self, run: TrainingRun) -> Given:
        """Return what a training was given. Nobody can tell it of a mixture any more once its list is scrubbed."""
        pairs = self._pairs_of(run.dataset_version) if run.dataset_version in self._found.versions else {}
        test = self._withdrawn(pairs.get("test", Counter()))
        if run.mixture is None:
            train = pairs.get("train", Counter())
            taken = articles_taken(train, run.recipe)
            return Given(self._withdrawn(Counter({name: train[name] for name in taken})), test)
        listed = self._lake.read_rows(run.keys.mixture)
        rows = listed.select(["set", "row_id"]).to_pylist() if listed else []
        own = sum(row["row_id"] in self._found.pair_ids for row in rows if row["set"] == OWN)
        return Given(own, test, sum(row["row_id"] in self._found.imported_ids for row in rows if row["set"] != OWN))

    def _withdrawn(self, by_article: Counter[str]) -> int:
        return sum(by_article[article_id] for article_id in self._found.article_ids)

    def _pairs_of(self, number: int) -> dict[str, Counter[str]]:
        """Return the pairs that a version has for trainings, by side and article."""
        if number not in self._counted:
            table = self._lake.table_as_committed("pairs", number)
            is_balanced = table is not None and "selected" in pa.schema(table.schema().to_arrow()).names
            sides: dict[str, Counter[str]] = {}
            for batch in scan(table, "article_id, split", SELECTED if is_balanced else "true"):
                for row in batch.to_pylist():
                    sides.setdefault(row["split"], Counter())[row["article_id"]] += 1
            self._counted[number] = sides
        return self._counted[number]
