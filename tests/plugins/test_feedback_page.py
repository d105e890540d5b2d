"""The pages of feedback: rounds, counts by reason, and rows whose texts attack the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.feedback.apply import approve_round
from ownvoice.feedback.collect import collect_round
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.feedback_exports import line, lines

ATTACK = "<script>document.title='owned'</script>"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake, exports = Lake((tmp_path / "lake").as_uri()), tmp_path / "exports"
    exports.mkdir()
    said = [
        line("choice", f"{ATTACK} {number}", other=ATTACK, prompt=ATTACK, minutes=20 * number) for number in range(30)
    ]
    said += [line("edit", ATTACK, other="Better.", comment=ATTACK, model=ATTACK), line("up", "x", consent=False)]
    (exports / "<img src=x>.jsonl").write_bytes(lines(*said, {"kind": ATTACK}))
    collect_round(lake, ObjectStore(exports.as_uri()), FeedbackRules(answer_cap=99), "run")
    return lake


def test_rounds_are_listed_and_one_shows_its_counts_and_its_rows(get, lake):
    listed = get(lake, "/feedback").text
    assert "waiting" in listed and "/feedback?round=1" in listed
    shown = get(lake, "/feedback?round=1").text
    assert "no_consent" in shown and "not_an_author" in shown and "1 records or objects could not be read" in shown
    assert shown.count('<article class="pair">') == 25
    rest = get(lake, "/feedback?round=1&number=2").text
    assert rest.count('<article class="pair">') == 6 and "held: " in rest and "Page 2 of 2" in rest
    approve_round(lake, 1, ATTACK)
    assert "Approved by" in get(lake, "/feedback?round=1").text


def test_nothing_that_people_or_files_say_becomes_markup(get, lake):
    approve_round(lake, 1, ATTACK)
    for address in ("/feedback", "/feedback?round=1", "/feedback?round=1&number=2"):
        text = get(lake, address).text
        assert ATTACK not in text and "<img src=x>" not in text


def test_a_round_that_is_not_there_and_one_that_is_damaged_are_told(get, lake):
    assert get(lake, "/feedback?round=7").status_code == 404
    assert get(lake, "/feedback?round=x").status_code == 422
    lake.store.write("feedback/rounds/00000001/round.json", b"{")
    assert "round.json" in get(lake, "/feedback").text
    assert get(lake, "/feedback?round=1").status_code == 500
