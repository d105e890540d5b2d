"""Further prompts for proved quotes: written, checked, answered by the second model, and paid for once."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from ownvoice.chunks.plan import read_plan
from ownvoice.config.augment import AugmentKind
from ownvoice.config.generators import RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import recorded_run
from ownvoice.dataset.verify import verify
from ownvoice.errors import ModelUnavailableError
from ownvoice.llm.answers import AnswerStore, completion_of
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.pairs.augment.answers import read_instruction
from ownvoice.pairs.augment.augment import augment_batch
from ownvoice.pairs.augment.further import PASSED
from ownvoice.pairs.curate import curate_batch
from ownvoice.pairs.staging import CURATED, read_staged
from ownvoice.reports.report import write_report
from ownvoice.reports.text.report import report_lines
from ownvoice.storage.lake import Lake, scan
from ownvoice.triples.further import writing_body
from ownvoice.triples.generate import generate_batch
from stand_ins.night import RECIPE, Night
from stand_ins.s3_server import free_port

SECOND = RejectedBy(model=f"{OFFLINE_MODEL}-second", max_output_tokens=400)
KINDS = tuple(AugmentKind)
PLAIN = RECIPE.model_copy(update={"rejected_by": SECOND})
AUGMENTED = PLAIN.model_copy(update={"augment": KINDS})


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b", "s")  # `s` is on the test side
    return night


def rows_of(lake: Lake, table: str) -> list[dict]:
    return [row for batch in scan(lake.table(table)) for row in batch.to_pylist()]


def test_a_quote_gets_further_prompts_and_stays_as_it_is(night, lake):
    night.run("monday", recipe=AUGMENTED)
    rows = {row["pair_id"]: row for row in rows_of(lake, "pairs")}
    further = [row for row in rows.values() if row["augmented_from"]]
    assert {row["augment_kind"] for row in further} == set(KINDS)
    for row in further:
        first = rows[row["augmented_from"]]
        assert row["prompt"] != first["prompt"]
        (rejected,) = AnswerStore(lake.store).read_all(row["rejected_request_key"])
        assert rejected["request"]["messages"][-1]["content"] == row["prompt"]
        for same in ("chosen", "spans", "article_sha256", "request_key", "chunk_key", "split"):
            assert row[same] == first[same]
        (answer,) = AnswerStore(lake.store).read_all(row["prompt_request_key"])
        assert read_instruction(completion_of(answer)).text == row["prompt"]
    assert verify(lake).passed


def test_the_test_side_has_the_prompts_alone_that_its_quotes_came_with(night, lake):
    night.run("monday", recipe=AUGMENTED)
    rows = rows_of(lake, "pairs")
    assert {row["split"] for row in rows} == {"train", "test"}
    assert {row["split"] for row in rows if row["augmented_from"]} == {"train"}


def test_back_translation_does_not_see_the_first_prompt():
    model = RECIPE.mix[0]
    for kind in KINDS:
        (message,) = writing_body(RECIPE, model, kind, "Explain the PAGER.", "It rings.")["messages"]
        assert ("PAGER" in message["content"]) == (kind is not AugmentKind.BACK_TRANSLATION)


def test_the_counts_of_the_night_add_up_and_the_report_has_each_kind(night, lake):
    night.run("monday", recipe=AUGMENTED)
    for row in rows_of(lake, "chunks"):
        assert row["triples"] == row["kept"] + sum(dict(row["drop_reasons"]).values())
    report = write_report(lake, "monday")
    assert set(report.further_prompts) == {kind.value for kind in KINDS}
    firsts = [row for row in rows_of(lake, "pairs") if row["split"] == "train" and not row["augmented_from"]]
    for counts in report.further_prompts.values():
        assert sum(counts.values()) >= len(firsts)  # some first pairs are dropped after their further prompts
    assert sum((Counter(counts) for counts in report.further_prompts.values()), Counter())[PASSED] > 0
    assert any("back translation" in line for line in report_lines(report))


def test_a_second_night_asks_for_nothing_again_and_makes_the_same_rows(night, lake, offline_model):
    night.run("monday", recipe=AUGMENTED)
    before, rows = offline_model.requests_served, rows_of(lake, "pairs")
    night.run("again", recipe=AUGMENTED)
    night.generate("monday")
    night.commit("monday")
    assert offline_model.requests_served == before
    assert rows_of(lake, "pairs") == rows


@pytest.fixture
def curated(night, lake, offline_model):
    """Bring Monday's only batch to its curation; return its name."""
    night.list_and_plan("monday", recipe=AUGMENTED)
    (batch,) = read_plan(lake, recorded_run(lake, "monday")).batches
    generate_batch(lake, "monday", batch, access_of(offline_model))
    curate_batch(lake, "monday", batch)
    return batch


