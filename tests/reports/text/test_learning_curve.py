"""A learning curve as text."""

from __future__ import annotations

from ownvoice.evaluation.curve.curve import CurveTraining, metric_curve
from ownvoice.reports.text.learning_curve import curve_sentence


def test_the_last_doubling_names_its_two_sizes_and_a_shorter_distance_is_better():
    trainings = [
        CurveTraining(
            variant=f"{pairs}-{seed}",
            run_id="run",
            seed=seed,
            wanted_pairs=pairs,
            train_pairs=pairs,
            style_distance=2 - pairs / 1000 + seed / 1000,
        )
        for pairs in (100, 200)
        for seed in (0, 1)
    ]
    said = curve_sentence(metric_curve(trainings, "style_distance"))
    assert said.startswith("rising")
    assert "from 100 to 200 pairs the last doubling made it better by +0.1" in said
