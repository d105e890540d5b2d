"""A request about one chunk, which this room knows only by its article's id and its index there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ownvoice.config.generators import LLM_API, Route
from ownvoice.llm.completion import Completion, ReadAnswer, parse_text
from ownvoice.llm.request import RequestBody


@dataclass(frozen=True, slots=True)
class ChunkRequest:
    """One chunk to be asked about: which it is, the request that asks, where it goes, and how its answer is read.

    `is_retry`: it is dead, and answers of earlier runs do not count against its tries. `divisible`: where it is too
    long for the model, the next plan may cut it in two.
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
