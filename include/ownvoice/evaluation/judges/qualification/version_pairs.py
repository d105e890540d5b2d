"""The pairs of a dataset version that controls are made from: spread over its articles, the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from math import ceil

from ownvoice.errors import SettingsError
from ownvoice.evaluation.judges.qualification.controls import WANTED, ControlPair
from ownvoice.evaluation.judges.qualification.planted import LANGUAGES
from ownvoice.evaluation.spread import spread
from ownvoice.storage.conditions import SELECTED, one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import version_or_latest

_TEXTS = "pair_id, article_id, author_id, prompt, chosen, rejected"
_MIN_ARTICLES = 2  # an answer of another article misses the prompt


@dataclass(frozen=True, slots=True)
class _Ids:
    pair_id: str
    article_id: str


def version_pairs(lake: Lake, version: int | None = None) -> tuple[int, list[ControlPair]]:
    """Return the version's number and the pairs that its controls are made from.

    Raises `SettingsError` that says how many articles are missing where it is too small, `StorageError` where there is
    no such version.
    """
    found = version_or_latest(lake, version).number
    table = lake.table("pairs", found)
    ids = [_Ids(**row) for batch in scan(table, "pair_id, article_id", SELECTED) for row in batch.to_pylist()]
    if why_not := _too_few(found, ids):
        raise SettingsError(why_not)
    taken = [one.pair_id for one in islice(spread(ids), WANTED["pair"])]
    rows = (row for batch in scan(table, _TEXTS, one_of("pair_id", taken)) for row in batch.to_pylist())
    pairs = {row["pair_id"]: ControlPair(**row, language=_language(row["chosen"])) for row in rows}
    return found, [pairs[name] for name in taken]


def _too_few(version: int, ids: list[_Ids]) -> str:
    pairs, articles = len(ids), len({one.article_id for one in ids})
    if pairs >= WANTED["pair"] and articles >= _MIN_ARTICLES:
        return ""
    an_article = pairs / articles if articles else 1
    more = max(ceil((WANTED["pair"] - pairs) / an_article), _MIN_ARTICLES - articles)
    return (
        f"dataset version {version} holds {pairs} pairs from {articles} articles, and a judge is qualified on "
        f"{WANTED['pair']} pairs from {_MIN_ARTICLES} articles or more. About {more} more articles would do: add them, "
        "refresh and qualify again. Nothing was asked."
    )


def _language(text: str) -> str:
    """Return the language that an answer is padded in (py3langid), English where there is no padding in its own."""
    from py3langid import classify

    found = str(classify(text)[0])
    return found if found in LANGUAGES else "en"
