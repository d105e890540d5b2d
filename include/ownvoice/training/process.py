"""The trainer as a process of this machine: its command, started in the trainer's own Python environment."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import TextIO

from ownvoice.errors import SettingsError
from ownvoice.training.parent import naming_this_process

# What a trainer reads: the machine and its GPUs, its libraries' own settings, the way to the lake, the Hub and a
# tracker. So it gets no key of a model's endpoint, of a source or of Airflow.
_INHERITED = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TERM|COLUMNS|TZ|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_.*|LD_LIBRARY_PATH|XDG_.*"
    r"|PYTHON.*|VIRTUAL_ENV|SSL_CERT_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:https?|all|no)_proxy"
    r"|CUDA.*|NVIDIA.*|NCCL.*|HIP_.*|ROC.*|OMP_.*|KMP_.*|MKL_.*|OPENBLAS_.*"
    r"|TORCH.*|PYTORCH.*|TRITON.*|UNSLOTH.*|TRANSFORMERS_.*|TOKENIZERS_.*|ACCELERATE_.*|BITSANDBYTES_.*|HF_.*"
    r"|COMET_.*|TENSORBOARD_.*|AWS_.*|OWNVOICE_TRAINER_.*",
    re.IGNORECASE,
)


AWAITED = "--awaited"
"""The flag of a trainer elsewhere, which whoever waits for it stops through the lake; no other can be stopped so."""


def training_arguments(recipe_uri: str) -> list[str]:
    """Return the arguments after `python` that train one recipe file."""
    return ["-m", "ownvoice.training", "--recipe", recipe_uri]


def answering_arguments(job_uri: str) -> list[str]:
    """Return the arguments after `python` that answer one job."""
    return ["-m", "ownvoice.training.answering", "--job", job_uri]


def trainer_environment(inherited: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a trainer: what it needs of `inherited`, and `keys`.

    Where `keys` say how to sign in to AWS, nothing of `inherited` does, since two halves would make no credentials.
    """
    says_aws = any(name.startswith("AWS_") for name in keys)
    needed = {
        name: value
        for name, value in inherited.items()
        if _INHERITED.fullmatch(name) and not (says_aws and name.startswith("AWS_"))
    }
    return {**needed, **keys, "PYTHONUNBUFFERED": "1"}


def start_trainer(
    python: str,
    arguments: Sequence[str],
    *,
    keys: Mapping[str, str] | None = None,
    is_attached: bool = True,
    output: TextIO | None = None,
) -> subprocess.Popen[str]:
    """Start `python` with `arguments` in the environment that a trainer needs; `keys` are added to it.

    Attached, it shares the terminal and its Ctrl-C, and prints to `output` where that is given. Detached, it leads a
    process group of its own, so that it can be signalled with its children, and what it prints is piped to `stdout`.
    Where this process is killed, the command ends too (`parent.py`).
    Raises `SettingsError` where there is no such Python.
    """
    try:
        return subprocess.Popen(  # noqa: S603  # a path from the settings, and a list
            [python, *arguments],
            env=trainer_environment(os.environ, keys or {}) | naming_this_process(),
            stdin=None if is_attached else subprocess.DEVNULL,
            stdout=output if is_attached else subprocess.PIPE,
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
