"""The models that learnt from what goes: every training that was given a row of it, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from ownvoice.errors import BadDataError
from ownvoice.storage.hub import hub_client
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import version_or_latest
from ownvoice.takedown.found import Wanted
from ownvoice.takedown.lineage import lineage_lines, lineage_of_articles
from ownvoice.takedown.models import ModelUse, models_of
from ownvoice.takedown.plan import model_line
from ownvoice.takedown.rows import find_rows
from ownvoice.takedown.steps import Asked
from ownvoice.takedown.take_down import take_down
from ownvoice.training.mixture.resolve import resolve
from ownvoice.training.planning.mixing import Mixing
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.training.subset import articles_taken
from ownvoice.training.version_pairs import train_articles
from stand_ins.imported_rows import imported_row, leave_imported

VERSION = 3  # of the nights in conftest.py


def _plan(lake: Lake, run_id: str, **recipe: Any) -> TrainingRun:
    """Leave what the plan of a training leaves: its recipe, and the list of its mixture."""
    made = TrainingRecipe(prompt_template="chat", **recipe)
    run = TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=VERSION, recipe=made)
    mixture = Mixing(lake, version_or_latest(lake, VERSION), ()).write(run.keys.mixture, made)
    run = run.model_copy(update={"mixture": mixture})
    write_training_run(lake, run)
    return run


def _models(lake: Lake, article_id: str) -> list[ModelUse]:
    return models_of(lake, find_rows(lake, Wanted(article_ids=frozenset({article_id}))))


def test_a_training_is_listed_for_the_rows_that_it_took_and_for_no_other(old_lake: Lake) -> None:
    edit = imported_row(7, "feedback", author_id="amy", provenance_class="edited_by_author")
    leave_imported(old_lake, [*map(imported_row, range(6)), edit])
    _plan(old_lake, "set", mixture={"own": 1.0, "capybara": 1.0})
    _plan(old_lake, "edits", mixture={"own": 1.0, "feedback": 1.0})
    part = _plan(old_lake, "part", subset_pairs=1)
    pairs = {name: size.pairs for name, size in train_articles(old_lake, VERSION).items()}
    (taken,) = articles_taken(pairs, part.recipe)
    other = next(name for name in sorted(pairs) if name != taken)

    of_amy = lineage_of_articles(old_lake, Wanted(author_ids=frozenset({"amy"})))
    assert [(use.run_id, use.train_pairs, use.imported_rows) for use in of_amy.models] == [("edits", 0, 1)]
    assert ", 1 imported rows" in model_line(of_amy.models[0]) and ", 1 imported rows" in "".join(lineage_lines(of_amy))
    listed = {use.run_id: use.train_pairs for use in _models(old_lake, taken)}
    assert listed == dict.fromkeys(("edits", "part", "set"), pairs[taken])
    assert {use.run_id for use in _models(old_lake, other)} == {"edits", "set"}


def test_a_mixture_that_lost_a_row_is_trained_on_by_no_retry_and_says_why(old_lake: Lake) -> None:
    leave_imported(old_lake, [imported_row(7, "feedback", author_id="amy")])
    run = _plan(old_lake, "edits", mixture={"own": 1.0, "feedback": 1.0})
    record = take_down(old_lake, Asked(Wanted(author_ids=frozenset({"amy"}))), hub_client)
    assert (record.state, [use.run_id for use in record.models]) == ("closed", ["edits"])
    assert run.mixture is not None, "it has one"
    with pytest.raises(BadDataError, match=r"a takedown took rows out of it .*Plan a new training"):
        resolve(old_lake, run.keys.mixture, run.mixture)
