"""Sidecars, from their bytes to the fields of an article."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ownvoice.articles.article import Article, PassedOver, Quarantined, UnreadableError
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES
from ownvoice.articles.formats.sidecar import described_by, read_sidecar
from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import read

RULES = SourceRules()
KEYS = st.sampled_from(["a.json", "a.yaml", "a.toml", "a.YML", "a.json.gz", "a.yaml.zst"])
PIECES = st.sampled_from(
    [b"consent: no\n", b'consent = "no"\n', b'{"consent": "no"}', b"a: &a\n", b"  <<: *a\n", b"k: !!int ''\n", b"---\n"]
)


@pytest.mark.parametrize(
    ("key", "stem"),
    [("p/a.json", "p/a"), ("a.YAML", "a"), ("a.b.toml.GZ", "a.b"), ("p/.yml", "p/"), ("a.md", None), ("yaml", None)],
)
def test_a_sidecar_is_known_by_its_ending(key, stem):
    assert described_by(key) == stem


@pytest.mark.parametrize(
    ("key", "data", "why"),
    [
        ("a.json", b"{", "cannot be read"),
        ("a.json", b"[]", "no set of names and values"),
        ("a.yaml", b"- a", "no set of names and values"),
        ("a.yaml", b"a: 1\n---\nconsent: no", "single document"),
        ("a.yaml", b"", "empty"),
        ("a.toml", b"a = ", "cannot be read"),
        ("a.toml", b"\xff", "no UTF-8"),
        ("a.json.gz", b"{}", "does not unpack"),
        (
            "a.json.gz",
            gzip.compress(b'{"a": "' + b"x" * MAX_METADATA_BYTES + b'"}', mtime=0),
            "larger than 65,536 bytes",
        ),
        ("a.json", b'{"CONTENT": "I am an article myself."}', "text of its own"),
    ],
)
def test_a_sidecar_that_cannot_be_read_is_named_with_what_is_wrong(key, data, why):
    with pytest.raises(UnreadableError, match=why) as met:
        read_sidecar(key, data, RULES)
    assert met.value.reason == "bad_sidecar"
    assert met.value.detail.startswith(key)


@given(KEYS, st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=6).map(b"".join)), st.booleans())
@example("a.yaml", b'k: "\\UFFFFFFFF"', False)
@example("a.json", b'{"consent": "\\ud800"}', False)
def test_no_bytes_can_break_the_reading_of_a_sidecar(key, data, or_articles):
    try:
        fields = read_sidecar(key, data, RULES, or_articles=or_articles)
    except UnreadableError:
        return
    (found,) = read("a.md", "Text.", sidecar=fields)
    assert isinstance(found, (Article, Quarantined, PassedOver))
