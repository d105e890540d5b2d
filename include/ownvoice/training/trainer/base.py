"""Fetching the base model, once and at a fixed commit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ownvoice.errors import BadBaseError, first_line
from ownvoice.storage.lake import Lake
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.folders import download_folder, folder_sha256

_LAKE = "lake:"
_WEIGHTS_AND_TOKENIZER = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja"]


@dataclass(frozen=True, slots=True)
class Base:
    """A base model on disk. `commit` is the Hub's, or `sha256:` and a hash over a lake folder's files."""

    name: str
    commit: str
    folder: Path


def fetch_base(lake: Lake, recipe: TrainingRecipe, folder: Path) -> Base:
    """Download the recipe's base model into `folder`. Raises `BadBaseError` if it cannot be fetched."""
    if recipe.base_model.startswith(_LAKE):
        return _from_lake(lake, recipe.base_model, folder)
    return _from_hub(recipe, folder)


def _from_lake(lake: Lake, name: str, folder: Path) -> Base:
    names = download_folder(lake.store, name.removeprefix(_LAKE), folder)
    if "config.json" not in names:
        raise BadBaseError(
            f"{lake.uri}/{name.removeprefix(_LAKE)} holds no model. Put one there "
            "(`python -m ownvoice.training.trainer.tiny` makes a toy), or name another base_model."
        )
    return Base(name, f"sha256:{folder_sha256(folder)}", folder)


def _from_hub(recipe: TrainingRecipe, folder: Path) -> Base:
    from httpx import HTTPError
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    wanted = f"base model {recipe.base_model} at {recipe.base_revision}"
    try:
        commit = HfApi().model_info(recipe.base_model, revision=recipe.base_revision).sha
        snapshot_download(recipe.base_model, revision=commit, local_dir=folder, allow_patterns=_WEIGHTS_AND_TOKENIZER)
    except GatedRepoError:
        raise BadBaseError(f"{wanted} is gated. Accept its licence on the Hub with the account of HF_TOKEN.") from None
    except (RepositoryNotFoundError, RevisionNotFoundError):
        raise BadBaseError(f"{wanted} does not exist, or HF_TOKEN may not see it. Correct the recipe.") from None
    except (HTTPError, OSError) as error:
        raise BadBaseError(
            f"{wanted} could not be fetched: {first_line(error)}. Check the network, then run again."
        ) from None
    return Base(recipe.base_model, str(commit), folder)
