"""The demo with a real model: its commands are those of the command line, and its last words fit a terminal."""

from __future__ import annotations

import real

from ownvoice.cli.main import COMMANDS
from ownvoice.cli.recipe_fields import with_fields
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.storage.lake import Lake
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.trained import leave_trained_run


def fields_of(name):
    """Return the recipe fields of the step that is the command `name`."""
    command = next(command for _, command in real.steps() if name in command)
    return [part.removeprefix("--recipe=") for part in command if part.startswith("--recipe=")]


def test_each_step_is_a_command_of_ownvoice_once_the_model_is_there():
    commands = [command for _, command in real.steps()][1:]
    assert {command[1] for command in commands} <= COMMANDS.keys()


def test_the_base_writes_the_rejected_answers_and_is_the_model_that_is_trained():
    generation = with_fields(GenerationRecipe(), fields_of("refresh"))
    training = with_fields(TrainingRecipe(), fields_of("train"))
    assert generation.rejected_by
    assert generation.rejected_by.model == training.base_model
    assert generation.rejected_by.prompt_template == training.prompt_template


def test_commands_are_shown_as_one_would_type_them_in_the_repository():
    for _, command in real.steps():
        assert str(real.REPOSITORY) not in real.shown(command).replace(real.LAKE.as_uri(), "")


def test_settings_of_another_ownvoice_or_airflow_on_the_machine_do_not_count(monkeypatch):
    monkeypatch.setenv("OWNVOICE_RECIPE__MODEL", "gpt-9")
    monkeypatch.setenv("AIRFLOW_HOME", "/elsewhere")
    assert not {"OWNVOICE_RECIPE__MODEL", "AIRFLOW_HOME"} & real.environment().keys()


def test_it_ends_with_the_held_out_margin_and_answers_before_and_after(tmp_path, monkeypatch):
    monkeypatch.setattr(real, "LAKE", tmp_path)
    lake = Lake(tmp_path.as_uri())
    commit_pairs(lake, small_dataset())
    run = TrainingRun(run_id=real.TRAINING, lake=lake.uri, dataset_version=1, recipe=TrainingRecipe())
    write_training_run(lake, run)
    leave_trained_run(lake, run)
    lines = list(real.outcome())
    assert "then 0.500 nats" in " ".join(lines)
    assert {line.split()[0] for line in lines if line.startswith(("asked", "before", "after"))} == {
        "asked",
        "before",
        "after",
    }
    assert max(map(len, lines)) <= 80
    assert "small and weak" in lines[-1]
