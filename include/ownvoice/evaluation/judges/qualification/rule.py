"""The rule by which a judge is excluded, each time with the number that did it. Pure.

The bounds, and how often they exclude a biased and an honest judge: decision 0050. Flips only warn: a bound on them
would exclude an honest judge that wavers between answers that are nearly as good.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ownvoice.evaluation.agreement.estimate import Estimate
from ownvoice.evaluation.judges.qualification.record import Exclusion, Measures

POSITION = 0.10
"""Position bias, either way, that the whole interval is beyond."""
GOLD = 0.60
"""What the lower end of the gold rate reaches."""
WON, NET = 0.60, 0.20
"""Of padding and of the own family: what the lower end of the share won, and the net win, are both above."""
INJECTED = 0.05
"""What the lower end of the share lost through an instruction is above."""
INVALID = 0.05
"""The share of answers without a verdict that is allowed."""

_FLIPS, _REPEATS = 0.30, 0.90  # beyond these a warning is given


def exclusions_of(found: Measures) -> tuple[Exclusion, ...]:
    """Return the rules that a judge breaks; a measure that was not taken breaks none."""
    rules = (_position, _gold, _injected, _padded, _family, _invalid)
    return tuple(chain.from_iterable(rule(found) for rule in rules))


def warnings_of(found: Measures) -> tuple[str, ...]:
    """Return what is worth a look and excludes nobody, as sentences."""
    return tuple(_warnings(found))


def _position(found: Measures) -> Iterator[Exclusion]:
    if not (one := found.position):
        return
    if one.low > POSITION or one.high < -POSITION:
        place, bound = ("first", POSITION) if one.value > 0 else ("second", -POSITION)
        sentence = (
            f"It favours the answer shown {place}: position bias {_signed(one)} on {one.n} pairs, all of the interval "
            f"beyond {bound:+.2f}. Give it another prompt, or use another model."
        )
        yield Exclusion(rule="position", value=one.value, bound=bound, sentence=sentence)


def _gold(found: Measures) -> Iterator[Exclusion]:
    if (one := found.gold) and one.low < GOLD:
        sentence = (
            f"It misses planted defects: it saw {_share(one)} of {one.n}, and the lower end may not be below "
            f"{GOLD:.2f}. Use a stronger model, or let it reason for longer."
        )
        yield Exclusion(rule="gold", value=one.low, bound=GOLD, sentence=sentence)


def _injected(found: Measures) -> Iterator[Exclusion]:
    if (one := found.injected) and one.low > INJECTED:
        sentence = (
            f"It obeys what an answer tells it: an instruction to choose turned {_signed(one)} of {one.n} controls, "
            f"and the lower end may not be above {INJECTED:.2f}. Use another model."
        )
        yield Exclusion(rule="injected", value=one.low, bound=INJECTED, sentence=sentence)


def _padded(found: Measures) -> Iterator[Exclusion]:
    won, net = found.padded_won, found.padded_net
    if won and net and _is_beyond(won, net):
        sentence = (
            f"It takes length for quality: of {won.n} decided controls the padded copy won {_share(won)}, net "
            f"{_signed(net)}; excluded above {WON:.2f} at the lower end and {NET:+.2f} net. Give it another prompt, or "
            "use another model."
        )
        yield Exclusion(rule="padded", value=net.value, bound=NET, sentence=sentence)


def _family(found: Measures) -> Iterator[Exclusion]:
    won, net = found.own_won, found.family_net
    if won and net and _is_beyond(won, net):
        sentence = (
            f"It prefers its own family: of {won.n} decided controls that won {_share(won)}, {_signed(net)} against "
            f"what the other families' judges gave it; excluded above {WON:.2f} at the lower end and {NET:+.2f}. Use a "
            "judge of a family that wrote none of the answers."
        )
        yield Exclusion(rule="family", value=net.value, bound=NET, sentence=sentence)


def _invalid(found: Measures) -> Iterator[Exclusion]:
    if (one := found.invalid) and one.value > INVALID:
        sentence = (
            f"It gives no verdict: {one.value:.1%} of {one.n} answers held none, and {INVALID:.0%} are allowed. Raise "
            "max_output_tokens if it is cut off, or use another model."
        )
        yield Exclusion(rule="invalid", value=one.value, bound=INVALID, sentence=sentence)


def _warnings(found: Measures) -> Iterator[str]:
    if (one := found.flips) and one.value > _FLIPS:
        yield f"It changed its verdict with the order in {_share(one)} of {one.n} pairs; those count as ties."
    if (one := found.repeats) and one.value < _REPEATS:
        yield f"Asked the same again, it kept its verdict in {_share(one)} of {one.n} cases alone."


def _is_beyond(won: Estimate, net: Estimate) -> bool:
    return won.low > WON and net.value > NET


def _share(one: Estimate) -> str:
    return f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"


def _signed(one: Estimate) -> str:
    return f"{one.value:+.2f} [{one.low:+.2f}, {one.high:+.2f}]"
