"""Objects of a source in any format: broken parts are quarantined, and cost nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import Article, PassedOver, Quarantined
from ownvoice.articles.formats.table import FORMATS
from stand_ins.source_objects import read, texts


@pytest.mark.parametrize(
    ("key", "data", "reason"),
    [
        ("a.md", b"\xff\xfe", "not_utf8"),
        ("a.md", b"  \n", "empty"),
        ("a.md", b"---\nid: x\n---\n", "empty"),
        ("a.md", b"---\nid: [x\n---\nText.", "bad_front_matter"),
        ("a.md", b"---\n- x\n---\nText.", "bad_front_matter"),
        ("a.json", b"{", "bad_json"),
        ("a.json", b"[" * 100_000, "bad_json"),
        ("a.json", b"[1]", "wrong_shape"),
        ("a.json", b"7", "wrong_shape"),
        ("a.json", b'{"articles": []}', "missing_field"),
        ("a.json", b'{"artifact_data": [{"content": "\\ud800"}]}', "not_utf8"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_its_reason(key, data, reason):
    (found,) = read(key, data)
    assert isinstance(found, Quarantined)
    assert found.reason == reason
    assert found.detail


@pytest.mark.parametrize(
    ("key", "most", "instead"),
    [
        ("a.md", 50 << 20, "cut it into articles"),
        ("a.json", 50 << 20, "write JSON Lines instead, which is read line by line"),
        ("a.html", 5 << 20, "cut it into articles"),
    ],
)
def test_what_is_read_whole_has_a_bound_and_says_what_to_do_instead(key, most, instead):
    (found,) = read(key, b"x" * (most + 1))
    assert (found.reason, found.detail) == ("too_large", f"it is larger than {most:,} bytes; {instead}")


def test_a_million_broken_lines_are_counted_and_not_listed():
    found = read("a.jsonl", b"{\n" * 1000 + b'{"content": "Good."}')
    assert texts(found)[20:] == ["Good.", "bad_json"]
    assert sum(one.articles for one in found if isinstance(one, Quarantined)) == 1000


@given(
    st.binary(max_size=200),
    st.sampled_from([f"a{suffix}{pack}" for one in FORMATS for suffix in one.suffixes for pack in ("", ".gz", ".zst")]),
)
def test_no_bytes_can_break_the_reader(data, key):
    assert all(isinstance(one, (Article, Quarantined, PassedOver)) for one in read(key, data))
