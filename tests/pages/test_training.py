"""What the pages read of a training run, whole, half written, or broken."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest

from ownvoice.pages.training import overlay_page, training_page, variants_page
from ownvoice.pages.trainings import trainings_page
from ownvoice.publishing.champion import Move, record_move
from ownvoice.publishing.promotion import Outcome, Rival
from ownvoice.reports.charts import training as training_charts
from ownvoice.reports.charts.training import curve_charts, curves_as_numbers, overlay_charts, thinned
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import champion_key
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.health import rules
from ownvoice.training.health.judge import judge
from ownvoice.training.metric_rows import read_rows
from ownvoice.training.metrics import optional_panels, panels
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.comparison import compare
from ownvoice.training.results.publication import Publication, write_publication
from ownvoice.training.results.report import read_training_report, training_lines, write_run_report
from ownvoice.training.results.training import read_training
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.night import Night
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.trained import curves, leave_trained_run

RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def lake(lake: Lake) -> Lake:
    commit_pairs(lake, small_dataset())
    return lake


def plan(lake, run_id="run", **variants):
    request = TrainingRequest(recipe=RECIPE, variants=variants)
    return [read_training_run(one.recipe_uri) for one in plan_training(lake, run_id, request, TrainingSettings())]


def trained(lake, run_id="run", kind="good", kept_least=0.7, **variants):
    for run in plan(lake, run_id, **variants):
        leave_trained_run(lake, run, kind, kept_least=kept_least)
    write_run_report(lake, run_id, DAY)


def say(lake, run_id, text, ago=dt.timedelta()):
    at = dt.datetime.now(dt.UTC) - ago
    lake.store.write(f"runs/{run_id}/log.txt", f"{at:%Y-%m-%dT%H:%M:%SZ} {text}\n".encode())


def test_a_training_is_followed_from_its_plan_to_its_verdict(lake):
    (run,) = plan(lake)
    assert (read_training(lake, "run").state, read_training(lake, "run").is_live) == ("planned", True)
    say(lake, "run", "step 3/20: loss 0.6")
    assert (read_training(lake, "run").state, read_training(lake, "run").is_live) == ("training", True)
    say(lake, "run", "step 3/20: loss 0.6", ago=dt.timedelta(hours=1))
    assert (read_training(lake, "run").state, read_training(lake, "run").is_live) == ("not ended", False)
    leave_trained_run(lake, run, "block")
    say(lake, "run", "TRAINED: done (12.5 s)")
    assert (read_training(lake, "run").state, read_training(lake, "run").is_live) == ("block", False)


def test_a_second_try_is_at_work_though_the_first_one_has_a_result(lake):
    plan(lake)
    lake.write_json("runs/run/result.json", {"exit": "STOPPED", "message": "evicted"})
    say(lake, "run", "STOPPED: evicted (3 s)")
    assert read_training(lake, "run").state == "stopped"
    say(lake, "run", "resumed from step 4")
    assert read_training(lake, "run").state == "training"


def test_rows_that_are_cut_or_no_numbers_are_left_out_and_counted():
    good = json.dumps(curves("good")[0])
    data = f'{good}\n{{"step": 2, "loss": "nan", "x": [1]}}\n{{"step": 3, "loss": Infinity}}\n\n[1]\n{{"step": -1}}\n'
    data += (
        '{"step": true}\n{"step": 4, "loss": 1e999, "grad_norm": '
        + "9" * 400
        + "}\n"
        + "[" * 100_000
        + '\n{"step": 5, "lo'
    )
    rows, unreadable = read_rows(data.encode() + b"\xff")
    assert [row["step"] for row in rows] == [1, 2, 3, 4]
    assert math.isnan(rows[1]["loss"])
    assert "x" not in rows[1]
    assert unreadable == 5


@pytest.mark.parametrize("name", ["recipe", "result", "samples", "publication"])
@pytest.mark.parametrize(
    "broken", [b"", b'{"run_id": "ru', b"[" * 100_000, b"\xff\xfe", b"7", b"null", b'{"health": 7}']
)
def test_a_broken_file_is_a_sentence_at_most_and_the_rest_is_shown(lake, name, broken):
    trained(lake)
    lake.store.write(f"runs/run/{name}.json", broken)
    page = training_page(lake, "run")
    if page is None:
        assert name == "recipe"
        return
    assert list(page["charts"]) == [title for title in panels() if title not in optional_panels()]
    assert len(page["training"].faults) <= 1


def test_a_metrics_file_cut_in_the_middle_of_a_line_is_drawn_as_far_as_it_goes(lake):
    trained(lake)
    whole = lake.store.read("runs/run/metrics.jsonl")
    lake.store.write("runs/run/metrics.jsonl", whole[: len(whole) // 2])
    page = training_page(lake, "run")
    assert "1 lines are cut" in page["training"].faults[0]
    assert 5 < page["numbers"]["steps"] < 20
    assert page["training"].state == "pass", "the verdict is that of the trainer, who had all of them"


def test_numbers_that_are_not_finite_are_a_finding_and_no_point(lake):
    trained(lake)
    rows = curves("good")
    rows[5] |= {"loss": "nan", "grad_norm": "inf"}
    lake.store.write("runs/run/metrics.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows).encode())
    page = training_page(lake, "run")
    (finding,) = page["training"].health.findings
    assert (finding.rule, finding.step) == ("not_finite", 6)
    json.dumps(page["charts"], allow_nan=False)


def test_ids_of_nothing_and_ids_that_differ_in_signs_a_path_cannot_hold_are_not_found(lake):
    trained(lake, "a:b")
    assert training_page(lake, "a:b")
    for run_id in ("", "..", "a-b", "a/b", "../../runs/a:b", "\x00", "nope"):
        assert training_page(lake, run_id) is None
        assert variants_page(lake, run_id) is None
        assert overlay_page(lake, ["a:b", run_id]) is None


def test_every_health_rule_names_a_chart_that_is_drawn_or_none_and_the_source_of_its_thresholds():
    for rule in (rules.not_finite, *rules.RULES):
        assert rule.panel is None or rule.panel in panels()
        assert rule.reads <= {name for series in panels().values() for name in series}
        assert rule.source.endswith(".")


def test_a_rule_is_drawn_where_it_struck_with_its_reason():
    metrics = curves("block")
    charts = curve_charts(metrics, judge(metrics).findings)
    ((step, level, reason),) = {
        (row["step"], row["level"], row["reason"]) for row in drawn_rows(charts["Rewards"]) if "reason" in row
    }
    assert (step, level) == (20, "block")
    assert "likelihood displacement" in reason
    assert not any("reason" in row for title, spec in charts.items() if title != "Rewards" for row in drawn_rows(spec))


def findings_drawn(charts):
    """Return the rules that are a line in a chart, with its title."""
    return {(title, row["rule"]) for title, spec in charts.items() for row in drawn_rows(spec) if "rule" in row}


def test_a_merge_that_kept_little_is_found_beside_a_warning_of_the_curves_and_is_no_line_in_a_chart(lake):
    trained(lake, kind="spike", kept_least=0.1)
    page = training_page(lake, "run")
    assert [(finding.rule, rule.panel) for finding, rule in page["findings"]] == [
        ("gradient_spikes", "Gradient norm"),
        ("rounded_away", None),
    ]
    assert "kept 10% of the change" in page["findings"][1][0].reason
    assert findings_drawn(page["charts"]) == {("Gradient norm", "gradient_spikes")}


def test_a_merge_finding_alone_is_a_sentence_and_the_verdict_a_warning(lake):
    trained(lake, kept_least=0.1)
    page = training_page(lake, "run")
    assert page["training"].state == "warn"
    assert [finding.rule for finding, _ in page["findings"]] == ["rounded_away"]
    assert findings_drawn(page["charts"]) == set()


def test_page_report_and_comparison_have_the_same_findings(lake):
    trained(lake, "both", "spike", 0.1, chapter={}, soft={"beta": 0.1})
    training = read_training(lake, "both/soft")
    reasons = [finding.reason for finding in training.health.findings]
    assert len(reasons) == 2
    assert [one.reasons for one in compare(lake, read_variants(lake, "both"))] == [reasons, reasons]
    text = " ".join(" ".join(training_lines(read_training_report(lake, "both/soft"))).split())
    assert all(reason in text for reason in reasons)


def test_a_finding_of_a_rule_that_is_no_more_is_shown_without_a_chart(lake):
    trained(lake)
    result = lake.read_json("runs/run/result.json")
    result["health"]["findings"] = [{"rule": "gone", "level": "warn", "step": 3, "reason": "It was found."}]
    lake.write_json("runs/run/result.json", result)
    lake.store.delete("runs/run/metrics.jsonl")
    page = training_page(lake, "run")
    ((finding, rule),) = page["findings"]
    assert (finding.reason, rule) == ("It was found.", None)


def drawn_rows(spec):
    """The rows of every layer of a chart."""
    return [row for layer in (spec, *spec.get("layer", ())) for row in layer.get("data", {}).get("values", ())]


def test_a_long_run_is_thinned_and_keeps_its_spikes():
    points = [(float(step), 1.0) for step in range(10_000)]
    points[4321] = (4321.0, 99.0)
    kept = thinned(points)
    assert len(kept) <= training_charts._MAX_POINTS
    assert (4321.0, 99.0) in kept
    assert kept == sorted(kept)


def test_the_curves_as_numbers_go_from_the_first_step_to_the_last():
    table = curves_as_numbers(curves("good", steps=300))
    assert (table["rows"][0]["step"], table["rows"][-1]["step"], table["steps"]) == (1, 300, 300)
    assert len(table["rows"]) == 12
    assert table["rows"][-1]["eval_loss"] == 0.52
    assert curves_as_numbers([]) == {"names": [], "rows": [], "steps": 0}


def test_the_list_has_recipe_revision_and_what_has_not_reported(lake):
    (run,) = plan(lake, "published")
    leave_trained_run(lake, run)
    write_publication(lake, run, Publication("me/voice", "c0ffee" * 6, "run-1"))
    write_run_report(lake, "published", DAY)
    plan(lake, "waiting")
    lake.write_json("runs/a-night/run.json", {"run_id": "a-night"})
    page = trainings_page(lake)
    (row,) = page["rows"]
    assert row["recipe"] == "rank 32, beta 0.5, rate 2e-06, epochs 1"
    assert row["publication"].revision == "c0ffee" * 6
    assert [one.run_id for one in page["not_reported"]] == ["waiting"]


def test_no_refresh_that_has_reported_is_looked_into_for_a_training(lake, tmp_path, offline_model, monkeypatch):
    night = Night(lake, tmp_path / "articles", offline_model)
    for run_id in ("dry:1", "dry:2"):
        night.list_and_plan(run_id, dry_run=True)
        write_report(lake, run_id)
    plan(lake, "waiting")
    looked_into = []
    read = Lake.read_json
    monkeypatch.setattr(Lake, "read_json", lambda self, key: looked_into.append(key) or read(self, key))
    assert [one.run_id for one in trainings_page(lake)["not_reported"]] == ["waiting"]
    assert not [key for key in looked_into if "/dry" in key]


def test_several_recipes_of_a_run_are_named_and_found_from_each_other(lake):
    trained(lake, "both", chapter={}, soft={"beta": 0.1})
    page = variants_page(lake, "both")
    assert list(page["trainings"]) == ["chapter", "soft"]
    assert page["differences"] == [("beta", [0.5, 0.1])]
    assert page["chosen"] == "chapter"
    assert page["samples"] == {"Why?": [("before", "Because."), ("chapter", "I wonder."), ("soft", "I wonder.")]}
    assert training_page(lake, "both/soft")["variant_of"] == ("both", "soft")
    assert {row["variant_of"] for row in trainings_page(lake)["rows"]} == {("both", "chapter"), ("both", "soft")}


def test_two_runs_laid_over_each_other_have_a_colour_each(lake):
    trained(lake, "one")
    trained(lake, "two", "block")
    page = overlay_page(lake, ["two", "one", "two"])
    assert [one.run_id for one in page["trainings"].values()] == ["two", "one"]
    assert {row["run"] for row in drawn_rows(page["charts"]["Loss"])} == {"A", "B"}
    assert overlay_charts({}) == {}


def moved(lake, *run_ids, repo_id="me/voice"):
    for number, run_id in enumerate(run_ids, 1):
        at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC) + dt.timedelta(hours=number)
        over = run_ids[number - 2] if number > 1 else None
        fields = {"run_id": run_id, "over": over, "revision": "c0ffee", "how": "promoted", "because": "", "at": at}
        record_move(lake, Move(number=number, repo_id=repo_id, **fields))


def test_the_list_shows_the_newest_champions_and_which_trainings_they_are(lake):
    trained(lake, "one")
    moved(lake, "one", "two", "one")
    moved(lake, "three", repo_id="me/other")
    page = trainings_page(lake)
    assert [move.number for move in page["moves"]] == [3, 2, 1, 1]
    assert page["champions"] == {"one", "three"}
    assert trainings_page(lake, 2)["moves"] == []


def test_of_very_many_moves_the_list_reads_and_shows_the_newest(lake, monkeypatch):
    moved(lake, *(f"run-{number}" for number in range(300)))
    read, keys = Lake.read_record, []
    monkeypatch.setattr(Lake, "read_record", lambda self, key, make: keys.append(key) or read(self, key, make))
    page = trainings_page(lake)
    assert len(page["moves"]) == 25
    assert page["champions"] == {"run-299"}
    assert len([key for key in keys if key.startswith("champions/")]) == 25


def test_a_damaged_move_is_told_beside_the_others(lake):
    moved(lake, "one", "two")
    lake.store.write(champion_key("me/voice", 2), b"{")
    page = trainings_page(lake)
    assert [move.run_id for move in page["moves"]] == ["one"]
    assert len(page["move_faults"]) == 1


def test_a_training_shows_what_the_rule_said_and_when_it_was_the_champion(lake):
    request = TrainingRequest(recipe=RECIPE.model_copy(update={"hub_repository": "me/voice"}))
    (planned,) = plan_training(lake, "one", request, TrainingSettings())
    leave_trained_run(lake, read_training_run(planned.recipe_uri))
    assert training_page(lake, "one")["outcome"] is None
    outcome = Outcome(run_id="one", repo_id="me/voice", measure="style_score", rival=Rival(), why_not="no report.")
    lake.write_json(RunKeys("one").promotion, outcome.model_dump(mode="json"))
    moved(lake, "one", "two", "one")
    page = training_page(lake, "one")
    assert page["outcome"] == outcome
    assert [move.number for move in page["moves"]] == [3, 1]
