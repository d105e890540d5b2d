"""Kubernetes' own models from JSON, strictly: its client drops a key that it does not know, and so does the cluster."""

from __future__ import annotations

import re
from typing import Any

from kubernetes.client import models as k8s

from ownvoice.errors import SettingsError

_CONTAINER = re.compile(r"(list|dict)(?:\[|\()(?:str, )?(.+)(?:\]|\))")
_SCALARS: dict[str, type] = {"str": str, "int": int, "bool": bool}


def read_model(model: type, value: Any, place: str) -> Any:
    """Return JSON as one of Kubernetes' models, written as in a manifest (`tolerationSeconds`).

    Raises `SettingsError` that names the place (`OWNVOICE_TRAINER_AFFINITY.nodeAffinity`) and what fits there.
    """
    if not isinstance(value, dict):
        raise SettingsError(f"{place} is {value!r}, and must be a map as in a pod's manifest. Correct it.")
    names = {written: attribute for attribute, written in model.attribute_map.items()}  # type: ignore[attr-defined]
    types: dict[str, str] = model.openapi_types  # type: ignore[attr-defined]
    if unknown := sorted(value.keys() - names.keys()):
        raise SettingsError(
            f"{place}.{unknown[0]} is nothing that Kubernetes knows; what fits there: {', '.join(sorted(names))}."
        )
    fields = {names[key]: _read(types[names[key]], one, f"{place}.{key}") for key, one in value.items()}
    try:
        return model(**fields)
    except ValueError as error:
        raise SettingsError(f"{place}: {error}. Correct it.") from None


def _read(kind: str, value: Any, place: str) -> Any:
    container = _CONTAINER.fullmatch(kind)
    if container and container[1] == "list" and isinstance(value, list):
        return [_read(container[2], one, f"{place}[{number}]") for number, one in enumerate(value)]
    if container and container[1] == "dict" and isinstance(value, dict):
        return {name: _read(container[2], one, f"{place}.{name}") for name, one in value.items()}
    if container is None and kind not in _SCALARS:
        return read_model(getattr(k8s, kind), value, place)
    if type(value) is not _SCALARS.get(kind):
        raise SettingsError(f"{place} is {value!r}, and must be of type {kind}. Correct it.")
    return value
