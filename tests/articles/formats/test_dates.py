"""Dates of articles."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.formats.dates import date_in
from ownvoice.config.source_rules import SourceRules
from stand_ins.exports import atom, atom_entry, epub, ghost, mail, mbox, medium, substack, wxr, wxr_item
from stand_ins.source_objects import read

BODY = "<p>We waited on the platform.</p>"
SPELLED = {
    "2026-03-01": "2026-03-01",
    "2026": "2026",
    "2026-03": "2026-03",
    "2026-03-01 12:00:00": "2026-03-01T12:00:00",
    "2026-03-01T12:00:00.000Z": "2026-03-01T12:00:00+00:00",
    "Sun, 01 Mar 2026 12:00:00 +0100": "2026-03-01T12:00:00+01:00",
    "0000-00-00 00:00:00": "",
    "soon": "",
    "true": "",
}
DAY = "2026-03-01"
EXPORTS = {
    "a.xml": (wxr(wxr_item(9, BODY)), DAY),
    "a.atom": (atom(atom_entry(1, BODY)), DAY),
    "a.json": (ghost({"html": BODY, "published_at": f"{DAY}T12:00:00.000Z"}), DAY),
    "a.zip": (substack({"17.a": "true,newsletter,T"}, {"17.a": BODY}), DAY),
    "b.zip": (medium({"2026-03-01_T-0123456789ab.html": f"<h3>T</h3>{BODY}"}), DAY),
    "a.epub": (epub({"one.xhtml": BODY}, "<dc:date>2026</dc:date>"), "2026"),
    "a.mbox": (mbox(mail(1, "We waited.")), DAY),
    "a.md": (f"---\ndate: {DAY}\n---\nText.".encode(), DAY),
    "a.html": (f'<html><head><meta name="date" content="{DAY}"></head><body>{BODY}</body></html>'.encode(), DAY),
}


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_date_is_kept_as_exactly_as_it_is_spelled(spelled):
    (article,) = read("a.json", json.dumps({"content": "Text.", "date": spelled}))
    assert article.published_at == SPELLED[spelled]


@pytest.mark.parametrize("key", EXPORTS)
def test_every_source_that_dates_its_articles_is_heard(key):
    data, date = EXPORTS[key]
    article = read(key, data, SourceRules(own_addresses=("ada@example.org",)))[-1]
    assert article.published_at[:10] == date


@given(st.text(max_size=40) | st.lists(st.integers() | st.none(), max_size=3) | st.dictionaries(st.text(), st.none()))
def test_whatever_stands_in_the_place_of_a_date_is_a_date_or_none(value):
    assert isinstance(date_in([{"date": value}]), str)
