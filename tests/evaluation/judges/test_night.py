"""Judges in a night: asked once, within the budget, and doing nothing but what the recipe lets them do."""

from __future__ import annotations

import pytest

from ownvoice.config.generators import RejectedBy
from ownvoice.config.judges import Judge
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.errors import ModelUnavailableError
from ownvoice.evaluation.judges import night as night_module
from ownvoice.evaluation.judges.night import judge_batch, judgements_of_run, with_judging
from ownvoice.evaluation.judges.qualification.stored import write_qualification
from ownvoice.evaluation.judges.table import read_judgements
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.pairs.staging import UNJUDGED, read_staged
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import scan
from stand_ins.judgements import a_judge, a_qualification
from stand_ins.night import RECIPE, Night

RATES = [
    a_judge(f"rates-{family}", model=f"{OFFLINE_MODEL}-{family}", family=family, prompt="absolute") for family in "ab"
]
COMPARES = a_judge("compares", model=f"{OFFLINE_MODEL}-c", family="c")
PANEL = (*RATES, COMPARES)
BATCH = "batch-0000"


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    return night


def qualify(lake, *judges: Judge) -> None:
    for judge in judges:
        write_qualification(lake, a_qualification(judge))


def up_to_the_judges(
    night: Night, run_id: str = "monday", panel=PANEL, *, run_fields=None, **recipe_fields
) -> RefreshRun:
    recipe = RECIPE.model_copy(update={"judged_by": panel, **recipe_fields})
    fields = {"recipe": recipe, **(run_fields or {})}
    asked = RefreshRun(run_id=run_id, refresh_date="2026-02-01", articles_uri="file:///articles", **fields)
    night.list_and_plan(run_id, **fields, judging=with_judging(night.lake, asked).judging)
    night.generate(run_id)
    return recorded_run(night.lake, run_id)


def endpoints(night: Night, **fields):
    access = ModelAccess(night.model.base_url, night.model.api_key, **fields)
    return lambda _: access


def judge(night: Night, run_id: str = "monday") -> dict[str, int]:
    return judge_batch(night.lake, run_id, BATCH, endpoints(night))


def asked_of_judges(night: Night) -> int:
    return sum(night.model.served[judge.model] for judge in PANEL)


def pairs(lake):
    return [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]


def test_a_jury_sees_every_pair_and_drops_none_where_the_recipe_sets_no_bound(night, lake):
    qualify(lake, *PANEL)
    run = up_to_the_judges(night)
    before = read_staged(lake, run, BATCH, UNJUDGED)
    counts = judge(night)
    assert counts["pairs"] == counts["kept"] == len(before.pairs) > 3
    rows = read_judgements(lake)
    assert {row["judge"] for row in rows} == {one.name for one in PANEL}
    # Each pair is rated twice by each judge that rates, and compared in both orders by the one that compares.
    assert counts["judgements"] == len(rows) == len(before.pairs) * (2 * len(RATES) + 2)
    assert {row["pair_id"] for row in rows} == {pair["pair_id"] for pair in before.pairs}
    night.commit("monday")
    assert {row["pair_id"]: row["chosen"] for row in pairs(lake)} == {
        pair["pair_id"]: pair["chosen"] for pair in before.pairs
    }


def test_a_pair_below_the_bound_is_dropped_and_says_by_whom_it_was_rated_how(night, lake):
    qualify(lake, *PANEL)
    run = up_to_the_judges(night, quality_at_least=4.5)
    before = read_staged(lake, run, BATCH, UNJUDGED)
    judge(night)
    rated = {
        row["pair_id"]: row["rating"] for row in read_judgements(lake, "left_source = 'chosen' AND rating IS NOT NULL")
    }
    low = {pair_id for pair_id, rating in rated.items() if rating < 4.5}
    staged = read_staged(lake, run, BATCH)
    assert low
    assert {pair["pair_id"] for pair in staged.pairs} == {pair["pair_id"] for pair in before.pairs} - low
    dropped = [drop for drop in staged.drops if drop["reason"] == "below_quality"]
    assert len(dropped) == len(low)
    for drop in dropped:
        assert all(f"{one.name} " in drop["detail"] for one in RATES)
    night.commit("monday")
    report = write_report(lake, "monday")
    assert report.triples.dropped["below_quality"] == len(low)
    assert report.triples.total == report.triples.kept + sum(report.triples.dropped.values())


@pytest.mark.parametrize("killed_at", ["judge_items", "record_judgements", "write_staged"])
def test_a_task_that_is_killed_and_done_again_asks_for_nothing_twice(night, lake, monkeypatch, killed_at):
    qualify(lake, *PANEL)
    up_to_the_judges(night, quality_at_least=4.5)
    real = getattr(night_module, killed_at)

    def killed(*args, **kwargs):
        if killed_at == "judge_items":  # its answers are stored, and nobody has looked at them
            real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(night_module, killed_at, killed)
        with pytest.raises(KeyboardInterrupt):
            judge(night)
    assert asked_of_judges(night)
    first = judge(night)
    assert judge(night) == first
    assert asked_of_judges(night) == first["judgements"]
    assert len(read_judgements(lake)) == first["judgements"]


