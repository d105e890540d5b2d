"""Every export that is read, in one source, through two whole nights."""

from __future__ import annotations

import datetime as dt

from ownvoice.config.source_rules import SourceRules
from ownvoice.dataset.verify import verify
from ownvoice.storage.lake import scan
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
from stand_ins.offline_night import offline_night
from stand_ins.places import SAMPLES

RULES = SourceRules(own_addresses=("ada@example.org",))
NAMES = (
    "bread-is-a-schedule",
    "names",
    "reading-logs-at-night",
    "retry-later",
    "running-small-databases",
    "the-bicycle-in-the-hall",
    "the-garden-cron",
    "letters-to-a-stranger",
)


def paragraphs(name: str) -> list[str]:
    """Return three paragraphs of plain prose from a sample article."""
    parts = (SAMPLES / f"{name}.md").read_text(encoding="utf-8").split("\n\n")
    return [" ".join(part.split()) for part in parts if part[:1].isalpha() and not set(part) & set("`*_[<|#")][:3]


def test_every_export_gives_proven_pairs_and_a_second_night_asks_nothing(lake, tmp_path):
    texts = [paragraphs(name) for name in NAMES]
    body = ["".join(f"<p>{one}</p>" for one in text) for text in texts]
    exports = {
        "blog.xml": wxr(wxr_item(1, "\n\n".join(texts[0])), wxr_item(2, "Nonsense of a draft.", status="draft")),
        "blog.json": ghost({"html": body[1]}),
        "substack.zip": substack({"17.a": "true,newsletter,On waiting"}, {"17.a": body[2]}),
        "medium.zip": medium({"2026-03-01_A-0123456789ab.html": f'<h3 class="graf--title">A</h3>{body[3]}'}),
        "book.epub": epub({"nav.xhtml": "<nav/>", "one.xhtml": body[4]}),
        "note.docx": docx("".join(map(paragraph, texts[5]))),
        "sent.mbox": mbox(
            mail(1, "\n\n".join([*texts[6], "> Nonsense of a friend."])), mail(2, "Nonsense.", "bo@example.org")
        ),
        "feed.atom": atom(atom_entry(1, body[7])),
    }
    (tmp_path / "articles").mkdir()
    for name, data in exports.items():
        (tmp_path / "articles" / name).write_bytes(data)

    report = offline_night(lake, tmp_path / "articles", source=RULES)
    assert report.articles["appeared"] == len(exports)
    assert report.passed_over == {"draft": 1, "toc": 1, "mail of others": 1}
    assert verify(lake).passed
    rows = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    assert {row["source_key"].partition("#")[0] for row in rows} == set(exports)
    assert not any("Nonsense" in row["chosen"] for row in rows)

    again = offline_night(lake, tmp_path / "articles", source=RULES, run_id="again", refresh_date=dt.date(2026, 4, 2))
    assert again.articles["unchanged"] == len(exports)
    assert again.planned.chunks == 0
