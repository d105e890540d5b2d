"""How often the rule of qualification excludes simulated judges, biased and honest.

Run as:

    python benchmarks/judges.py

The claims: over 200 seeds each gross fault is excluded every time, a position bias of .21 in most, and an honest judge,
sharp or noisy, in at most 1 of 50. `before` is what was found with other simulations before the rule was built here
(percent of judges; a blank was not). Exits with 1 where a claim does not hold.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from stand_ins.simulated_judges import FAULTY, HONEST, MANNERS, Simulation, made_up_pairs  # noqa: E402

SEEDS = 200
BEFORE = {
    **dict.fromkeys(("always_first", "always_second", "longer_wins", "own_family", "coin"), "100"),
    "first_in_41_percent": "100",
    "first_in_21_percent": "68",
    "honest": "0.3",
    "honest_noisy": "0.5",
}
FEWEST_OF_21, MOST_HONEST = 50.0, 2.0


def main() -> int:
    """Print the table; return 1 where a claim does not hold."""
    simulation, holds = Simulation.of(made_up_pairs()), True
    print(f"{'judge':22} {'excluded %':>10} {'before %':>8}  by")
    for manner in MANNERS:
        rules = [simulation.broken(manner, seed) for seed in range(SEEDS)]
        share = 100 * sum(map(bool, rules)) / SEEDS
        by = ", ".join(
            f"{name} {count}" for name, count in Counter(one for each in rules for one in each).most_common()
        )
        print(f"{manner:22} {share:10.1f} {BEFORE.get(manner, ''):>8}  {by}", flush=True)
        holds = holds and _holds(manner, share)
    return 0 if holds else 1


def _holds(manner: str, share: float) -> bool:
    if manner in HONEST:
        return share <= MOST_HONEST
    return share == 100 if manner in FAULTY else share >= FEWEST_OF_21


if __name__ == "__main__":
    sys.exit(main())
