"""A panel is qualified over a real connection: stored, read again, and nothing is asked twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest

from ownvoice.config.judges import Judge
from ownvoice.config.prices import ModelPrice
from ownvoice.errors import SettingsError
from ownvoice.evaluation.judges.qualification.plan import Plan
from ownvoice.evaluation.judges.qualification.qualify import Asking, qualify
from ownvoice.evaluation.judges.qualification.stored import qualification_of, qualified
from ownvoice.evaluation.judges.qualification.version_pairs import version_pairs
from ownvoice.evaluation.judges.table import read_judgements, record_judgements
from ownvoice.llm.budget import Spend
from ownvoice.llm.client import ModelAccess
from ownvoice.reports.text.judges import estimate_lines, qualification_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import controls_key, qualification_key
from stand_ins.asking import access
from stand_ins.model_server import ModelServer, running_model_server
from stand_ins.simulated_judges import made_up_lake, made_up_pairs

PRICE = ModelPrice(
    input_usd_per_million_tokens=1, output_usd_per_million_tokens=2, source="a test", seen_on=dt.date(2026, 11, 28)
)
PANEL = (
    Judge(name="vain", model="simulated-own_family-1", family="own"),
    Judge(name="fair", model="simulated-honest-1", family="other"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with running_model_server() as running:
        yield running


@pytest.fixture(scope="module")
def asking(server, tmp_path_factory) -> Asking:
    lake = Lake(tmp_path_factory.mktemp("lake").as_uri())
    made_up_lake(lake, made_up_pairs())

    def endpoints(_: str) -> ModelAccess:
        return access(server, in_flight=32)

    return Asking(lake, endpoints, prices={judge.model: PRICE for judge in PANEL})


@pytest.fixture(scope="module")
def plan(asking) -> Plan:
    version, pairs = version_pairs(asking.lake)
    return Plan(version, PANEL, pairs)


@pytest.fixture(scope="module")
def found(asking, plan):
    return {one.judge.name: one for one in qualify(asking, plan)}


def test_the_honest_judge_is_qualified_and_the_one_that_prefers_its_family_is_excluded_for_that(found):
    assert found["fair"].verdict == "qualified"
    assert [one.rule for one in found["vain"].exclusions] == ["family"]
    assert found["fair"].answered_by == ("simulated-honest-1",)


def test_each_judge_is_asked_as_often_as_the_estimate_said(found, plan, server):
    expected = plan.estimate({}).requests
    assert expected == 2 * (700 + 50)
    assert server.totals.billed == expected
    assert found["vain"].requests == 700
    assert found["vain"].cost_usd == pytest.approx(PRICE.cost_usd(700 * 100, 700 * 10))


def test_only_the_qualified_judge_counts_and_the_other_is_left_out_with_its_number(found, asking):
    counting, left_out = qualified(asking.lake, PANEL)
    assert [judge.name for judge in counting] == ["fair"]
    assert [one.judge.name for one in left_out] == ["vain"]
    assert "its own family" in left_out[0].why


def test_a_judge_that_was_changed_was_never_qualified(found, asking):
    changed = PANEL[1].model_copy(update={"revision": "2026-12"})
    counting, left_out = qualified(asking.lake, [changed])
    assert not counting
    assert "never qualified as it is now" in left_out[0].why


def test_the_same_command_again_asks_nothing_and_measures_the_same(found, asking, plan, server):
    before = server.totals.requests
    again = {one.judge.name: one for one in qualify(asking, plan)}
    assert server.totals.requests == before
    assert again == found


def test_controls_and_qualification_are_kept_with_the_version(found, asking, plan):
    kinds = asking.lake.read_rows(controls_key(plan.version, "quality"))["kind"].to_pylist()
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {
        "family": 50,
        "gold": 50,
        "injected": 50,
        "padded": 50,
        "pair": 100,
    }
    assert qualification_of(asking.lake, PANEL[1], plan.version) == found["fair"]
    assert all(row["is_control"] for row in read_judgements(asking.lake))


def test_another_model_that_answers_under_the_name_later_ends_the_qualification(found, asking):
    row = read_judgements(asking.lake, f"judge_id = '{PANEL[1].judge_id}'")[0]
    later = (found["fair"].at + dt.timedelta(hours=1)).isoformat()
    changed = {**row, "judgement_id": "new", "answered_by": "a-newer-model", "at": later}
    record_judgements(asking.lake, [changed])
    assert "a-newer-model answers now" in qualified(asking.lake, PANEL[1:]).left_out[0].why


def test_the_table_fits_the_terminal_and_says_why_a_judge_does_not_count(found, plan):
    lines = [*qualification_lines(found.values()), *estimate_lines(plan.estimate({}), 2, plan.version)]
    assert max(map(len, lines)) <= 80
    assert "excluded" in "\n".join(lines)


def test_a_budget_that_ends_leaves_judges_not_measured_and_counts_none(asking, plan, server, tmp_path):
    lake = Lake(tmp_path.as_uri())
    made_up_lake(lake, made_up_pairs())
    before = server.totals.billed
    found = qualify(Asking(lake, asking.endpoints, Spend(20_000, float("inf"))), plan)
    assert {one.verdict for one in found} == {"not measured"}
    assert all("run `ownvoice judges qualify` again" in one.missing[0] for one in found)
    assert 110 * (server.totals.billed - before) <= 20_000  # each takes 100 tokens and 10
    assert not qualified(lake, PANEL).counting


def test_a_damaged_qualification_leaves_its_judge_out_and_says_what_to_do(tmp_path):
    lake = Lake(tmp_path.as_uri())
    lake.store.write(qualification_key(PANEL[0].judge_id, 1), b"{")
    counting, left_out = qualified(lake, PANEL[:1])
    assert not counting
    assert "ownvoice judges qualify" in left_out[0].why


def test_a_version_that_is_too_small_says_how_many_articles_are_missing(tmp_path):
    lake = Lake(tmp_path.as_uri())
    made_up_lake(lake, made_up_pairs(articles=8))
    with pytest.raises(SettingsError, match=r"holds 40 pairs from 8 articles.*About 12 more articles"):
        version_pairs(lake)


def test_the_plan_of_a_version_is_the_same_for_everybody(asking, plan):
    again = Plan(*version_pairs(asking.lake)[:1], PANEL, version_pairs(asking.lake)[1])
    assert again.run_id == plan.run_id
    assert json.dumps([one.item.item_id for one in again.controls("voice", {})]) == json.dumps(
        [one.item.item_id for one in plan.controls("voice", {})]
    )


def test_a_judge_that_is_alone_with_its_question_is_not_held_up_by_families_that_nobody_compares(plan):
    voice = Judge(name="ear", model="another", family="third", prompt="voice")
    panel = Plan(plan.version, (*PANEL, voice), plan.pairs)
    answers = {name: {pair.pair_id: name for pair in plan.pairs} for name in ("own", "other", "third")}
    assert panel.writers.keys() == {"own", "other"}
    assert "family" not in {one.kind for one in panel.controls("voice", answers)}
    assert sum(one.kind == "family" for one in panel.controls("quality", answers)) == 50
