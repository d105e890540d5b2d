"""Rejected answers of a real model: curated pairs in, answers by the toy, staged pairs out, nothing made twice."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from ownvoice.config.generators import RejectedBy  # noqa: E402
from ownvoice.config.recipe import GenerationRecipe  # noqa: E402
from ownvoice.llm.answers import AnswerStore, completion_of  # noqa: E402
from ownvoice.pairs.rejected_job import REJECTED, add_rejected, write_rejected_job  # noqa: E402
from ownvoice.pairs.staging import CURATED, Staged, read_staged, write_staged  # noqa: E402
from stand_ins.pair_lake import pair  # noqa: E402
from stand_ins.planned_night import plan_night  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

TOY = RejectedBy(model="lake:models/toy", temperature=1.0, max_output_tokens=40)
RECIPE = GenerationRecipe(rejected_by=TOY, rejected_draws=3, rejected_length="told", rejected_cut="sentence")
PAIRS = 6


def curated():
    place = {"article_id": "article", "chunk_index": 0, "rejected": "", "triple_index": 0}
    rows = [pair(number, "train") | place for number in range(PAIRS)]
    record = {"article_id": "article", "chunk_index": 0, "state": "reused", "triples": PAIRS, "kept": PAIRS,
              "drop_reasons": {}, "spend": []}  # fmt: skip
    return Staged(rows, [], [record])


def test_a_model_of_the_lake_writes_rejected_answers_and_a_repeated_job_makes_none_again(desk):
    run = plan_night(desk.lake, ["One chunk."], recipe=RECIPE)
    write_staged(desk.lake, run, "batch-0000", curated(), CURATED)

    assert desk.answer(write_rejected_job(desk.lake, run.run_id)) == 0
    assert len(desk.generated) == 3 * PAIRS
    add_rejected(desk.lake, run.run_id)
    staged = read_staged(desk.lake, run, "batch-0000")
    assert len(staged.pairs) + len(staged.drops) == PAIRS
    for row in staged.pairs:
        (answer,) = AnswerStore(desk.lake.store).read_all(row["rejected_request_key"])
        assert completion_of(answer).text.strip().startswith(row["rejected"])
        assert answer["request"]["draw"] == row["rejected_draw"] - 1
        assert row["rejected_model"].startswith("lake:models/toy@sha256:")

    assert desk.answer(write_rejected_job(desk.lake, run.run_id)) == 0
    assert len(desk.generated) == 3 * PAIRS
    add_rejected(desk.lake, run.run_id)
    assert read_staged(desk.lake, run, "batch-0000") == staged
    assert desk.lake.store.read(run.keys.answer_job(REJECTED).result)
