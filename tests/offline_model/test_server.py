from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import ModelAccessError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess, open_client, request_completion
from ownvoice.llm.completion import Fault
from ownvoice.llm.context import RequestContext
from ownvoice.llm.providers import openai
from ownvoice.llm.request import request_key
from ownvoice.llm.workers import ask_chunks
from ownvoice.offline_model.rules import offline_triples
from ownvoice.offline_model.server import OFFLINE_MODEL, OfflineModel, running_offline_model
from ownvoice.states import ChunkEvent
from ownvoice.storage.stores import ObjectStore
from ownvoice.triples.parse import Answer, parse_answer
from ownvoice.triples.request import request_body

TEXT = "\n\n".join(
    f"Chapter {number} took me a week. I'd planned a day for it, but Extract: and {{braces}} got in the way of "
    f"“everything” that I’d written before."
    for number in range(12)
)
RECIPE = GenerationRecipe(model=OFFLINE_MODEL)


@pytest.fixture(scope="module")
def model() -> Iterator[OfflineModel]:
    with running_offline_model() as running:
        yield running


def ask(model: OfflineModel, recipe: GenerationRecipe) -> dict[str, Any]:
    access = ModelAccess(model.base_url, model.api_key)

    async def request() -> dict[str, Any]:
        async with open_client(access) as client:
            completion, _ = await request_completion(client, access, request_body(recipe, TEXT))
            return completion

    return asyncio.run(request())


def test_it_answers_with_triples_about_the_whole_chunk(model: OfflineModel) -> None:
    answer = parse_answer(openai.read(ask(model, RECIPE)))
    assert answer == Answer(tuple(offline_triples(TEXT)), None)
    assert len(answer.triples) == 5


def test_its_usage_is_plausible(model: OfflineModel) -> None:
    usage = ask(model, RECIPE)["usage"]
    assert len(TEXT) / 4 < usage["prompt_tokens"] < len(TEXT)
    assert 0 < usage["completion_tokens"] < 2_000
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_it_cuts_an_answer_off_where_the_request_says(model: OfflineModel) -> None:
    answer = parse_answer(openai.read(ask(model, RECIPE.model_copy(update={"max_output_tokens": 500}))))
    assert answer.fault is Fault.TRUNCATED
    assert answer.triples == tuple(offline_triples(TEXT))[: len(answer.triples)]


def test_it_knows_no_other_model(model: OfflineModel) -> None:
    with pytest.raises(ModelAccessError, match="there is no model 'gpt-4o-mini'"):
        ask(model, GenerationRecipe())


def test_it_lists_itself_under_a_name_that_says_what_it_is(model: OfflineModel) -> None:
    import openai

    async def models() -> list[str]:
        async with openai.AsyncOpenAI(base_url=model.base_url, api_key=model.api_key) as client:
            return [each.id async for each in client.models.list()]

    assert asyncio.run(models()) == ["ownvoice-offline-stand-in"]


def test_it_wants_a_key_as_every_endpoint_does(model: OfflineModel) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{model.base_url}/models")
    assert raised.value.code == 401
    assert json.load(raised.value)["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"model": "m", "messages": []}'], ids=repr)
def test_what_is_no_request_is_refused_in_the_apis_own_form(model: OfflineModel, body: bytes) -> None:
    headers = {"Authorization": "Bearer any", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{model.base_url}/chat/completions", body, headers)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    assert raised.value.code == 400
    assert json.load(raised.value)["error"]["type"] == "invalid_request_error"


def test_it_counts_what_it_answered(tmp_path: Path) -> None:
    body = request_body(RECIPE, TEXT)
    asks = [ChunkRequest("article", 0, request_key(body), body, read=parse_answer)]
    answers = AnswerStore(ObjectStore(tmp_path.as_uri()))
    with running_offline_model() as model:
        for event in (ChunkEvent.ANSWER_ARRIVED, ChunkEvent.STORED_ANSWER_FOUND):
            outcomes: list[ChunkOutcome] = []
            access = ModelAccess(model.base_url, model.api_key)
            asyncio.run(ask_chunks(asks, answers, access, outcomes.append, RequestContext(run_id=event)))
            assert [outcome.event for outcome in outcomes] == [event]
        with urllib.request.urlopen(model.base_url.replace("/v1", "/stats")) as stats:
            assert json.load(stats) == {"requests_served": 1}
        assert model.requests_served == 1


def test_alone_it_says_what_it_is_and_ends_cleanly_when_told_to() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ownvoice.offline_model.server", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "stand-in" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
