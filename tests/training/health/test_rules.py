import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.training.health.evidence import AnswerLengths, Merge
from ownvoice.training.health.judge import judge
from ownvoice.training.recipe import TrainingRecipe

STEPS = 80


def curve(loss, chosen, rejected, accuracy, norm=lambda t: 2 - t, evals=None):
    """Rows of a run whose numbers are functions of the share of the run that is over."""
    rows = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        rows.append(
            {
                "step": step,
                "loss": loss(t),
                "grad_norm": norm(t),
                "rewards/chosen": chosen(t),
                "rewards/rejected": rejected(t),
                "rewards/margins": chosen(t) - rejected(t),
                "rewards/accuracies": accuracy(t),
            }
        )
        if step % 16 == 0:
            rows.append({"step": step, "eval_loss": (evals or loss)(t)})
    return rows


def falling(start, end):
    return lambda t: start + (end - start) * t


CHOSEN, REJECTED, ACCURACY = falling(0, 0.4), falling(0, -0.9), falling(0.5, 0.85)
GOOD = {"loss": falling(0.693, 0.45), "chosen": CHOSEN, "rejected": REJECTED, "accuracy": ACCURACY}


def rules(rows):
    return {finding.rule: finding.level for finding in judge(rows).findings}


def test_a_merge_that_rounded_most_of_the_change_away_is_warned_of():
    merge = Merge(
        dtype="bfloat16",
        kl_merged_nats=1e-6,
        kl_base_nats=1e-2,
        kept_least=0.1,
        kept_least_module="layers.0.up_proj",
        kept_median=0.15,
    )
    (finding,) = judge(curve(**GOOD), merge).findings
    assert (finding.rule, finding.level) == ("rounded_away", "warn")
    assert "rounding to bfloat16 kept 10% of the change in layers.0.up_proj" in finding.reason
    assert judge(curve(**GOOD), merge.model_copy(update={"kept_least": 0.7})).verdict == "pass"


def test_a_rounded_change_is_told_the_next_wider_type_or_that_there_is_none():
    merge = Merge(
        dtype="float16", kl_merged_nats=0, kl_base_nats=0, kept_least=0.1, kept_least_module="up", kept_median=0.2
    )
    assert "set merge_dtype to float32" in judge([], merge).findings[0].reason
    widest = merge.model_copy(update={"dtype": "float32"})
    assert "below its rounding" in judge([], widest).findings[0].reason


def test_accuracy_and_margins_are_read_from_the_end_of_the_warm_up():
    late = curve(**GOOD | {"accuracy": lambda t: 0.5 if t < 0.5 else 1.0})
    assert rules(late) == {}
    warming = [row | {"learning_rate": min(row["step"], 32) * 1e-6} for row in late]
    assert rules(warming) == {"too_easy": "warn"}
    steep = curve(**GOOD | {"chosen": lambda t: 0.4, "rejected": lambda t: 0.4 - min(7, 100 * t)})
    assert rules(steep) == {"too_easy": "warn"}


@pytest.mark.parametrize(("chosen", "rejected", "longer"), [(30, 345, "rejected"), (90, 30, "chosen")])
def test_answers_that_length_alone_tells_apart_are_warned_of(chosen, rejected, longer):
    (finding,) = judge(curve(**GOOD), lengths=AnswerLengths(chosen=chosen, rejected=rejected)).findings
    assert (finding.rule, finding.level) == ("lengths_apart", "warn")
    assert finding.reason.startswith(f"the {longer} answers are")
    assert judge(curve(**GOOD), lengths=AnswerLengths(chosen=30, rejected=45)).verdict == "pass"


def test_answers_that_are_all_those_of_the_base_are_warned_of():
    (finding,) = judge(curve(**GOOD), answers=[("a", "a"), ("b", "b")]).findings
    assert (finding.rule, finding.level) == ("answers_unchanged", "warn")
    assert judge(curve(**GOOD), answers=[("a", "a"), ("b", "c")]).verdict == "pass"


def test_a_good_run_passes_without_a_word():
    assert judge(curve(**GOOD)).findings == ()
    assert judge(curve(**GOOD)).verdict == "pass"


def test_a_loss_that_falls_to_zero_early_is_blocked_and_late_is_warned_of():
    early = curve(**GOOD | {"loss": lambda t: 0.693 if t < 0.1 else 0.001})
    assert rules(early) == {"loss_collapsed": "block"}
    late = curve(**GOOD | {"loss": lambda t: 0.693 * (1 - t) + 0.05 if t < 0.9 else 0.001})
    assert rules(late) == {"loss_collapsed": "warn"}


