"""`ownvoice judges`: judges and people on a terminal."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.evaluation.judges.qualification.stored import write_qualification
from ownvoice.evaluation.judges.table import record_judgements
from ownvoice.reviewing.answers import give_answer
from ownvoice.reviewing.sample import write_sample
from ownvoice.storage.lake import Lake
from stand_ins.judgements import a_judge, a_qualification, comparison
from stand_ins.review_rounds import AT, a_round, answer, item


@pytest.fixture
def lake(tmp_path):
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def judges(lake):
    def run(*arguments):
        done = CliRunner().invoke(app, ["judges", *arguments, "--lake", lake.uri], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_lake_without_judgements_says_what_to_do(judges):
    assert "OWNVOICE_JUDGES" in judges("table")
    assert json.loads(judges("table", "--json"))["raters"] == []


def test_judges_and_people_stand_in_one_table_that_fits_a_terminal(lake, judges):
    judge, name = a_judge(), "someone with a name that is long\x1b[2J"
    write_qualification(lake, a_qualification(judge, "gold"))
    write_sample(lake, a_round(), [item(str(number)) for number in range(6)])
    for number in range(6):
        record_judgements(lake, comparison(judge, f"pair-{number}", "fs" if number < 4 else "sf"))
        give_answer(lake, answer(str(number), "left" if number < 3 else "right", name))
    shown = judges("table")
    assert "strict" in shown and "judge of gpt, pairwise; excluded" in shown and "It broke the rule gold." in shown
    assert "0.67 [" in shown, "kappa of 5 alike of 6"
    assert "person; chosen won 0.50" in shown
    assert "\x1b" not in shown and max(map(len, shown.splitlines())) <= 80
    row = json.loads(judges("table", "--json"))["raters"][0]
    assert row["with_people"]["n"] == 6


def test_of_a_pair_that_came_in_two_rounds_the_later_answer_counts(lake, judges):
    for day, choice in ((1, "left"), (2, "right")):
        made = a_round(f"round-{day}").model_copy(update={"at": AT + dt.timedelta(days=day)})
        write_sample(lake, made, [item("a", pair_id="pair-a")])
        give_answer(lake, answer("a", choice, round_name=made.round))
    [row] = json.loads(judges("table", "--json"))["raters"]
    assert (row["items"], row["chosen_won"]["value"]) == (1, 0.0)
