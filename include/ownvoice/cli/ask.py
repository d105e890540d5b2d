"""`ownvoice ask`: questions to a base and to what a training made of it, side by side."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError

from ownvoice.cli.options import LakeOption
from ownvoice.config.problems import settings_error
from ownvoice.config.settings import load_settings
from ownvoice.errors import OutOfMemoryError
from ownvoice.storage.lake import Lake
from ownvoice.training.ask_request import AskRequest, Template, asking_arguments
from ownvoice.training.process import start_trainer
from ownvoice.training.results.asked_models import asked_models
from ownvoice.training.settings import load_training_settings


def command(
    model: Annotated[
        list[str],
        typer.Option(
            help="A training run, for its base and what it made; lake:KEY; or OWNER/NAME of the Hub. Repeatable."
        ),
    ],
    questions: Annotated[list[str] | None, typer.Argument(help="Questions; standard input if none is given.")] = None,
    temperature: Annotated[float, typer.Option(help="0 takes the likeliest word each time.")] = 0.0,
    max_new_tokens: Annotated[int, typer.Option(help="Longest answer, in tokens.")] = 256,
    template: Annotated[
        Template | None, typer.Option(help="Form of the prompt; that of the run, or of the model's tokenizer.")
    ] = None,
    lake: LakeOption = None,
) -> None:
    """Start the models in the trainer's environment, which prints their answers as they are made."""
    opened = Lake(load_settings(lake=lake).lake)
    request = _request(
        lake=opened.uri,
        models=[one for name in model for one in asked_models(opened, name, template)],
        questions=questions or (),
        temperature=temperature,
        max_new_tokens=max_new_tokens,
    )
    with start_trainer(load_training_settings().python, asking_arguments(request)) as process:
        code = process.wait()
    if code < 0:
        raise OutOfMemoryError(
            f"the process that holds the models was killed (signal {-code}), mostly for want of memory: all models are "
            "loaded at once. Name one model, or a smaller one."
        )
    raise typer.Exit(code)


def _request(**fields: object) -> AskRequest:
    try:
        return AskRequest.model_validate(fields)
    except ValidationError as error:
        raise settings_error(error) from None
