"""Every recorded error of a server means what it meant there."""

from __future__ import annotations

import pytest

from ownvoice.errors import ModelAccessError
from ownvoice.llm.failures import Failure, classified, classified_within_answer
from ownvoice.llm.providers import openai
from ownvoice.llm.providers.openai_errors import read_error, status_within
from ownvoice.llm.providers.provider import MAX_WORDS_CHARS
from stand_ins.endpoint_errors import ENDPOINT_ERRORS, EndpointError

SERVERS = {
    "OpenAI",
    "Azure",
    "vLLM",
    "llama.cpp",
    "Ollama",
    "LM Studio",
    "LiteLLM",
    "OpenRouter",
    "Groq",
    "Google",
    "Mistral",
}


def meaning(error: EndpointError) -> ModelAccessError | Failure | str:
    if openai.is_rejected_answer(error.body):
        return str(openai.read(error.body).ending)
    names = {"endpoint": "http://e/v1", "model": "m"}
    if error.status >= 300:
        return classified(error.status, read_error(error.status, error.body), **names)
    status = status_within(error.body)
    assert status is not None
    return classified_within_answer(status, read_error(status, error.body), **names)


@pytest.mark.parametrize("error", ENDPOINT_ERRORS.values(), ids=lambda error: error.name)
def test_an_error_means_what_it_meant_at_its_server(error: EndpointError) -> None:
    found = meaning(error)
    if isinstance(found, ModelAccessError):
        assert error.means in str(found)
    else:
        assert found == error.means


@pytest.mark.parametrize("error", ENDPOINT_ERRORS.values(), ids=lambda error: error.name)
def test_the_endpoint_is_quoted_in_one_line_of_bounded_length(error: EndpointError) -> None:
    told = read_error(error.status, error.body)
    assert 0 < len(told.words) <= MAX_WORDS_CHARS
    assert told.words.isprintable()
    found = meaning(error)
    assert not isinstance(found, ModelAccessError) or told.words in str(found)


def test_every_server_has_told_of_a_wrong_key_or_a_wrong_name() -> None:
    told = {error.server for error in ENDPOINT_ERRORS.values() if error.means.startswith(("the key", "there is no"))}
    assert told >= SERVERS
