"""Chunks asked of several models at several endpoints: each of its own, and whatever becomes of one, nothing twice."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from ownvoice.config.prices import ModelLimits, ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.settings import Settings
from ownvoice.errors import ModelAccessError, SettingsError
from ownvoice.llm.batch.waiting import BatchJobsRunningError, until_all_ended
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.endpoint_address import EndpointAddress
from ownvoice.llm.endpoints import Endpoints, access_by
from ownvoice.llm.outcomes import read_outcomes
from ownvoice.llm.rate_limit_headers import RateLimits
from ownvoice.offline_model.server import OFFLINE_MODEL, OfflineModel, running_offline_model
from ownvoice.storage.lake import Lake
from ownvoice.triples.generate import generate_batch
from stand_ins.planned_night import RUN_ID, chunk_text, plan_night

HERE, THERE = f"{OFFLINE_MODEL}-here", f"{OFFLINE_MODEL}-there"
TWO = GenerationRecipe.model_validate(
    {"generators": [{"model": HERE, "weight": 2}, {"model": THERE, "endpoint": "llm_there"}]}
)
TEXTS = [chunk_text(number) for number in range(30)]
PRICE = {"source": "a test", "seen_on": dt.date(2026, 11, 1)}
PRICES = {
    HERE: ModelPrice(input_usd_per_million_tokens=1, output_usd_per_million_tokens=2, **PRICE),
    THERE: ModelPrice(input_usd_per_million_tokens=10, output_usd_per_million_tokens=20, **PRICE),
}


@pytest.fixture
def there() -> Iterator[OfflineModel]:
    with running_offline_model() as model:
        yield model


@pytest.fixture
def endpoints(offline_model: OfflineModel, there: OfflineModel) -> Endpoints:
    accesses = {model.base_url: ModelAccess(model.base_url, "key") for model in (offline_model, there)}
    names = {"llm_api": offline_model.base_url, "llm_there": there.base_url}
    return lambda name: accesses[names[name]]


def generate(lake: Lake, endpoints: Endpoints) -> dict[str, int]:
    return generate_batch(lake, RUN_ID, "batch-0000", endpoints)


def rows(lake: Lake, run: Any) -> list[dict[str, Any]]:
    return list(read_outcomes(lake, run, "batch-0000").values())


def test_each_endpoint_is_asked_about_its_own_chunks_and_a_rerun_asks_nothing(lake, endpoints, offline_model, there):
    run = plan_night(lake, TEXTS, recipe=TWO)
    assert generate(lake, endpoints) == {"answered": 30}
    asked = [row["model"] for row in rows(lake, run)]
    assert (offline_model.served, there.served) == ({HERE: asked.count(HERE)}, {THERE: asked.count(THERE)})
    assert asked.count(HERE) > asked.count(THERE) > 0
    assert generate(lake, endpoints) == {"answered": 30}
    assert offline_model.requests_served + there.requests_served == 30


def test_a_generator_that_is_added_is_asked_for_its_share_alone(lake, endpoints, offline_model, there):
    plan_night(lake, TEXTS, recipe=GenerationRecipe(model=HERE))
    generate(lake, endpoints)
    run = plan_night(lake, TEXTS, recipe=TWO)
    generate(lake, endpoints)
    share = sum(row["model"] == THERE for row in rows(lake, run))
    assert there.requests_served == share > 0
    assert offline_model.requests_served == 30


def test_an_endpoint_that_is_away_keeps_no_other_from_being_asked(lake, endpoints, offline_model, there):
    plan_night(lake, TEXTS, recipe=TWO)
    away = ModelAccess("http://127.0.0.1:9/v1", "key", patience_s=0.05)
    counts = generate(lake, lambda name: away if name == "llm_there" else endpoints(name))
    asked = offline_model.requests_served
    assert counts == {"answered": asked, "deferred": 30 - asked}
    assert generate(lake, endpoints) == {"answered": 30}
    assert (offline_model.requests_served, there.requests_served) == (asked, 30 - asked)


def test_the_fault_that_no_retry_mends_is_the_one_that_is_told(lake, offline_model):
    away = ModelAccess("http://127.0.0.1:9/v1", "key", patience_s=0.05)
    refused = GenerationRecipe.model_validate(
        {"generators": [{"model": HERE, "endpoint": "llm_away"}, {"model": "unknown"}]}
    )
    plan_night(lake, TEXTS, recipe=refused)
    here = ModelAccess(offline_model.base_url, "key")
    with pytest.raises(ModelAccessError, match="there is no model 'unknown'"):
        generate(lake, lambda name: away if name == "llm_away" else here)


def test_each_answer_is_paid_at_the_price_of_its_model(lake, endpoints):
    run = plan_night(lake, TEXTS, recipe=TWO, prices=PRICES)
    generate(lake, endpoints)
    for row in rows(lake, run):
        cost_usd = PRICES[row["model"]].cost_usd(row["prompt_tokens"], row["completion_tokens"])
        assert row["cost_usd"] == pytest.approx(cost_usd)


def test_a_budget_in_dollars_is_held_over_all_models_together(lake, endpoints):
    run = plan_night(lake, TEXTS, recipe=TWO, prices=PRICES, max_cost_usd=0.15)
    counts = generate(lake, endpoints)
    assert 0 < counts["answered"] < 30
    assert counts["answered"] + counts["deferred"] == 30
    assert sum(row["cost_usd"] for row in rows(lake, run)) <= 0.15


def test_a_budget_in_dollars_wants_the_price_of_every_model(lake):
    with pytest.raises(ValueError, match=f"needs the price of '{THERE}'"):
        plan_night(lake, TEXTS, recipe=TWO, prices={HERE: PRICES[HERE]}, max_cost_usd=1)


def test_in_batch_mode_each_model_has_batches_of_its_own(lake, endpoints, offline_model, there):
    run = plan_night(lake, TEXTS, recipe=TWO, mode="batch")
    with pytest.raises(BatchJobsRunningError) as running:
        generate(lake, endpoints)
    assert {name: len(ids) for name, ids in running.value.by_endpoint.items()} == {"llm_api": 1, "llm_there": 1}
    for name, batch_ids in running.value.by_endpoint.items():
        asyncio.run(until_all_ended(endpoints(name), batch_ids, 0.01))
    assert generate(lake, endpoints) == {"answered": 30}
    asked = [row["model"] for row in rows(lake, run)]
    assert (offline_model.served, there.served) == ({HERE: asked.count(HERE)}, {THERE: asked.count(THERE)})


def test_a_model_with_limits_of_its_own_is_asked_at_them_and_the_others_at_the_accounts():
    settings = Settings(requests_per_minute=500, limits={"small": ModelLimits(requests_per_minute=30_000)})
    access = access_by(settings, EndpointAddress("http://127.0.0.1:9/v1", "key"))
    assert access.for_model("small").rate_limits == RateLimits(30_000, None)
    assert access.for_model("large").rate_limits == RateLimits(500, None)


def test_an_endpoint_that_nothing_leads_to_is_named(lake, offline_model):
    def known(name: str) -> ModelAccess:
        if name == "llm_api":
            return ModelAccess(offline_model.base_url, "key")
        raise SettingsError(f"no model to ask at {name}")

    plan_night(lake, TEXTS, recipe=TWO)
    with pytest.raises(SettingsError, match="llm_there"):
        generate(lake, known)
    assert offline_model.requests_served == 0
