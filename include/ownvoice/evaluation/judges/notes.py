"""Grading notes: what a good answer would hold, written once an item by the judge's own model, and stored like all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ownvoice.answering.asking import Work, ask, usable_answer
from ownvoice.answering.progress import OnProgress
from ownvoice.evaluation.judges.prompts import prompt_of
from ownvoice.evaluation.judges.request import notes_body
from ownvoice.evaluation.judges.wanted import Wanted
from ownvoice.llm.answers import completion_of
from ownvoice.llm.budget import Spend, spend
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.completion import parse_text
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.request import request_key

Tokens = tuple[int, int]
"""Sent and received."""


@dataclass(slots=True)
class Notes:
    """Grading notes by the key of their request, what they cost together, and the tokens of each until it is billed."""

    texts: dict[str, str] = field(default_factory=dict)
    spent: Spend = field(default_factory=Spend)
    unbilled: dict[str, Tokens] = field(default_factory=dict)

    def of(self, wanted: Wanted) -> str | None:
        """Return the notes for a judgement: empty where it needs none, None where there are none."""
        if not prompt_of(wanted.judge).needs_notes:
            return ""
        return self.texts.get(request_key(notes_body(wanted.judge, wanted.item)))

    def bill(self, wanted: Wanted) -> Tokens:
        """Return the tokens of the notes for the first judgement that uses them, and none for all others."""
        if not prompt_of(wanted.judge).needs_notes:
            return 0, 0
        return self.unbilled.pop(request_key(notes_body(wanted.judge, wanted.item)), (0, 0))


def make_notes(
    work: Work, wanted: Sequence[Wanted], endpoints: Endpoints, on_progress: OnProgress | None = None
) -> Notes:
    """Ask for the grading notes that judgements need; none that are stored are made again. Raises what `ask` raises."""
    requests = list(_requests(wanted).values())
    notes = Notes()
    if not requests:
        return notes
    for request, outcome in zip(requests, ask(work, requests, endpoints, on_progress), strict=True):
        tokens = outcome.prompt_tokens, outcome.completion_tokens
        notes.spent += spend(work.prices.get(outcome.model), *tokens)
        notes.unbilled[request.request_key] = tokens
        if record := usable_answer(work.lake, request, outcome):
            notes.texts[request.request_key] = parse_text(completion_of(record)).text
    return notes


def _requests(wanted: Sequence[Wanted]) -> Mapping[str, ChunkRequest]:
    found: dict[str, ChunkRequest] = {}
    for one in wanted:
        if one.needs_a_model and prompt_of(one.judge).needs_notes:
            body = notes_body(one.judge, one.item)
            key = request_key(body)
            found.setdefault(key, ChunkRequest(one.item.article_id, len(found), key, body, endpoint=one.judge.endpoint))
    return found
