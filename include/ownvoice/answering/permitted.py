"""The requests that may still be sent: an article may be taken down after it was listed, and before it is asked about.

Tombstones are looked at again while a work goes on, since one may last for hours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from ownvoice.articles.tombstones import tombstones
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake

_GOOD_FOR_S = 10.0


def permitted(
    lake: Lake, requests: Iterable[ChunkRequest], on_refused: Callable[[ChunkOutcome], None]
) -> Iterator[ChunkRequest]:
    """Yield the requests whose articles no takedown names; `on_refused` gets the outcome of each of the others."""
    stones, read_at = tombstones(lake), time.monotonic()
    for request in requests:
        if time.monotonic() - read_at > _GOOD_FOR_S:
            stones, read_at = tombstones(lake), time.monotonic()
        if stones.refuses(article_id=request.article_id):
            model = str(request.body["model"])
            place = (request.article_id, request.chunk_index, request.request_key)
            on_refused(ChunkOutcome(*place, model, ChunkEvent.TAKEN_DOWN))
        else:
            yield request
