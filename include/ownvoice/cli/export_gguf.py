"""`ownvoice export-gguf`: a trained model as a file for Ollama and llama.cpp."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from ownvoice.cli.options import LakeOption
from ownvoice.config.settings import load_settings
from ownvoice.publishing.gguf import GgufType, export_gguf
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.settings import load_training_settings


def command(
    run: Annotated[str, typer.Argument(help="The training run whose merged model is exported.")],
    number_type: Annotated[
        GgufType,
        typer.Option("--type", case_sensitive=False, help="How its numbers are held; fewer bits, less disk."),
    ] = GgufType.Q4_K_M,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; RUN-TYPE.gguf in this folder if none is given.")
    ] = None,
    lake: LakeOption = None,
) -> None:
    """Write the file and a Modelfile beside it, and print how to ask the model. The lake stays as it is."""
    opened = Lake(load_settings(lake=lake).lake)
    name = RunKeys(run).name
    file = (output or Path(f"{name}-{number_type}.gguf")).absolute()
    made = export_gguf(opened, run, file, number_type, load_training_settings().python, os.environ)
    print(f"{made.file}: {made.size / 1e9:.2f} GB in {number_type}")
    made_known, asked = ["ollama", "create", name.lower(), "-f", str(made.modelfile)], ["ollama", "run", name.lower()]
    print(f"ollama     {shlex.join(made_known)} && {shlex.join(asked)}")
    print(f"llama.cpp  {shlex.join(['llama-cli', '-m', str(made.file)])}")
