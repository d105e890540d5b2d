"""Identity rows in the lake, and the words that a model may change in them."""

from __future__ import annotations

import json

import pytest

from ownvoice.imports.identity.make import Origin, identity_pairs, names_another
from ownvoice.imports.identity.paraphrase import reworded
from ownvoice.imports.identity.record import record_identity
from ownvoice.imports.identity.verify import verify_identity
from ownvoice.imports.record_hash import record_sha256
from ownvoice.imports.table import read_imported, record_imported
from ownvoice.llm.budget import Spend
from ownvoice.llm.client import ModelAccess
from stand_ins.imported import imported_row

OWN = Origin("Quill", "The Corner Press")
PAIRS = identity_pairs(OWN, 200, ["en"])


def test_rows_are_recorded_once_with_a_source_that_they_can_be_hashed_against(lake):
    first = record_identity(lake, PAIRS, "one")
    again = record_identity(lake, PAIRS, "two")
    assert (first.rows, again.rows, again.withdrawn) == (200, 0, 0) and first.import_id == again.import_id
    source = [json.loads(line) for line in (lake.store.read(first.key) or b"").splitlines()]
    for row in read_imported(lake, sets=["identity"]):
        assert row["provenance_class"] == "identity" and row["imported_by_run"] == "one"
        assert record_sha256(source[row["source_row"] - 1]) == row["source_sha256"]
        assert source[row["source_row"] - 1]["chosen"] == row["chosen"]


def test_another_identity_takes_the_place_of_the_first_and_of_no_other_set(lake):
    record_imported(lake, [imported_row("a", "one")])
    record_identity(lake, PAIRS, "one")
    other = record_identity(lake, identity_pairs(Origin("Nib", "Ada"), 200, ["en"]), "two")
    assert (other.rows, other.withdrawn) == (200, 200)
    rows = list(read_imported(lake))
    assert sum(row["set"] == "identity" for row in rows) == 200 and len(rows) == 201
    assert not any("Quill" in str(row["chosen"]) for row in rows)


def test_rows_are_proved_against_the_pairs_as_they_were_made(lake):
    made = record_identity(lake, PAIRS, "one")
    proof = verify_identity(lake)
    assert (proof.passed, proof.rows, proof.compared, proof.sources) == (True, 200, 200, [made.key])
    data = lake.store.read(made.key) or b""
    lake.store.write(made.key, data.replace(b"Quill", b"Other", 1))
    assert "line 1 of" in verify_identity(lake).faults[0]
    lake.store.write(made.key, b"{")
    assert made.key in verify_identity(lake).faults[0]
    lake.store.delete(made.key)
    assert len(verify_identity(lake).faults) == 200


def reword(lake, model, name, **options):
    access = ModelAccess(model.base_url, "offline")
    return reworded(lake, "run", PAIRS, OWN, name, lambda _: access, **options)


def test_a_model_rewords_prompts_and_rejected_answers_once_and_never_a_chosen_one(lake, model):
    new = reword(lake, model, "rewords")
    assert new.prompts == new.rejected == 200
    assert [one.chosen for one in new.pairs] == [one.chosen for one in PAIRS]
    assert all(names_another(one.rejected, one, OWN) for one in new.pairs)
    assert all(one.prompt[-1]["content"].startswith("To put it otherwise:") for one in new.pairs)
    sent = model.totals.requests
    assert reword(lake, model, "rewords") == new and model.totals.requests == sent == new.asked


@pytest.mark.parametrize("way", ["rewords-alike", "rewords-in-lines", "rewords-as-is"])
def test_what_a_model_says_that_is_of_no_use_keeps_the_words_of_the_template(lake, model, way):
    new = reword(lake, model, way)
    assert new.rejected == 0 and [one.rejected for one in new.pairs] == [one.rejected for one in PAIRS]
    prompts = {tuple((turn["role"], turn["content"]) for turn in one.prompt) for one in new.pairs}
    assert len(prompts) == 200, "no prompt comes twice"


def test_a_budget_holds(lake, model):
    new = reword(lake, model, "rewords", share=Spend(tokens=3000))
    assert 0 < model.totals.requests < new.asked and new.prompts < 200
