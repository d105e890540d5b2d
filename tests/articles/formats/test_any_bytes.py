"""Objects that were whole once and are damaged: whatever the bytes, a reader yields articles or says why not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.articles.article import Article, LatestOnly, PassedOver, Quarantined
from ownvoice.articles.formats.table import FORMATS
from ownvoice.config.source_rules import SourceRules
from stand_ins.exports import (
    atom,
    atom_entry,
    docx,
    epub,
    ghost,
    mail,
    mbox,
    medium,
    paragraph,
    substack,
    wxr,
    wxr_item,
)
from stand_ins.source_objects import book, json_lines, parquet, read

_ITEM = {"id": 7.5, "content": "Text.", "author": [{"name": "Ada"}], "consent": "yes", "draft": False}
_TABLE = pa.table(
    {
        "id": pa.array([7.0, None, 8.5]),
        "content": pa.array(["One.", "Two.", "One."]).dictionary_encode(),
        "author": pa.array([{"name": "Ada"}, None, {"name": "Bo"}]),
        "consent": pa.array([["yes"], [], None]),
    }
)
WHOLE = {
    "a.md": b"---\nid: 7\nauthor: [Ada, Bo]\nconsent: yes\n---\n# On waiting\n\nText.",
    "b.md": b'+++\nid = "7"\n[author]\nname = "Ada"\n+++\nText.',
    "a.html": b'<html lang="en"><meta charset="utf-8"><body><article><p>Text.</p></article></body></html>',
    "a.jsonl": json_lines(_ITEM, _ITEM).encode(),
    "a.json": json.dumps([_ITEM, _ITEM]).encode(),
    "b.json": book({"content": repr({"Title": "T", "Content": "Text."})}).encode(),
    "a.parquet": parquet(_TABLE),
    "b.parquet": parquet(_TABLE, compression="zstd", data_page_version="2.0", use_dictionary=False),
    "a.xml": wxr(wxr_item(1, "<p>Text.</p>"), wxr_item(2, "Text.")),
    "a.atom": atom(atom_entry(1, "<p>Text.</p>")),
    "c.json": ghost({"html": "<p>Text.</p>"}),
    "a.zip": substack({"1.a": "true,newsletter,A"}, {"1.a": "<p>Text.</p>"}),
    "b.zip": medium({"2026-03-01_A-0123456789ab.html": "<h3>On waiting</h3><p>Text.</p>"}),
    "a.epub": epub({"one.xhtml": "<p>Text.</p>"}),
    "a.docx": docx(paragraph("Text.")),
    "a.mbox": mbox(mail(1, "Text."), mail(2, "> Text.\n\nText.")),
    "a.jsonl.gz": gzip.compress(json_lines(_ITEM).encode(), mtime=0),
}

RULES = SourceRules(own_addresses=("ada@example.org",))
_Damage = Callable[[bytes], bytes]


@st.composite
def _damages(draw: st.DrawFn) -> _Damage:
    """A piece of an object that is replaced: by nothing, by other bytes, or by itself many times."""
    place, length = draw(st.floats(0, 1)), draw(st.integers(0, 8))
    put, times = (
        draw(st.binary(max_size=4) | st.sampled_from([b"", b"\n---\n", b"{[", b'"', b"\x00"])),
        draw(st.integers(0, 9)),
    )

    def damage(data: bytes) -> bytes:
        start = int(place * len(data))
        return data[:start] + put + data[start : start + length] * times + data[start + length :]

    return damage


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.lists(_damages(), max_size=4))
def test_a_damaged_object_is_read_as_far_as_it_goes_or_quarantined(key, damages):
    data = WHOLE[key]
    for damage in damages:
        data = damage(data)
    assert all(isinstance(one, (Article, Quarantined, PassedOver, LatestOnly)) for one in read(key, data, RULES))


@settings(deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1))
def test_an_object_that_breaks_off_says_so_or_is_an_article(key, share):
    data = WHOLE[key]
    for one in read(key, data[: int(len(data) * share)], RULES):
        assert isinstance(one, (Article, PassedOver, LatestOnly)) or one.detail


def test_every_format_is_among_them():
    assert all(any(key.endswith(one.suffixes) for key in WHOLE) for one in FORMATS)


def test_what_is_whole_is_read():
    found = [one for key, data in WHOLE.items() for one in read(key, data, RULES) if not isinstance(one, LatestOnly)]
    assert all(isinstance(one, Article) for one in found)
