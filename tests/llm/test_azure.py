"""Azure OpenAI through the SDK's own client: deployments, API versions and the key header, in both modes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import ModelAccessError
from ownvoice.llm.azure import is_azure_host, resource_and_deployment
from ownvoice.llm.batch.submit import completions_at
from ownvoice.llm.client import ModelAccess, open_client, request_completion
from ownvoice.offline_model.server import OfflineModel
from ownvoice.storage.lake import Lake
from ownvoice.triples.request import request_body
from stand_ins.azure import API_VERSION, AzureFront, running_azure
from stand_ins.batch_desk import ARRIVED, GOOD, Desk, events
from stand_ins.model_server import ModelServer

KEY = "azure-key-0123456789"
MODEL = GenerationRecipe().model


@pytest.fixture
def azure(model: ModelServer) -> Iterator[AzureFront]:
    with running_azure(model.base_url, MODEL, "other", api_key=KEY) as front:
        yield front


def ask(base_url: str, **fields: str) -> None:
    access = ModelAccess(base_url, KEY, **{"api_version": API_VERSION, **fields})

    async def request() -> None:
        async with open_client(access) as client:
            await request_completion(client, access, request_body(GenerationRecipe(), "good: text"))

    asyncio.run(request())


@pytest.mark.parametrize("ending", ["", "/", "/openai", "/openai/"])
def test_the_model_of_a_request_is_its_deployment(azure: AzureFront, ending: str) -> None:
    ask(azure.base_url + ending)
    assert azure.paths == [f"/openai/deployments/{MODEL}/chat/completions"]
    assert azure.headers[0]["api-key"] == KEY


def test_an_address_that_names_a_deployment_asks_that_one(azure: AzureFront) -> None:
    ask(f"{azure.base_url}/openai/deployments/other")
    assert azure.paths == ["/openai/deployments/other/chat/completions"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"api_version": "2019-01-01"}, "there is no model"),
        ({"base_url": "/openai/deployments/none"}, "there is no model"),
    ],
)
def test_what_azure_does_not_know_is_an_access_fault(azure: AzureFront, fields: dict[str, str], sentence: str) -> None:
    address = azure.base_url + fields.pop("base_url", "")
    with pytest.raises(ModelAccessError, match=sentence):
        ask(address, **fields)


def test_a_batch_goes_through_azures_own_addresses(azure: AzureFront, model: ModelServer, lake: Lake) -> None:
    desk = Desk(lake, model)
    desk.access = ModelAccess(azure.base_url, KEY, api_version=API_VERSION)
    assert events(desk.settle(*GOOD)) == [ARRIVED] * len(GOOD)
    assert {path.split("/")[2] for path in azure.paths} == {"files", "batches"}
    assert completions_at(open_client(desk.access)) == "/chat/completions"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://x.openai.azure.com", ("https://x.openai.azure.com", None)),
        ("https://x.openai.azure.com/openai/deployments/d", ("https://x.openai.azure.com", "d")),
        ("https://gate.example.com/azure/openai", ("https://gate.example.com/azure", None)),
    ],
)
def test_an_address_is_a_resource_and_perhaps_a_deployment(address: str, expected: tuple[str, str | None]) -> None:
    assert resource_and_deployment(address) == expected


@pytest.mark.parametrize(
    ("address", "is_azure"),
    [
        ("https://x.openai.azure.com/openai/v1", True),
        ("https://x.cognitiveservices.azure.com", True),
        ("https://x.services.ai.azure.com", True),
        ("https://openai.azure.com.example.org/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_azures_hosts_are_known_by_their_endings(address: str, is_azure: bool) -> None:
    assert is_azure_host(address) is is_azure


def test_a_night_at_azure_makes_the_pairs_that_the_model_behind_it_makes(
    lake: Lake, offline_model: OfflineModel, tmp_path
) -> None:
    from ownvoice.triples.generate import generate_batch
    from stand_ins.night import RECIPE, Night

    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.list_and_plan("one")
    with running_azure(offline_model.base_url, RECIPE.model, api_key=KEY) as front:
        access = ModelAccess(front.base_url, KEY, api_version=API_VERSION)
        counts = generate_batch(lake, "one", "batch-0000", lambda _: access)
    assert set(counts) == {"answered"}
    assert len(front.paths) == counts["answered"] == offline_model.requests_served
