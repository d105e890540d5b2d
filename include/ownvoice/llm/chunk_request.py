"""One chunk that a model is asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ownvoice.config.generators import LLM_API, Route
from ownvoice.llm.completion import Completion, ReadAnswer, parse_text
from ownvoice.llm.request import RequestBody


@dataclass(frozen=True, slots=True)
class ChunkRequest:
    """The request about one chunk, the endpoint it is sent to, and how its answer is read.

    `request_key` is that of `body`. `is_retry`: the chunk is dead and asked about again, so that answers of earlier
    runs do not count against its tries. `divisible`: the next plan may cut it in two if it is too long for the model.
    """

    article_id: str
    chunk_index: int
    request_key: str
    body: RequestBody
    is_retry: bool = False
    divisible: bool = False
    endpoint: str = LLM_API
    read: Callable[[Completion], ReadAnswer] = parse_text

    @property
    def route(self) -> Route:
        """Where the request goes."""
        return self.endpoint, self.body["model"]
