"""The keys of one round of review, and of the answers in it."""

from __future__ import annotations

import hashlib

from ownvoice.storage.layout import REVIEWS
from ownvoice.storage.run_keys import RunKeys


def round_key(folder: str) -> str:
    """Return the key of what a round is, by the name of its folder."""
    return f"{REVIEWS}/{folder}/round.json"


class ReviewKeys:
    """The keys of a round, which is named like the run of the DAG that began it; a file is an attribute."""

    def __init__(self, round_name: str) -> None:
        self.folder = folder = f"{REVIEWS}/{RunKeys(round_name).name}"
        self.round = round_key(RunKeys(round_name).name)  # what was drawn, and from which version
        self.sample = f"{folder}/sample.parquet"  # an item a row
        self.closed = f"{folder}/closed.json"  # how it ended; created once
        self.answers = f"{folder}/answers"
        self.decisions = f"{folder}/decisions.parquet"  # what follows for pairs; written by the fold

    def answers_by(self, reviewer: str) -> str:
        """Return the folder of a reviewer's answers; any name is safe as a path."""
        return f"{self.answers}/{_name(reviewer)}"

    def answer(self, reviewer: str, item_id: str, number: int) -> str:
        """Return the key of one answer; answers of a reviewer to an item count from 1, and the highest counts."""
        return f"{self.answers_by(reviewer)}/{_name(item_id)}/{number}.json"


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