def test_accuracy_of_100_percent_early_says_that_the_pairs_are_too_easy_and_points_to_the_audits():
    health = judge(curve(**GOOD | {"accuracy": lambda t: 0.5 if t < 0.1 else 1.0}))
    assert health.verdict == "warn"
    (finding,) = health.findings
    assert (finding.rule, finding.step) == ("too_easy", 8)
    assert "audits" in finding.reason


def test_accuracy_of_100_percent_at_the_very_end_is_no_fault():
    assert rules(curve(**GOOD | {"accuracy": lambda t: 0.5 if t < 0.9 else 1.0})) == {}


def test_a_loss_that_rises_is_divergence():
    diverged = curve(falling(0.693, 4.0), falling(0, -3), falling(0, -0.5), falling(0.5, 0.3))
    assert rules(diverged)["diverged"] == "block"
    assert rules(diverged)["margins_flat"] == "block"


@pytest.mark.parametrize("name", ["loss", "grad_norm", "eval_loss"])
@pytest.mark.parametrize("value", [math.nan, math.inf, "nan", "inf"])
def test_a_number_that_is_not_finite_is_blocked_at_its_step(name, value):
    rows = curve(**GOOD)
    victim = next(row for row in rows if row["step"] >= 32 and name in row)
    victim[name] = value
    (finding,) = judge(rows).findings
    assert (finding.rule, finding.level, finding.step) == ("not_finite", "block", victim["step"])


def test_likelihood_displacement_is_seen_although_margins_and_accuracy_look_perfect():
    """The chosen reward of a real run that was too hot: -11 at a margin of +22."""
    hot = curve(falling(0.693, 0.02), falling(0, -11), falling(0, -33), falling(0.5, 1.0))
    assert rules(hot) == {"likelihood_displacement": "block"}
    warm = curve(falling(0.693, 0.3), falling(0, -2), falling(0, -4), ACCURACY)
    assert rules(warm) == {"likelihood_displacement": "warn"}


def test_margins_that_hardly_move_are_warned_of():
    assert rules(curve(falling(0.693, 0.685), falling(0, 0.01), falling(0, -0.01), ACCURACY)) == {
        "margins_flat": "warn"
    }


def test_swapped_columns_show_as_margins_below_zero():
    assert rules(curve(falling(0.693, 0.69), REJECTED, CHOSEN, falling(0.5, 0.1)))["margins_flat"] == "block"


def test_a_validation_loss_that_parts_from_training_is_warned_of_and_one_above_the_start_is_blocked():
    assert rules(curve(**GOOD, evals=falling(0.693, 0.64))) == {"validation_gap": "warn"}
    assert rules(curve(**GOOD, evals=falling(0.693, 1.2))) == {"validation_gap": "block"}


def test_one_spike_of_the_gradient_is_warned_of_and_many_are_blocked():
    assert rules(curve(**GOOD, norm=lambda t: 40.0 if t == 0.5 else 1.0)) == {"gradient_spikes": "warn"}
    assert rules(curve(**GOOD, norm=lambda t: 40.0 if round(t * STEPS) % 7 == 6 else 1.0)) == {
        "gradient_spikes": "block"
    }


def test_a_run_of_a_few_steps_is_not_judged_yet():
    assert judge(curve(**GOOD)[:4]).findings == ()
    assert judge([]).verdict == "pass"


@given(st.integers(0, 100))
def test_a_growing_record_can_be_judged_at_any_step(length):
    judge(json.loads(json.dumps(curve(**GOOD)[:length])))


def test_a_supervised_term_hides_no_fault_of_the_preference_loss_and_makes_none():
    """Four nats of it lie over losses of 0.69 that double, and over a good run's."""
    recipe = TrainingRecipe(rpo_alpha=2)

    def with_term(rows):
        return [
            {name: value + 4 * (name in ("loss", "eval_loss")) for name, value in row.items()}
            | {f"{prefix}supervised_loss": 2.0 for prefix in ("", "eval_") if f"{prefix}loss" in row}
            for row in rows
        ]

    assert judge(with_term(curve(**GOOD)), recipe=recipe).findings == ()
    rising = curve(**GOOD | {"loss": lambda t: 0.69 + t})
    assert "diverged" in {finding.rule for finding in judge(with_term(rising), recipe=recipe).findings}
    assert rules(with_term(rising)).get("diverged") is None, "without the recipe it is hidden"


def test_a_loss_with_smoothed_labels_may_pass_through_zero():
    collapsed = curve(**GOOD | {"loss": lambda t: 0.69 * (1 - 2 * t)})
    assert rules(collapsed)["loss_collapsed"]
    smoothed = judge(collapsed, recipe=TrainingRecipe(label_smoothing=0.1)).findings
    assert "loss_collapsed" not in {finding.rule for finding in smoothed}
