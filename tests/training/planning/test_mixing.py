"""A plan with a mixture: which rows it draws and lists, what it leaves out and why, and what it refuses."""

from __future__ import annotations

import json

import pytest

from ownvoice.errors import BadDataError, SettingsError
from ownvoice.training.mixture.listing import read_listing
from ownvoice.training.mixture.resolve import resolve
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.imported_rows import imported_row, leave_imported, lone_thumb
from stand_ins.pair_lake import commit_pairs, small_dataset

RECIPE = {"backend": "trl", "accumulation_steps": 1, "warmup_steps": 1, "prompt_template": "chat"}
KTO = {"loss_type": "kto", "batch_pairs": 4}
PASSAGE = "I like the ledger. It’s been kept by the same patient hand for forty two whole years."


@pytest.fixture
def mixed(lake):
    rows = small_dataset()
    rows[-1]["chosen"] = PASSAGE
    commit_pairs(lake, rows)
    leave_imported(lake, [imported_row(number) for number in range(40)])
    leave_imported(lake, [lone_thumb(number, is_wanted=number % 3 > 0) for number in range(50, 59)])
    return lake


def plan(lake, run_id="a-run", evaluation_sets=(), **recipe):
    request = TrainingRequest(recipe=TrainingRecipe(**RECIPE | recipe))
    (planned,) = plan_training(lake, run_id, request, TrainingSettings(), evaluation_sets)
    return planned, read_training_run(planned.recipe_uri)


def listed(lake, run):
    return read_listing(lake, run.keys.mixture, run.mixture.digest)


def test_a_mixture_is_planned_with_its_rows_by_set_and_class_and_every_id_is_listed(mixed):
    planned, run = plan(mixed, mixture={"own": 0.5, "capybara": 0.25})
    assert planned.rows_by_set == {"own": 20, "capybara": 10}
    assert planned.rows_by_class == {"verbatim": 20, "model_preference": 10}
    assert (planned.train_pairs, planned.test_pairs, planned.steps) == (30, 8, 15)
    rows = listed(mixed, run)
    assert len({(row.set, row.row_id) for row in rows}) == 30
    assert {(row.revision, row.licence) for row in rows if row.set == "capybara"} == {
        ("0123456789abcdef", "apache-2.0")
    }
    assert run.mixture.table_version == 2
    assert list(planned.lines()) == [
        "mixture    own 20 (67%), capybara 10 (33%)",
        "classes    verbatim 20 (67%), model_preference 10 (33%)",
    ]


def test_the_same_recipe_draws_the_same_rows_and_a_larger_share_holds_the_smaller(mixed):
    runs = [
        plan(mixed, run_id, mixture={"capybara": share})[1] for run_id, share in (("a", 0.1), ("b", 0.1), ("c", 0.5))
    ]
    assert runs[0].mixture == runs[1].mixture
    small, _, large = ({row.row_id for row in listed(mixed, run)} for run in runs)
    assert small < large


def test_conversations_are_left_out_before_a_gpu_is_paid_for_where_the_template_holds_one_question(mixed):
    question = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why is it old?"}]
    leave_imported(mixed, [imported_row(60, "capybara", prompt_messages=question)])
    planned, _ = plan(mixed, mixture={"capybara": 1}, prompt_template="alpaca")
    assert planned.rows_by_set == {"own": 40, "capybara": 1}
    assert planned.left_out == {"turns_not_in_the_template": 40}
    assert any("set prompt_template to chat" in line for line in planned.lines())


def test_a_mixture_of_which_every_row_is_left_out_is_refused_with_the_reasons(mixed):
    with pytest.raises(SettingsError, match=r"left out: 40 turns_not_in_the_template \(.*set prompt_template to chat"):
        plan(mixed, mixture={"own": 0, "capybara": 1}, prompt_template="alpaca")


def test_lone_thumbs_are_left_out_and_counted_unless_the_loss_learns_from_them(mixed):
    planned, _ = plan(mixed, mixture={"feedback": 1, "capybara": 1})
    assert planned.left_out == {"lone_thumb": 9}
    assert planned.train_pairs == 80
    planned, run = plan(mixed, "kto", mixture={"feedback": 1, "capybara": 1}, **KTO)
    assert planned.left_out == {}
    assert (planned.train_pairs, planned.test_pairs) == (2 * 80 + 9, 16)
    assert run.mixture.by_class() == {"verbatim": 40, "model_preference": 40, "human_preference": 9}


@pytest.mark.parametrize("turn", ["system", "user", "assistant", "chosen", "rejected"])
def test_a_row_with_a_passage_of_an_own_test_article_is_left_out_wherever_it_stands(mixed, turn):
    row = imported_row(90, "late")
    if turn in row:
        row[turn] = f"So he wrote: “{PASSAGE.upper()}”"
    else:
        row["prompt_messages"].insert(0, {"role": turn, "content": PASSAGE})
    leave_imported(mixed, [row, imported_row(91, "late")])
    planned, run = plan(mixed, mixture={"late": 1})
    assert planned.left_out == {"near_own_test": 1}
    assert run.mixture.by_set()["late"] == 1


