"""What a commit takes over from people's reviews: for the articles that its run works on, and for all others.

The refresh stays the only writer of versions. What people decide waits for its next commit, also on a night on which
nothing else is to be done (docs/decisions/0053).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from ownvoice.articles.table import ArticleRow
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.assemble import ArticleOutcome
from ownvoice.pairs.committed import CommittedPairs
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.pairs.reasons import DropReason
from ownvoice.pairs.reviewed import DecidedPairs, read_decisions
from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.versions import DatasetVersion


@dataclass(frozen=True, slots=True)
class Reviews:
    """The decisions of people, and the ids of the articles that have committed pairs which they change."""

    run_id: str
    decided: DecidedPairs | None = None
    article_ids: frozenset[str] = frozenset()

    def applied(
        self,
        of_run: Callable[[], Iterator[ArticleOutcome]],
        worked_on: Mapping[str, ArticleRow],
        current: Mapping[str, ArticleRow],
        committed: CommittedPairs,
    ) -> Iterator[ArticleOutcome]:
        """Yield the outcomes of the run with what people decided, then those of the articles it does not work on.

        `current` are the articles as committed, and `committed` their pairs.
        """
        others = sorted(self.article_ids & set(current) - set(worked_on))
        of_others = (ArticleOutcome(current[article_id], False, [], [], is_of_run=False) for article_id in others)
        return (self._decided(one, committed) for one in chain(of_run(), of_others))

    def _decided(self, outcome: ArticleOutcome, committed: CommittedPairs) -> ArticleOutcome:
        if self.decided is None:
            return outcome
        dropped: dict[str, DropReason] = {}
        edited: dict[str, PairRow] = {}
        for row in outcome.pairs_after(committed):
            after = self.decided.becomes(row)
            if isinstance(after, DropReason):
                dropped[row["pair_id"]] = after
            elif after["pair_id"] != row["pair_id"]:
                edited[row["pair_id"]] = {**after, "created_by_run": self.run_id}
        return outcome.reviewed(dropped, edited) if dropped or edited else outcome


def find_reviews(lake: Lake, run: RefreshRun, base: DatasetVersion | None) -> Reviews:
    """Return what people decided, and which articles of `base` it changes."""
    decisions = {pair_id: one for pair_id, one in read_decisions(lake).items() if one.what != "kept"}
    if not decisions:
        return Reviews(run.run_id)
    evaluation = read_evaluation_sets(lake, run.evaluation_sets)
    rows = scan(lake.table("pairs", base.number), "DISTINCT article_id", one_of("pair_id", decisions)) if base else ()
    found = frozenset(article_id for batch in rows for article_id in batch["article_id"].to_pylist())
    return Reviews(run.run_id, DecidedPairs(decisions, run.recipe, evaluation), found)
