"""A refresh on its way: how far it has come."""

from __future__ import annotations

import pytest

from ownvoice.config.generators import RejectedBy
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.pages.refresh import refresh_page
from ownvoice.pairs.curate import curate_batch
from ownvoice.triples.generate import generate_batch
from stand_ins.night import RECIPE, Night

SECOND = RejectedBy(model=f"{OFFLINE_MODEL}-second", temperature=0.9, max_output_tokens=400, endpoint="llm_sft")


@pytest.mark.parametrize("second", [None, SECOND], ids=["one model", "a second model"])
def test_a_batch_is_curated_though_its_second_model_is_not_asked_yet(second, lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.list_and_plan("one", recipe=RECIPE.model_copy(update={"rejected_by": second}))
    access = ModelAccess(offline_model.base_url, "key")
    generate_batch(lake, "one", "batch-0000", lambda _: access)
    assert refresh_page(lake, "one")["so_far"].curated == 0
    curate_batch(lake, "one", "batch-0000")
    assert refresh_page(lake, "one")["so_far"].curated == 1
