"""The pages about judges and people: empty, one rater, a thousand, damaged, and texts that attack."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.agreement.estimate import wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.evaluation.judges.qualification.record import Measures
from ownvoice.evaluation.judges.qualification.stored import write_qualification
from ownvoice.evaluation.judges.table import record_judgements
from ownvoice.reviewing.answers import give_answer
from ownvoice.reviewing.sample import write_sample
from ownvoice.storage.lake import Lake
from stand_ins.judgements import a_judge, a_qualification, comparison
from stand_ins.review_rounds import a_round, answer, item

ATTACK = "<script>document.title='owned'</script>"
JUDGE = a_judge("strict")


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path.as_uri())


def leave_qualification(lake, judge, *broken, **fields):
    write_qualification(lake, a_qualification(judge, *broken, **fields))


def leave_answers(lake, *given):
    write_sample(lake, a_round(), [item(name) for name in ("a", "b", "c")])
    for one in given:
        give_answer(lake, one)


def test_an_empty_lake_says_what_to_do(get, lake):
    found = get(lake, "/judges")
    assert found.status_code == 200
    assert "ownvoice judges qualify" in found.text and "review_pairs" in found.text
    assert "<table" not in found.text


def test_judges_and_people_stand_side_by_side_with_what_excluded_a_judge(get, lake):
    record_judgements(lake, [*comparison(JUDGE, "pair-a", "fs"), *comparison(JUDGE, "pair-b", "sf")])
    leave_qualification(lake, JUDGE, "position", measures=Measures(position=position_bias(30, 10, 100)))
    leave_answers(lake, answer("a", "left", "Ann"), answer("b", "right", "Ann"))
    text = get(lake, "/judges").text
    assert text.count('<th scope="row">') == 2
    assert "judge of quality, gpt, pairwise" in text and "person" in text
    assert "excluded" in text and "It broke the rule position." in text
    assert "+0.20" in text and "[+0.08, +0.32]" in text and "of 100" in text
    assert f"judge?judge_id={JUDGE.judge_id}" in text
    assert text.count('class="chart"') == 2


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (51, 2), (1000, 20)])
def test_however_many_there_are_fifty_are_shown(get, lake, count, pages):
    judges = [a_judge(f"judge-{number}") for number in range(count)]
    record_judgements(lake, [row for one in judges for row in comparison(one, "pair-a", "fs")])
    text = get(lake, f"/judges?number={pages}").text
    assert text.count('<th scope="row">') == count - 50 * (pages - 1)


def test_the_page_of_a_judge_has_every_measure_and_why_one_is_missing(get, lake):
    fields = {
        "measures": Measures(gold=wilson(45, 50), position=position_bias(30, 10, 100)),
        "not_measured": {"family_net": "One judge alone is compared with nobody."},
        "warnings": ("It flips.",),
    }
    leave_qualification(lake, JUDGE, **fields)
    leave_qualification(lake, JUDGE, "gold", dataset_version=2, **fields)
    text = get(lake, f"/judge?judge_id={JUDGE.judge_id}").text
    assert text.count('<th scope="row">') == len(Measures.model_fields)
    assert "0.90" in text and "One judge alone is compared with nobody." in text
    assert "Only a warning: It flips." in text
    assert "On other versions" in text


@pytest.mark.parametrize("judge_id", ["0" * 12, "x", "../../runs", ""])
def test_a_judge_that_was_never_qualified_is_told_how(get, lake, judge_id):
    found = get(lake, f"/judge?judge_id={judge_id}")
    assert found.status_code == (404 if judge_id == "0" * 12 else 422)
    assert ("ownvoice judges qualify" in found.text) is (found.status_code == 404)


def test_what_is_damaged_is_named_and_the_rest_is_shown(get, lake):
    record_judgements(lake, comparison(JUDGE, "pair-a", "fs"))
    leave_answers(lake, answer("a", "left", "Ann"), answer("b", "left", "Ben"))
    lake.store.write(answer("a", "left", "Ann").review_id, b"{")
    lake.store.write(f"judges/{JUDGE.judge_id}/version-1.json", b"[")
    text = get(lake, "/judges").text
    assert text.count('<th scope="row">') == 2
    assert "version-1.json" in text
    assert "version-1.json" in get(lake, f"/judge?judge_id={JUDGE.judge_id}").text


def test_a_round_without_its_sample_takes_nothing_with_it(get, lake):
    record_judgements(lake, comparison(JUDGE, "pair-a", "fs"))
    leave_answers(lake, answer("a", "left", "Ann"))
    for stored in list(lake.store.objects("reviews")):
        if stored.key.endswith("sample.parquet"):
            lake.store.write(stored.key, b"PAR1")
    text = get(lake, "/judges").text
    assert "sample.parquet" in text and text.count('<th scope="row">') == 1


def test_texts_that_attack_stay_text(get, lake):
    leave_answers(lake, answer("a", "left", ATTACK), answer("b", "left", "\u202eevil"))
    leave_qualification(lake, JUDGE, answered_by=(ATTACK,), warnings=(ATTACK,))
    for address in ("/judges", f"/judge?judge_id={JUDGE.judge_id}"):
        text = get(lake, address).text
        assert "<script>document" not in text
        assert "\u202e" not in text
