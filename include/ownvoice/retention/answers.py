"""Which stored answers may go: of articles removed from the source, behind no pair of any version and no judgement.

They are paid for, so that they go by an explicit option alone. An article that nothing was committed of is kept its
answers: the next refresh takes them.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyarrow.parquet as pq

from ownvoice.llm.answers import AnswerStore
from ownvoice.retention.places import known_as
from ownvoice.retention.rules import ANSWERS
from ownvoice.retention.runs import Candidate
from ownvoice.states import ArticleState
from ownvoice.storage.conditions import equals
from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.listed import StoredObject

_KEY_COLUMNS = ("request_key", "rejected_request_key")


def answer_candidates(
    lake: Lake, answers: Iterable[StoredObject], pair_files: Iterable[StoredObject]
) -> Iterator[Candidate]:
    """Yield the answers that may go, all those to a request together; `pair_files` are those of every version."""
    named = _of_judgements(lake).union(key for one in pair_files for key in _request_keys(lake, one.key))
    removed = _removed_articles(lake)
    store = AnswerStore(lake.store)
    by_request: dict[str, list[StoredObject]] = defaultdict(list)
    for one in answers:
        known = known_as(one.key)
        if known and known.request not in named:
            by_request[known.request].append(one)
    for request, attempts in by_request.items():
        bought_for = [record.get("bought_for") for record in store.read_all(request)]
        if bought_for and all(one and one[1] in removed for one in bought_for):
            newest_s = max(one.modified_s for one in attempts)
            # The last attempt first: what a killed deletion leaves is then read as the attempts before it.
            yield from ((ANSWERS, newest_s, one) for one in sorted(attempts, key=_attempt, reverse=True))


def _attempt(one: StoredObject) -> int:
    return int(one.key.rpartition("/")[2].removesuffix(".json"))


def _request_keys(lake: Lake, key: str) -> Iterator[str]:
    with readable(lake.uri, key):
        file = pq.ParquetFile(io.BytesIO(lake.store.read(key) or b""))
        there = [column for column in _KEY_COLUMNS if column in file.schema_arrow.names]
        for column in file.read(columns=there, use_threads=False).columns:
            yield from filter(None, column.to_pylist())


def _of_judgements(lake: Lake) -> frozenset[str]:
    rows = scan(lake.table("judgements"), "DISTINCT request_key")
    return frozenset(key for batch in rows for key in filter(None, batch["request_key"].to_pylist()))


def _removed_articles(lake: Lake) -> frozenset[str]:
    rows = scan(lake.table("articles"), "article_id", equals(state=ArticleState.REMOVED))
    return frozenset(article for batch in rows for article in batch["article_id"].to_pylist())
