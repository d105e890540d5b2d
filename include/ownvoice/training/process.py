"""The trainer as a process of this machine: its command, started in the trainer's own Python environment."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from ownvoice.errors import SettingsError


def training_arguments(recipe_uri: str) -> list[str]:
    """Return the arguments after `python` that train one recipe file."""
    return ["-m", "ownvoice.training", "--recipe", recipe_uri]


def start_trainer(
    python: str, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None, is_attached: bool = True
) -> subprocess.Popen[str]:
    """Start `python` with `arguments`; `environment` takes the place of this process's own.

    Attached, it shares the terminal and its Ctrl-C. Detached, it leads a process group of its own, so that it can be
    signalled with its children, and what it prints is piped to `stdout`. Raises `SettingsError` where there is no
    such Python.
    """
    try:
        return subprocess.Popen(  # noqa: S603  # a path from the settings, and a list
            [python, *arguments],
            env=environment,
            stdin=None if is_attached else subprocess.DEVNULL,
            stdout=None if is_attached else subprocess.PIPE,
            stderr=None if is_attached else subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=not is_attached,
        )
    except OSError as error:
        raise SettingsError(
            f"{python} cannot be run ({error.strerror}). Make the trainer's environment with `make trainer`, "
            "or name its Python in OWNVOICE_TRAINER_PYTHON."
        ) from None
