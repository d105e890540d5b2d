"""What no row of a mixture may hold: passages of the own test articles, and rows of evaluation sets.

The test split comes from own articles alone, so nothing that is drawn from elsewhere may give its answers away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ownvoice.pairs.evaluation import EvaluationGrams, read_evaluation_sets
from ownvoice.pairs.grams.grams import Grams, grams, look_up, words_key
from ownvoice.pairs.grams.index import text_grams
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.layout import original_key
from ownvoice.training.mixture.left_out import MixtureDrop
from ownvoice.training.mixture.rows import ImportedExample


@dataclass(slots=True)
class Screen:
    """Judges the rows of a mixture, one after the other, since the first of two equal ones stays."""

    test: Grams
    evaluation: EvaluationGrams
    takes_lone: bool
    takes_turns: bool
    _seen: set[tuple[int, ...]] = field(default_factory=set)

    def reason(self, row: ImportedExample) -> MixtureDrop | None:
        """Return why a row is left out; None where it is not."""
        if row.is_lone and not self.takes_lone:
            return MixtureDrop.LONE_THUMB
        if not (self.takes_turns or row.is_one_question):
            return MixtureDrop.TURNS_NOT_IN_THE_TEMPLATE
        if look_up(grams(row.texts()), self.test)[0].any():
            return MixtureDrop.NEAR_OWN_TEST
        if any(self.evaluation.row_in(text) for text in row.texts()):
            return MixtureDrop.IN_EVALUATION_SET
        key = (row.chosen is None, *map(words_key, row.texts()))
        if key in self._seen:
            return MixtureDrop.DUPLICATE
        self._seen.add(key)
        return None


def screen_of(
    lake: Lake, version: int, evaluation_sets: Sequence[str], *, takes_lone: bool, takes_turns: bool
) -> Screen:
    """Read what the rows of a mixture with a dataset version are held against.

    Raises `SettingsError` for an evaluation set that cannot be read.
    """
    return Screen(_test_grams(lake, version), read_evaluation_sets(lake, evaluation_sets), takes_lone, takes_turns)


def _test_grams(lake: Lake, version: int) -> Grams:
    """Return the grams of the test articles of a version: whole, as far as the lake holds them, and of their pairs."""
    import numpy as np

    rows = list(_test_rows(lake, version))
    shas = sorted({sha for sha, _ in rows})
    whole = [text_grams(lake, sha) for sha in shas if lake.store.stat(original_key(sha))]
    return np.unique(np.concatenate([grams(chosen for _, chosen in rows), *whole]))


def _test_rows(lake: Lake, version: int) -> Iterator[tuple[str, str]]:
    for batch in scan(lake.table("pairs", version), "article_sha256, chosen", "split = 'test'"):
        yield from ((row["article_sha256"], row["chosen"]) for row in batch.to_pylist())
