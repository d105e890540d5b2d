"""A whole training by KTO on own pairs, lone thumbs and rows of several turns, as the trainer's command makes it."""

from __future__ import annotations

import os

import pytest

from ownvoice.training.mixture.listing import ListedRow, write_listing
from ownvoice.training.mixture.rows import read_examples
from ownvoice.training.mixture.used import MixtureUsed, parts_of
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.training.version_pairs import read_pairs
from stand_ins.imported_rows import imported_row, leave_imported, lone_thumb
from training.conftest import RECIPE

pytestmark = pytest.mark.skipif(
    "OWNVOICE_TEST_MIXTURE" not in os.environ, reason="two trainings by the command: make test-mixture runs them"
)

KTO = {"loss_type": "kto", "batch_pairs": 4, "accumulation_steps": 2}


def plan(trainer, run_id, own=20):
    """Write what a plan leaves: the list of a mixture, and the recipe that names it."""
    recipe = TrainingRecipe(**RECIPE | KTO, mixture={"own": 0.5, "feedback": 1, "capybara": 1})
    run = TrainingRun(run_id=run_id, lake=trainer.lake.uri, dataset_version=trainer.version, recipe=recipe)
    pairs = read_pairs(trainer.lake, trainer.version)
    ids = {f"feedback-{number:03}" for number in range(8)} | {f"capybara-{number:03}" for number in range(3)}
    listed = [ListedRow("own", one.pair_id, pairs.version.digest, None, "verbatim", None) for one in pairs.train[:own]]
    listed += [row for row, _ in read_examples(trainer.lake, ["feedback", "capybara"], ids)]
    digest = write_listing(trainer.lake, run.keys.mixture, listed)
    used = MixtureUsed(digest=digest, table_version=1, parts=parts_of(listed), left_out={"duplicate": 1})
    return write_training_run(trainer.lake, run.model_copy(update={"mixture": used}))


def test_a_mixture_is_trained_by_kto_and_what_was_withdrawn_since_stops_the_next_try(make_trainer, tmp_path):
    trainer = make_trainer(tmp_path / "lake")
    question = [{"role": "user", "content": "Why?"}]
    thumbs = [lone_thumb(number, is_wanted=number % 2 > 0) | {"prompt_messages": question} for number in range(8)]
    leave_imported(trainer.lake, [*thumbs, *(imported_row(number) for number in range(3))])
    uri = plan(trainer, "mixed")
    printed, _ = (process := trainer.start(uri)).communicate(timeout=600)
    assert process.returncode == 0, printed
    result = trainer.result("mixed")
    assert result["rows"] == {"train": 28, "test": 8}
    assert result["rows_left_out"]["train"] == {"turns_not_in_the_template": 3}
    assert {part["set"]: part["rows"] for part in result["mixture"]["parts"]} == {"own": 20, "feedback": 8}
    assert result["mixture"]["left_out"] == {"duplicate": 1, "turns_not_in_the_template": 3}
    assert abs(result["first_loss"] / result["final"]["answer_weight"]) < 1
    assert "eval_rewards/gap" in result["test"]
    assert "gap" in printed

    trainer.lake.table("imported").delete("row_id = 'feedback-003'")
    trainer.lake.store.delete("runs/mixed/result.json")
    printed, _ = (process := trainer.start(uri)).communicate(timeout=600)
    assert process.returncode != 0
    assert "1 of the 11 imported rows of this mixture were withdrawn or changed" in printed
    assert "Traceback" not in printed
