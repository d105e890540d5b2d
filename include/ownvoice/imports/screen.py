"""What no imported row may hold: rows of evaluation sets, words of the lake's own test side, texts taken down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ownvoice.articles.table import column_in, read_articles
from ownvoice.articles.tombstones import Tombstones, tombstones
from ownvoice.imports.drops import IN_EVALUATION_SET, NEAR_OWN_TEST, TAKEN_DOWN, Dropped
from ownvoice.imports.turns import Compared
from ownvoice.pairs.evaluation import EvaluationGrams, gram_rows, grams_of, read_evaluation_sets
from ownvoice.states import is_live
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version


@dataclass(frozen=True, slots=True)
class ImportScreen:
    """The word runs of evaluation sets and of the lake's own test articles, and the lake's tombstones."""

    evaluation: EvaluationGrams
    own_test: EvaluationGrams
    tombstones: Tombstones

    def why(self, row: Compared, row_id: str) -> Dropped | None:
        """Return why a row, which would have the id, is dropped; None to keep it."""
        texts = [*(turn["content"] for turn in row.prompt), row.chosen, row.rejected]
        for reason, grams in ((IN_EVALUATION_SET, self.evaluation), (NEAR_OWN_TEST, self.own_test)):
            if found := next(filter(None, map(grams.row_in, texts)), None):
                return Dropped(reason, found if reason is IN_EVALUATION_SET else found.rpartition(", row ")[0])
        by_text = (self.tombstones.refuses(text=text) for text in texts)
        refused = self.tombstones.refuses(row_id=row_id) or next(filter(None, by_text), None)
        return Dropped(TAKEN_DOWN, refused) if refused else None


def read_screen(lake: Lake, evaluation_sets: Sequence[str]) -> ImportScreen:
    """Return the screen of a lake as it is now; `evaluation_sets` are files or folders, as the settings name them."""
    evaluation = read_evaluation_sets(lake, evaluation_sets)
    return ImportScreen(evaluation, own_test_grams(lake), tombstones(lake))


def own_test_grams(lake: Lake) -> EvaluationGrams:
    """Return the word runs of every article on the test side that is in the source, by its id."""
    return EvaluationGrams.of(grams_of(row for article, text in _own_test(lake) for row in gram_rows(text, article, 1)))


def _own_test(lake: Lake) -> Iterator[tuple[str, str]]:
    articles = read_articles(lake, latest_version(lake), column_in("split", ["test"]))
    for one in articles.values():
        if is_live(one.state):
            yield one.article_id, lake.original(one.article_sha256)
