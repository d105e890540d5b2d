"""The keys of the rounds in which feedback is collected, approved and recorded."""

from __future__ import annotations

FEEDBACK = "feedback"
FEEDBACK_SALT = f"{FEEDBACK}/salt"  # what people's names are hashed with
WITHDRAWN = f"{FEEDBACK}/withdrawn"  # a marker for each person who wants nothing of theirs used
ROUNDS = f"{FEEDBACK}/rounds"


def withdrawn_key(person: str) -> str:
    """Return the key of the marker of a person, by the salted id."""
    return f"{WITHDRAWN}/{person}.json"


class FeedbackKeys:
    """The keys of a round, which count from 1; a file is an attribute, and those that hold text say so."""

    def __init__(self, number: int) -> None:
        self.folder = folder = f"{ROUNDS}/{number:08}"
        self.round = f"{folder}/round.json"  # what was collected; created once, last
        self.decision = f"{folder}/decision.json"  # who approved or rejected it; created once
        self.applied = f"{folder}/applied.json"  # the rows are in tables/imported

    def events(self, draft: str) -> str:
        """Return the key of what was said and is not dropped; it holds text. `draft` names the attempt."""
        return f"{self.folder}/{draft}-events.parquet"

    def rows(self, draft: str) -> str:
        """Return the key of the rows that are proposed or held; it holds text."""
        return f"{self.folder}/{draft}-rows.parquet"

    def fates(self, draft: str) -> str:
        """Return the key of the fate of every event, without text."""
        return f"{self.folder}/{draft}-fates.parquet"