def access_of(model, **fields):
    access = ModelAccess(model.base_url, model.api_key, **fields)
    return lambda _: access


def test_a_model_that_goes_away_leaves_the_batch_pending_and_later_nights_go_on_from_there(
    night, curated, lake, offline_model
):
    gone = SimpleNamespace(base_url=f"http://127.0.0.1:{free_port()}/v1", api_key="any")
    with pytest.raises(ModelUnavailableError, match="answered none"):
        augment_batch(lake, "monday", curated, access_of(gone, patience_s=0.1))
    night.commit("monday")
    assert {row["event"] for row in rows_of(lake, "chunks")} == {"batch_failed"}
    asked = offline_model.requests_served
    night.run("tuesday", recipe=AUGMENTED)
    assert any(row["augmented_from"] for row in rows_of(lake, "pairs"))
    again = offline_model.requests_served
    night.run("wednesday", recipe=AUGMENTED)
    assert asked < again == offline_model.requests_served


def test_what_a_failed_batch_had_paid_for_further_prompts_stands_in_the_ledger(night, curated, lake, offline_model):
    augment_batch(lake, "monday", curated, access_of(offline_model))
    run = recorded_run(lake, "monday")
    bought = sum(row["prompt_tokens"] for row in read_staged(lake, run, curated, CURATED).chunks)
    lake.store.delete(run.keys.staged(CURATED, curated, "pairs"))
    night.commit("monday")
    rows = rows_of(lake, "chunks")
    assert sum(row["prompt_tokens"] for row in rows) == bought > sum(row["spend"][0]["prompt_tokens"] for row in rows)


def test_prompts_that_the_budget_does_not_allow_are_left_out_and_their_pairs_stay(night, lake):
    night.run("plain", recipe=PLAIN)
    firsts = {row["pair_id"] for row in rows_of(lake, "pairs")}
    night.run("monday", recipe=AUGMENTED, max_tokens=60_000, reconcile=True)
    assert {row["pair_id"] for row in rows_of(lake, "pairs")} >= firsts


@pytest.mark.parametrize("given", [["harder", "persona"], "harder, persona", '["harder", "persona", "harder"]'])
def test_kinds_are_named_in_a_form_a_variable_or_on_the_command_line(given):
    recipe = GenerationRecipe(augment=given, rejected_by=SECOND)
    assert recipe.augment == (AugmentKind.HARDER, AugmentKind.PERSONA)


@pytest.mark.parametrize("given", [None, "", [], "[]"])
def test_without_kinds_the_recipe_is_the_one_of_before(given):
    assert GenerationRecipe(augment=given).recipe_id == GenerationRecipe().recipe_id


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"augment": "harder"}, "augment needs rejected_by"),
        ({"augment": "longer", "rejected_by": SECOND}, "'harder', 'narrower'"),
    ],
)
def test_a_recipe_that_cannot_augment_is_refused(fields, said):
    with pytest.raises(ValidationError, match=said):
        GenerationRecipe(**fields)
