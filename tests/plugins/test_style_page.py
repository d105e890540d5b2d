"""The page of a style report: side by side, not judged, damaged, empty and full."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from ownvoice.evaluation.stored import write_style
from ownvoice.evaluation.style_report import StyleReport
from ownvoice.storage.lake import Lake
from stand_ins.shown_style import leave_style, style_report

ATTACK = "<script>document.title='owned'</script>"


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path.as_uri())


def test_answers_stand_side_by_side_with_over_used_words_marked(get, lake):
    leave_style(lake, style_report("night"), ["Why?"])
    answer = get(lake, "/style?run_id=night")
    assert answer.status_code == 200
    assert answer.text.count('class="text answer') == 4
    assert answer.text.count('<mark class="taken">delve</mark>') == 1, "in the base's answer alone"
    assert '<mark class="taken">Delve</mark>' in answer.text
    assert "+0.40" in answer.text and "[+0.30, +0.50]" in answer.text
    assert "delve</bdi> 7" in answer.text
    assert "cosine_delta" not in answer.text and "Cosine Delta" in answer.text


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (10, 1), (11, 2), (1000, 100)])
def test_however_many_prompts_there_are_ten_are_shown(get, lake, count, pages):
    leave_style(lake, style_report("night"), [f"Prompt {number}" for number in range(count)])
    text = get(lake, f"/style?run_id=night&number={pages}").text
    assert text.count('<li class="pair">') == count - 10 * (pages - 1)
    assert f"Page {pages} of {pages}" in text or pages == 1


def test_a_voice_that_was_not_judged_says_why_and_what_to_do(get, lake):
    report = StyleReport(run_id="night", dataset_version=1, author_id="ann", judged=False, why_not="Add articles.")
    write_style(lake, "night", report, [])
    text = get(lake, "/style?run_id=night").text
    assert "not judged" in text and "Add articles." in text
    assert "<table" not in text


@pytest.mark.parametrize("name", ["style.json", "style_answers.parquet"])
def test_a_damaged_file_is_named_and_the_rest_is_shown(get, lake, name):
    leave_style(lake, style_report("night"), ["Why?"])
    lake.store.write(f"runs/night/{name}", b"PAR1{")
    answer = get(lake, "/style?run_id=night")
    assert answer.status_code == 200
    assert name in answer.text
    assert ("The figures" in answer.text) is (name != "style.json")


def test_a_training_without_a_report_is_told_how_to_make_one(get, lake):
    answer = get(lake, "/style?run_id=night")
    assert answer.status_code == 404
    assert "ownvoice style --model" in answer.text


def test_texts_that_attack_stay_text(get, lake):
    run_id = f"{ATTACK} ../x"
    report = style_report(run_id, author_id=ATTACK, over_used=[ATTACK, "delve"])
    leave_style(lake, report, [ATTACK, "\u202eevil\x00"], text=f"{ATTACK} We delve. \u202e \x00 𝗱𝗲𝗹𝘃𝗲")
    text = get(lake, f"/style?run_id={quote(run_id)}").text
    assert "<script>document" not in text
    assert "\u202e" not in text and "\x00" not in text
    assert '<mark class="taken">𝗱𝗲𝗹𝘃𝗲</mark>' in text


def test_an_empty_answer_is_said_to_be_one(get, lake):
    leave_style(lake, style_report("night"), ["Why?"], text="")
    assert get(lake, "/style?run_id=night").text.count("an empty answer") == 4
