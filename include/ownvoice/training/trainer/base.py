"""Fetching a model, once and at a fixed commit: the base of a training, or one that answers.

From the Hub it is fetched in a process of its own, the only one of a trainer that may ask the Hub.
Where HF_HUB_CACHE names a cache, it is taken from there and kept there, so that the next training need not fetch it.
Run as: python -m ownvoice.training.trainer.base MODEL REVISION FOLDER; it prints the commit, and the folder to read.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import BadBaseError, HubAccessError, HubUnavailableError, OwnvoiceError, SettingsError, first_line
from ownvoice.storage.hub import hub_faults
from ownvoice.storage.lake import Lake
from ownvoice.training.lake_base import lake_base_fault
from ownvoice.training.trainer.folders import download_folder, folder_sha256

_WEIGHTS_AND_TOKENIZER = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja"]


@dataclass(frozen=True, slots=True)
class Base:
    """A base model on disk. `commit` is the Hub's, or `sha256:` and a hash over a lake folder's files."""

    name: str
    commit: str
    folder: Path


def fetch_base(lake: Lake, model: ModelName, folder: Path, online: Mapping[str, str]) -> Base:
    """Download a model into `folder`, or a cache. Raises `BadBaseError` if it cannot be fetched.

    Raises `HubUnavailableError` where a later try may fetch it, as where the Hub is busy.
    `online` is the environment in which the Hub is asked: its address, its token, its cache, a proxy.
    """
    return _from_lake(lake, model, folder) if model.kind == "lake" else _from_hub(model, folder, online)


def _from_lake(lake: Lake, model: ModelName, folder: Path) -> Base:
    if fault := lake_base_fault(lake, model.place):
        raise BadBaseError(fault)
    download_folder(lake.store, model.place, folder)
    return Base(model.base_model, f"sha256:{folder_sha256(folder)}", folder)


def _from_hub(model: ModelName, folder: Path, online: Mapping[str, str]) -> Base:
    arguments = [model.place, model.revision, str(folder)]
    command = [sys.executable, "-m", "ownvoice.training.trainer.base", *arguments]
    done = subprocess.run(command, env=online, capture_output=True, text=True)  # noqa: S603
    if done.returncode == 0:
        commit, found = done.stdout.splitlines()[-2:]
        return Base(model.base_model, commit, Path(found))
    last_line = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    for error in (BadBaseError, HubUnavailableError):
        if done.returncode == error.exit_code:
            raise error(last_line)
    raise BadBaseError(
        f"base model {model.place} was not fetched: the process that does it ended with code {done.returncode} "
        f"({last_line}). Look at the memory and the disk of the machine, then run again."
    )


def download(model: str, revision: str, folder: Path) -> tuple[str, Path]:
    """Download weights and tokenizer of a model of the Hub; return commit and folder.

    Raises `BadBaseError`, and `HubUnavailableError` where the Hub is ill, busy or out of reach.
    """
    from huggingface_hub import HfApi

    wanted = f"base model {model} at {revision}"
    try:
        with hub_faults(model, "read"), _refusals_of(wanted):
            commit = str(HfApi().model_info(model, revision=revision).sha)
            return commit, _download_files(model, commit, folder)
    except HubUnavailableError as error:
        raise HubUnavailableError(f"{wanted} could not be fetched: {error}") from None
    except (HubAccessError, SettingsError) as error:
        raise BadBaseError(f"{wanted} could not be fetched: {error}") from None
    except OSError as error:
        raise BadBaseError(
            f"{wanted} could not be fetched: {first_line(error)}. Check disk and network, then run again."
        ) from None


@contextlib.contextmanager
def _refusals_of(wanted: str) -> Iterator[None]:
    """Raise `BadBaseError` where the Hub has no such model for this token and revision."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        yield
    except GatedRepoError:
        raise BadBaseError(f"{wanted} is gated. Accept its licence on the Hub with the account of HF_TOKEN.") from None
    except (RepositoryNotFoundError, RevisionNotFoundError):
        raise BadBaseError(
            f"{wanted} does not exist, or HF_TOKEN may not see it. Correct its name or its revision."
        ) from None


def _download_files(model: str, commit: str, folder: Path) -> Path:
    from huggingface_hub import snapshot_download

    if os.environ.get("HF_HUB_CACHE"):
        # A cache that is full, or read-only without this base, is passed by.
        with contextlib.suppress(OSError):
            return Path(snapshot_download(model, revision=commit, allow_patterns=_WEIGHTS_AND_TOKENIZER))
    return Path(snapshot_download(model, revision=commit, local_dir=folder, allow_patterns=_WEIGHTS_AND_TOKENIZER))


if __name__ == "__main__":
    try:
        print(*download(sys.argv[1], sys.argv[2], Path(sys.argv[3])), sep="\n")
    except OwnvoiceError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
