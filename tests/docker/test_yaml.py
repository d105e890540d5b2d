"""What YAML forbids and its readers in Python let pass, while Compose and Helm refuse the whole file for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

DOCKER = Path(__file__).parents[2] / "docker"


def keys_twice(node):
    if isinstance(node, yaml.MappingNode):
        counts = Counter(key.value for key, _ in node.value if key.value != "<<")
        yield from (key for key, count in counts.items() if count > 1)
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for one in child if isinstance(child, tuple) else (child,):
            yield from keys_twice(one)


@pytest.mark.parametrize("file", sorted(DOCKER.rglob("*.yaml")), ids=lambda file: file.name)
def test_no_key_is_there_twice(file):
    assert [key for document in yaml.compose_all(file.read_text()) for key in keys_twice(document)] == []


def test_a_key_that_is_there_twice_is_seen_at_any_depth():
    assert list(keys_twice(yaml.compose("a: [{b: 1, c: {d: 1, d: 2}}]"))) == ["d"]
