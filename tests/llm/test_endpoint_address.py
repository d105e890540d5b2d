"""What connections and environment may say about an endpoint, and what reaches the endpoint of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import SettingsError
from ownvoice.llm.client import ModelAccess, open_client, request_completion
from ownvoice.llm.endpoint_address import EXTRAS, EndpointAddress, from_environment, from_extra, secrets_among
from ownvoice.offline_model.server import serving
from ownvoice.triples.request import request_body
from stand_ins.model_fates import completion

KEY = "sk-very-secret-0123456789"
SECRET = "gateway-secret-0123456789"


def received(**fields: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the headers that an endpoint receives, in small letters, and its answer, which repeats them."""
    seen: dict[str, str] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.update({name.lower(): value for name, value in request.headers.items()})
        return web.json_response(completion("good", 1, 1) | {"seen": dict(request.headers)})

    async def ask(base_url: str) -> dict[str, Any]:
        access = ModelAccess(base_url, KEY, **fields)
        async with open_client(access) as client:
            return (await request_completion(client, access, request_body(GenerationRecipe(), "text")))[0]

    app = web.Application()
    app.add_routes([web.post("/v1/chat/completions", answer)])
    with serving(app) as address:
        return seen, asyncio.run(ask(f"{address}/v1"))


def test_organisation_project_and_further_headers_go_out_with_each_request() -> None:
    headers = {"HTTP-Referer": "https://blog.example.com", "X-Gateway-Key": SECRET}
    seen, stored = received(organization="org-1", project="proj-1", headers=headers)
    assert (seen["openai-organization"], seen["openai-project"]) == ("org-1", "proj-1")
    assert (seen["http-referer"], seen["x-gateway-key"]) == tuple(headers.values())
    text = json.dumps(stored)
    assert SECRET not in text
    assert KEY not in text
    assert "https://blog.example.com" in text, "an address is no secret, and an article may hold it"


def test_what_the_sdk_would_take_from_its_own_variables_goes_to_no_other_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-another")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Gateway-Key: {SECRET}")
    seen, _ = received()
    assert not {"openai-organization", "openai-project", "x-gateway-key"} & set(seen)


def test_the_environment_says_all_that_a_connection_can(monkeypatch: pytest.MonkeyPatch) -> None:
    for suffix in ("BASE_URL", "API_KEY", *(suffix for suffix, _ in EXTRAS.values())):
        monkeypatch.setenv(f"LLM_GATE_{suffix}", f"X-Name: {suffix}")
    said = from_environment("llm_gate")
    assert said.headers == {"X-Name": "CUSTOM_HEADERS"}
    extra = {name: f"X-Name: {suffix}" for name, (suffix, _) in EXTRAS.items()}
    extra |= {"default_headers": {"X-Name": "CUSTOM_HEADERS"}}
    assert from_extra(said.base_url, said.api_key, extra, "llm_gate") == said
    assert from_extra(said.base_url, said.api_key, {"openai_client_kwargs": extra}, "llm_gate") == said


@pytest.mark.parametrize("extra", [{"api_version": 5}, {"default_headers": "X: y"}, {"default_headers": {"X": 1}}])
def test_an_extra_field_of_another_type_is_refused_in_one_sentence(extra: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="the extra field of connection llm_gate is wrong"):
        from_extra(None, KEY, extra, "llm_gate")


def test_lines_that_are_no_headers_are_refused_without_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_GATE_CUSTOM_HEADERS", SECRET)
    with pytest.raises(SettingsError, match="LLM_GATE_CUSTOM_HEADERS is wrong") as refused:
        from_environment("llm_gate")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"base_url": "https://x.openai.azure.com"}, "name an api_version, or end the address with /openai/v1"),
        ({"base_url": None, "api_version": "2024-10-21"}, "is Azure's, and its base_url is OpenAI's own"),
        ({"headers": {"X-Key": f"{SECRET}\n"}}, "header 'X-Key' is none that HTTP can carry"),
        ({"headers": {"X Key": "v"}}, "header 'X Key' is none"),
        ({"headers": {"Authorization": SECRET}}, "header Authorization is set by Ownvoice itself"),
        ({"headers": {"Content-Length": "1"}}, "header Content-Length is set by Ownvoice itself"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_without_its_secrets(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as refused:
        ModelAccess(**{"base_url": "https://gate.example.com/v1", "api_key": KEY} | fields)
    assert SECRET not in str(refused.value)


def test_a_header_is_secret_by_its_name() -> None:
    headers = {"Helicone-Auth": "a", "X-API-Key": "b", "X-Access-Token": "c", "X-Title": "d", "HTTP-Referer": "e"}
    assert secrets_among(headers) == ("a", "b", "c")


def test_no_secret_shows_where_an_address_is_printed() -> None:
    headers = {"X-Gateway-Key": SECRET}
    printed = f"{EndpointAddress(None, KEY, headers=headers)} {ModelAccess(None, KEY, headers=headers)}"
    assert SECRET not in printed
    assert KEY not in printed
