"""Exports of many articles over several nights: each article is followed by its id."""

from __future__ import annotations

from pathlib import Path

import pytest

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

RULES = SourceRules(own_addresses=("ada@example.org",))
FIRST, SECOND, OTHER = "We waited until the lamps were lit.", "Nobody came to the platform.", "In the end we sang."
HEAD = '<h3 class="graf graf--title">{}</h3>'

# Each returns an export of the articles 1, 2 and so on with these texts; a text that is None is not in it.
EXPORTS = {
    "blog.xml": lambda *given: wxr(*(wxr_item(n, text) for n, text in enumerate(given, 1) if text)),
    "blog.json": lambda *given: ghost(
        *({"uuid": f"u{n}", "id": f"i{n}", "html": f"<p>{text}</p>"} for n, text in enumerate(given) if text)
    ),
    "blog.zip": lambda *given: substack(
        {f"{n}.a": "true,newsletter,T" for n, text in enumerate(given, 1) if text},
        {f"{n}.a": f"<p>{text}</p>" for n, text in enumerate(given, 1) if text},
    ),
    "stories.zip": lambda *given: medium(
        {
            f"2026-03-01_T-{n}00000000000.html": HEAD.format("T") + f"<p>{text}</p>"
            for n, text in enumerate(given, 1)
            if text
        }
    ),
    "book.epub": lambda *given: epub({f"{n}.xhtml": f"<p>{text}</p>" for n, text in enumerate(given, 1) if text}),
    "sent.mbox": lambda *given: mbox(*(mail(n, text) for n, text in enumerate(given, 1) if text)),
    "complete.atom": lambda *given: atom(
        *(atom_entry(n, text) for n, text in enumerate(given, 1) if text), head="<fh:complete/>"
    ),
}


def write(folder: Path, key: str, data: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / key).write_bytes(data)


@pytest.mark.parametrize("key", EXPORTS)
def test_edits_removals_and_a_new_name_follow_each_article_by_its_id(night, tmp_path, key):
    folder, export = tmp_path / "articles", EXPORTS[key]
    write(folder, key, export(FIRST, SECOND))
    assert night(source=RULES) == {"appeared": 2}
    ids = set(night.articles)
    write(folder, key, export(None, OTHER))
    assert night(source=RULES) == {"edited": 1, "vanished": 1}
    (folder / key).rename(folder / f"later-{key}")
    assert night(source=RULES) == {"renamed": 1}
    assert set(night.articles) == ids


def test_an_article_that_has_left_a_feed_is_kept_until_the_feed_is_gone(night, tmp_path):
    folder = tmp_path / "articles"
    write(folder, "a.md", b"We stayed.")
    write(folder, "feed.xml", atom(atom_entry(2, SECOND), atom_entry(1, FIRST)))
    assert night() == {"appeared": 3}
    write(folder, "feed.xml", atom(atom_entry(3, OTHER), atom_entry(2, SECOND)))
    assert night() == {"appeared": 1, "unchanged": 3}
    (folder / "feed.xml").unlink()
    assert night() == {"vanished": 3, "unchanged": 1}


def test_an_article_that_becomes_a_draft_is_gone_and_its_neighbours_are_not(night, tmp_path):
    folder = tmp_path / "articles"
    write(folder, "blog.xml", wxr(wxr_item(1, FIRST), wxr_item(2, SECOND)))
    assert night() == {"appeared": 2}
    write(folder, "blog.xml", wxr(wxr_item(1, FIRST, status="draft"), wxr_item(2, SECOND)))
    assert night() == {"vanished": 1, "unchanged": 1}
    assert night.listing.passed_over == {"draft": 1}


def test_a_document_of_word_is_followed_by_its_key_and_described_by_its_sidecar(night, tmp_path):
    folder = tmp_path / "articles"
    write(folder, "a.docx", docx(paragraph(FIRST)))
    write(folder, "a.json", b'{"consent": "no"}')
    assert night() == {"withheld": 1}
    write(folder, "a.json", b"{}")
    assert set(night()) & {"promoted", "appeared", "edited"}
