"""Manifests held against the models of the Kubernetes client, and what a Role allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from kubernetes.client import models

_TRAINER_ROLE = Path(__file__).parents[2] / "docker" / "helm" / "trainer-role.yaml"
_VERBS = {"POST": "create", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}


def unknown_keys(value: Any, kind: str, place: str = "") -> Iterator[str]:
    """Yield each key or value of a manifest that the client's model `kind` (`V1Role`) does not have, by its place."""
    if value is None:  # as good as not there
        return
    if inner := re.fullmatch(r"list\[(.+)\]", kind):
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            yield from unknown_keys(item, inner[1], f"{place}[{index}]")
    elif inner := re.fullmatch(r"dict\[str, (.+)\]", kind):
        for key, item in value.items():
            yield from unknown_keys(item, inner[1], f"{place}.{key}")
    elif model := getattr(models, kind, None):
        names = {json_name: name for name, json_name in model.attribute_map.items()}
        for key, item in value.items() if isinstance(value, dict) else [("", value)]:
            if key not in names:
                yield f"{place}.{key}"
            else:
                yield from unknown_keys(item, model.openapi_types[names[key]], f"{place}.{key}")
    elif not isinstance(value, {"str": str, "bool": bool, "int": int}.get(kind, object)):
        yield f"{place}: {value!r} is no {kind}"


@cache
def trainer_manifests() -> dict[str, dict[str, Any]]:
    """Return the manifests of docker/helm/trainer-role.yaml by kind."""
    return {one["kind"]: one for one in yaml.safe_load_all(_TRAINER_ROLE.read_text())}


@cache
def trainer_rights() -> frozenset[tuple[str, str]]:
    """Return what the Role of docker/helm/trainer-role.yaml allows, as pairs of verb and resource."""
    rules = trainer_manifests()["Role"]["rules"]
    return frozenset((verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"])


def right_of(method: str, resource: str, one: bool, query: dict[str, str]) -> tuple[str, str]:
    """Return verb and resource that a request needs; `one` where it names an object."""
    read = "get" if one else "watch" if query.get("watch", "").lower() in ("true", "1") else "list"
    return _VERBS.get(method, read), resource