def test_the_whole_test_article_counts_where_the_lake_holds_it(lake):
    rows = small_dataset()
    article = "Nobody in the village has ever seen the second key of that old green church door."
    sha = rows[-1]["article_sha256"] = __import__("hashlib").sha256(article.encode()).hexdigest()
    lake.keep_original(sha, article)
    commit_pairs(lake, rows)
    leave_imported(lake, [imported_row(1), imported_row(2, chosen=article)])
    assert plan(lake, mixture={"capybara": 1})[0].left_out == {"near_own_test": 1}


def test_a_row_of_an_evaluation_set_is_left_out_also_where_the_set_is_younger_than_the_import(mixed, tmp_path):
    question = "How many roads must a patient man walk down before the harbour gate is shut?"
    (tmp_path / "bench.jsonl").write_text(json.dumps({"question": question}))
    leave_imported(mixed, [imported_row(90, "late", rejected=question), imported_row(91, "late")])
    planned, _ = plan(mixed, evaluation_sets=[(tmp_path / "bench.jsonl").as_uri()], mixture={"late": 1})
    assert planned.left_out == {"in_evaluation_set": 1}


def test_the_same_row_in_two_sets_is_trained_on_once(mixed):
    leave_imported(mixed, [imported_row(3, "mix-of-sets"), imported_row(77, "mix-of-sets")])
    planned, run = plan(mixed, mixture={"capybara": 1, "mix-of-sets": 1})
    assert planned.left_out == {"duplicate": 1}
    assert run.mixture.by_set() == {"own": 40, "capybara": 40, "mix-of-sets": 1}


@pytest.mark.parametrize("name", ["ultrafeedback", "identity"])
def test_a_set_of_which_the_lake_holds_no_row_is_named_with_what_to_do(mixed, name):
    with pytest.raises(SettingsError, match=f"mixture names {name}.* it holds capybara, feedback.*ownvoice import"):
        plan(mixed, mixture={name: 0.5})
    assert mixed.read_json("runs/a-run/recipe.json") is None


def test_a_lake_that_never_imported_says_the_same(lake):
    commit_pairs(lake, small_dataset())
    with pytest.raises(SettingsError, match="it holds none"):
        plan(lake, mixture={"capybara": 0.5})


def test_too_few_rows_are_refused_by_their_number_with_the_mixture(mixed):
    with pytest.raises(SettingsError, match="4 train pairs make 2 optimizer steps"):
        plan(mixed, mixture={"own": 0, "capybara": 0.1})


def test_a_mixture_with_an_unusual_rate_of_kto_says_so_before_anything_is_paid(mixed):
    planned, _ = plan(mixed, **KTO, learning_rate=1e-3)
    assert [line for line in planned.lines() if "usually trained" in line] == [f"caution    {planned.cautions[0]}"]


def test_a_list_gives_its_rows_again_whole(mixed):
    _, run = plan(mixed, mixture={"capybara": 0.1, "own": 0.2})
    found = resolve(mixed, run.keys.mixture, run.mixture)
    assert (len(found.own_ids), len(found.imported)) == (8, 4)
    assert [role for role, _ in found.imported[0].messages] == ["user", "assistant", "user"]


@pytest.mark.parametrize("change", ["withdrawn", "changed"])
def test_a_row_that_was_withdrawn_or_changed_since_the_plan_stops_the_training_with_a_sentence(mixed, change):
    _, run = plan(mixed, mixture={"capybara": 0.5})
    lost = next(row.row_id for row in listed(mixed, run) if row.set == "capybara")
    mixed.table("imported").delete(f"row_id = '{lost}'")
    if change == "changed":
        leave_imported(mixed, [imported_row(0, row_id=lost, chosen="Another answer.")])
    with pytest.raises(BadDataError, match=f"1 of the 20 imported rows .* {lost} of capybara. Nothing was trained"):
        resolve(mixed, run.keys.mixture, run.mixture)


def test_a_list_that_is_gone_or_another_is_named(mixed):
    _, run = plan(mixed, mixture={"capybara": 0.5})
    _, other = plan(mixed, "another", mixture={"capybara": 0.4})
    with pytest.raises(BadDataError, match="is not the list of digest"):
        read_listing(mixed, other.keys.mixture, run.mixture.digest)
    mixed.store.delete(run.keys.mixture)
    with pytest.raises(BadDataError, match="is gone: .* Plan a new training"):
        resolve(mixed, run.keys.mixture, run.mixture)


def test_a_training_without_a_mixture_lists_nothing(mixed):
    planned, run = plan(mixed)
    assert (run.mixture, planned.rows_by_set, list(planned.lines())) == (None, {}, [])
    assert mixed.store.stat(run.keys.mixture) is None
