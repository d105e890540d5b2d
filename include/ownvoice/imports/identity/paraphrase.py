"""Having a model reword identity prompts and rejected answers: never a chosen answer, which must stay what it states.

Each answer is asked for once and stored like every other; what is no use keeps the template's words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ownvoice.answering.asking import Work, ask, usable_answer
from ownvoice.answering.progress import OnProgress
from ownvoice.config.generators import LLM_API
from ownvoice.config.prices import ModelPrice
from ownvoice.imports.identity.make import IdentityPair, Origin, names_another, says
from ownvoice.llm.answers import completion_of
from ownvoice.llm.budget import UNLIMITED, Spend
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.completion import parse_text
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.request import RequestBody, request_key
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import Message

_MAX_CHARS = 400
_MAX_TOKENS = 200
_PROMPT = "Reword the user's message. Keep its language, its meaning and every name in it. Write the new message alone."
_REJECTED = (
    "Reword this answer of an assistant. Keep its language, the name of the model and of the company. Write the new "
    "answer alone."
)


@dataclass(frozen=True, slots=True)
class Reworded:
    """Pairs with new words where the model's were of use; `asked` requests brought `prompts` and `rejected` of them."""

    pairs: list[IdentityPair]
    asked: int
    prompts: int
    rejected: int


def reworded(
    lake: Lake,
    run: str,
    pairs: Sequence[IdentityPair],
    origin: Origin,
    model: str,
    endpoints: Endpoints,
    *,
    endpoint: str = LLM_API,
    share: Spend = UNLIMITED,
    prices: Mapping[str, ModelPrice] | None = None,
    on_progress: OnProgress | None = None,
) -> Reworded:
    """Return the pairs with their last question and their rejected answer reworded. Raises what `ask` raises."""
    texts = [
        *((_PROMPT, one.prompt[-1]["content"]) for one in pairs),
        *((_REJECTED, one.rejected) for one in pairs),
    ]
    unique = list(dict.fromkeys(texts))
    requests = [_request(number, *one, model, endpoint) for number, one in enumerate(unique)]
    work = Work(lake, run, "identity", share=share, prices=prices or {}, unit="rewordings")
    outcomes = ask(work, requests, endpoints, on_progress)
    records = (usable_answer(lake, request, outcome) for request, outcome in zip(requests, outcomes, strict=True))
    said = {
        one: parse_text(completion_of(record)).text.strip()
        for one, record in zip(unique, records, strict=True)
        if record
    }
    return _replaced(pairs, said, origin, len(requests))


def _replaced(
    pairs: Sequence[IdentityPair], said: Mapping[tuple[str, str], str], origin: Origin, asked: int
) -> Reworded:
    """Put new words where they are of use: a prompt that no other pair has, a rejected answer with the same claim."""
    found: list[IdentityPair] = []
    taken = {_content(one.prompt) for one in pairs}
    prompts = rejected = 0
    for one in pairs:
        last = one.prompt[-1]["content"]
        new = said.get((_PROMPT, last), "")
        prompt: tuple[Message, ...] = (*one.prompt[:-1], {"role": "user", "content": new})
        if _is_of_use(new) and _content(prompt) not in taken and _names_alike(last, new, one, origin):
            taken.add(_content(prompt))
            one, prompts = replace(one, prompt=prompt), prompts + 1
        answer = said.get((_REJECTED, one.rejected), "")
        if _is_of_use(answer) and answer != one.rejected and names_another(answer, one, origin):
            one, rejected = replace(one, rejected=answer), rejected + 1
        found.append(one)
    return Reworded(found, asked, prompts, rejected)


def _request(number: int, instruction: str, text: str, model: str, endpoint: str) -> ChunkRequest:
    body: RequestBody = {
        "model": model,
        "messages": [{"role": "system", "content": instruction}, {"role": "user", "content": text}],
        "max_tokens": _MAX_TOKENS,
        "temperature": 1.0,
    }
    return ChunkRequest("identity", number, request_key(body), body, endpoint=endpoint)


def _is_of_use(text: str) -> bool:
    return 0 < len(text) <= _MAX_CHARS and "\n" not in text


def _names_alike(old: str, new: str, pair: IdentityPair, origin: Origin) -> bool:
    """Whether a question names the same models and makers as before."""
    names = (pair.denied.name, pair.denied.maker, origin.name, origin.maker)
    return all(says(old, name) == says(new, name) for name in names)


def _content(prompt: Sequence[Message]) -> tuple[tuple[str, str], ...]:
    return tuple((one["role"], one["content"]) for one in prompt)
