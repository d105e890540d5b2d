"""Whole nights against servers that refuse: no chunk pays for what all requests meet, and a mend is asked again."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.errors import Exit, ModelAccessError
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.endpoints import addresses_of
from ownvoice.llm.providers.openai_errors import read_error
from ownvoice.refresh import refresh
from ownvoice.storage.lake import scan
from ownvoice.storage.stores import ObjectStore
from stand_ins.endpoint_errors import ENDPOINT_ERRORS
from stand_ins.model_behaviour import Behaviour
from stand_ins.night import article

WELL = Behaviour(offline_answers=True)
RECIPE = GenerationRecipe(model="writer", min_chunk_chars=400, max_chunk_chars=900)
UNKNOWN_REFUSALS = {name for name, error in ENDPOINT_ERRORS.items() if error.means == "bad_request"}
ONE_OF_EACH_SERVER = {
    error.server: name for name, error in ENDPOINT_ERRORS.items() if error.fault.startswith(("wrong_key", "json_mode"))
}
OF_ACCESS = sorted({*UNKNOWN_REFUSALS, *ONE_OF_EACH_SERVER.values(), "LiteLLM: wrong_key", "OpenRouter: spent_in_200"})


@pytest.fixture
def articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.md").write_text(article(name))
    return folder


class Nights:
    """Nights over one lake, one after the other, in so many batches."""

    def __init__(self, lake, articles, model, batches=1):
        self.lake, self.articles, self.model, self.batches = lake, articles, model, batches
        self.count = 0

    def run(self, base_url=None, **recipe):
        self.count += 1
        access = ModelAccess(base_url or self.model.base_url, "sk-a-secret-key", patience_s=0.01)
        run = RefreshRun(
            run_id=f"night-{self.count}",
            refresh_date=dt.date(2026, 4, self.count),
            articles_uri=self.articles.as_uri(),
            recipe=RECIPE.model_copy(update=recipe),
            max_generation_tasks=self.batches,
            max_dead_share=1.0,
            addresses=addresses_of(RECIPE.endpoints, lambda _: access),
        )
        return refresh(self.lake, ObjectStore(run.articles_uri), run, lambda _: access, lambda _: None, lambda _: None)

    def dead(self):
        table = self.lake.table("chunks")
        rows = [row for part in scan(table) for row in part.to_pylist()] if table else []
        return [row for row in rows if row["state"] == "dead"]


@pytest.fixture
def nights(lake, articles, model, short_waits):
    return Nights(lake, articles, model)


@pytest.mark.parametrize(
    ("name", "batches"), [*((name, 1) for name in OF_ACCESS), *((name, 50) for name in sorted(UNKNOWN_REFUSALS)[:2])]
)
def test_what_every_request_meets_ends_the_night_and_the_next_one_asks_about_all(nights, name, batches):
    nights.batches = batches
    nights.model.reset(Behaviour(like=name))
    with pytest.raises(ModelAccessError) as raised:
        nights.run()
    assert raised.value.exit_code is Exit.MODEL_ACCESS
    recorded = ENDPOINT_ERRORS[name]
    assert read_error(recorded.status, recorded.body_for("[key]")).words in str(raised.value)
    assert "sk-a-secret-key" not in str(raised.value)
    assert len(nights.model.bodies) <= 4  # the chunk, and up to three others
    assert nights.dead() == []
    nights.model.reset(WELL)
    report = nights.run()
    assert report.chunks.answered == report.chunks.total > 0


REFUSES_ONE = [
    ("Azure: moderated", "refused", {"model": "another"}),
    ("OpenRouter: moderated", "refused", {"model": "another"}),
    ("Ollama: no_chat", "bad_request", {"temperature": 0.1}),
    ("Ollama: no_chat", "bad_request", {"response_format": "json_schema"}),
]


@pytest.mark.parametrize(("name", "fault", "mend"), REFUSES_ONE)
def test_a_chunk_that_was_refused_is_asked_again_when_the_recipe_changes(nights, name, fault, mend):
    nights.model.reset(Behaviour(offline_answers=True, like=name, like_where="the pager in year a"))
    nights.run()
    assert {tuple(row["faults"]) for row in nights.dead()} == {(fault,)}
    assert all(row["endpoint_words"] for row in nights.dead())
    nights.model.reset(WELL)
    nights.run()
    assert nights.model.bodies == []
    report = nights.run(**mend)
    assert report.chunks.dead == 0
    assert report.chunks.answered > 0
    asked = len(nights.model.bodies)
    nights.run(**mend)
    assert len(nights.model.bodies) == asked


@pytest.mark.parametrize("name", ["Azure: moderated", "Ollama: no_chat"])
def test_another_endpoint_is_asked_about_the_refused_chunks_alone(nights, name):
    nights.model.reset(Behaviour(offline_answers=True, like=name, like_where="the pager in year a"))
    nights.run()
    refused = len(nights.dead())
    nights.model.reset(WELL)
    report = nights.run(base_url=nights.model.base_url.replace("127.0.0.1", "localhost"))
    assert report.chunks.dead == 0
    assert len(nights.model.bodies) == refused > 0


def test_what_moderation_refused_is_not_asked_again_for_another_parameter(nights):
    nights.model.reset(Behaviour(offline_answers=True, like="Azure: moderated", like_where="the pager in year a"))
    nights.run()
    nights.model.reset(WELL)
    nights.run(temperature=0.1)
    assert nights.model.bodies == []