def test_what_judges_cost_stands_in_the_ledger_of_the_night(night, lake):
    qualify(lake, *PANEL)
    up_to_the_judges(night)
    judge(night)
    judge(night)
    night.commit("monday")
    report = write_report(lake, "monday")
    assert report.spend.spent.tokens == report.tokens.prompt + report.tokens.completion
    paid = {model: one.spent.tokens for model, one in report.spend.models.items()}
    (found,) = (one for one in report.audits if one.name == "judging")
    assert found.verdict == "pass"
    assert found.numbers["judged"] == report.pairs.total
    assert found.numbers["judges"] == [one.name for one in PANEL]
    assert found.numbers["tokens"] == sum(paid[one.model] for one in PANEL)
    for one in PANEL:
        rows = read_judgements(lake, f"judge = '{one.name}'")
        assert paid[one.model] == sum(row["prompt_tokens"] + row["completion_tokens"] for row in rows) > 0


def test_judging_stays_within_the_budget_of_the_run_also_when_it_is_done_again(night, lake):
    qualify(lake, *PANEL)
    up_to_the_judges(night, quality_at_least=4.5, run_fields={"max_tokens": 90_000})
    first = judge(night)
    assert 0 < first["judgements"] < 24  # what they are without a budget
    for _ in range(2):
        judge(night)
    night.commit("monday")
    assert write_report(lake, "monday").spend.spent.tokens <= 90_000


def test_a_judge_that_is_not_qualified_is_asked_nothing_and_the_night_goes_on_as_without_it(night, lake):
    write_qualification(lake, a_qualification(COMPARES, "position"))
    run = up_to_the_judges(night, quality_at_least=4.5)
    assert run.judging.counting == {}
    assert set(run.judging.left_out) == {one.name for one in PANEL}
    assert "never qualified" in run.judging.left_out[RATES[0].name]
    assert "broke the rule" in run.judging.left_out[COMPARES.name]
    assert judge(night) == {}
    assert asked_of_judges(night) == 0
    night.commit("monday")
    assert pairs(lake)
    (found,) = (one for one in write_report(lake, "monday").audits if one.name == "judges_left_out")
    assert found.verdict == "warn"
    assert "never qualified" in found.sentence
    assert "broke the rule" in found.sentence


def test_a_single_family_that_counts_is_no_jury_and_drops_nothing(night, lake):
    qualify(lake, RATES[0])
    up_to_the_judges(night, quality_at_least=4.5)
    counts = judge(night)
    assert counts["kept"] == counts["pairs"] > 0


def test_judges_that_are_down_cost_an_observing_night_nothing_and_leave_a_deciding_one_pending(night, lake):
    qualify(lake, *PANEL)
    nobody = ModelAccess("http://127.0.0.1:9/v1", "key", patience_s=0.05)
    up_to_the_judges(night)
    counts = judge_batch(lake, "monday", BATCH, lambda _: nobody)
    assert counts["kept"] == counts["pairs"] > 0
    night.commit("monday")
    committed = len(pairs(lake))
    night.write("b")
    up_to_the_judges(night, "tuesday", quality_at_least=2)
    with pytest.raises(ModelUnavailableError):
        judge_batch(lake, "tuesday", BATCH, lambda _: nobody)
    night.commit("tuesday")
    assert len(pairs(lake)) == committed
    asked = night.model.served[OFFLINE_MODEL]
    up_to_the_judges(night, "wednesday", quality_at_least=2)
    judge(night, "wednesday")
    night.commit("wednesday")
    assert night.model.served[OFFLINE_MODEL] == asked
    assert len(pairs(lake)) > committed


def test_of_several_draws_the_best_rated_is_taken_and_of_equals_the_nearest_in_length(night, lake):
    qualify(lake, *RATES)
    second = RejectedBy(model=f"{OFFLINE_MODEL}-second", temperature=0.9)
    run = up_to_the_judges(night, panel=tuple(RATES), rejected_by=second, rejected_draws=3, rejected_rank="quality")
    before = {pair["pair_id"]: pair for pair in read_staged(lake, run, BATCH, UNJUDGED).pairs}
    judge(night)
    said = [row for rows in judgements_of_run(lake, run) for row in rows if row["left_source"].startswith("draw-")]
    ratings = {(row["pair_id"], int(row["left_source"].removeprefix("draw-"))): row["rating"] for row in said}
    staged = read_staged(lake, run, BATCH).pairs
    assert len(staged) > 3
    for pair in staged:
        draws = before[pair["pair_id"]]["draws"]
        best = max(draws, key=lambda draw: ratings.get((pair["pair_id"], draw["number"]), 0))
        assert (pair["rejected"], pair["rejected_draw"]) == (best["text"], best["number"])
