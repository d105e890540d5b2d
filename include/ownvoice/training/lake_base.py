"""A base model in a folder of the lake, named `lake:KEY` by a recipe."""

from __future__ import annotations

from ownvoice.storage.lake import Lake

_PREFIX = "lake:"


def lake_base_key(base_model: str) -> str | None:
    """Return the key of a base's folder in the lake; None for a base of the Hub."""
    return base_model.removeprefix(_PREFIX) if base_model.startswith(_PREFIX) else None


def lake_base_fault(lake: Lake, key: str) -> str | None:
    """Return what is wrong where the folder holds no model, and what to do; None where it holds one."""
    names = {found.key.removeprefix(f"{key}/") for found in lake.store.objects(key)} if key else set()
    if "config.json" in names and any(name.endswith(".safetensors") for name in names):
        return None
    return (
        f"{lake.uri}/{key} holds no model, which is a config.json and *.safetensors. Put one there "
        "(`python -m ownvoice.training.trainer.tiny` makes a toy), or name another model."
    )
