"""Qualifications of judges as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ownvoice.evaluation.agreement.estimate import Estimate as Measured
from ownvoice.evaluation.judges.estimate import Estimate
from ownvoice.evaluation.judges.qualification.record import Qualification
from ownvoice.evaluation.judges.qualification.stored import LeftOut
from ownvoice.reports.formats import NOTHING
from ownvoice.terminal import in_one_line, wrapped

_NAME_CHARS = 11
_HEADS = ("gold", "position", "padded", "family", "obeys", "invalid", "repeat", "flips", "verdict")
_WIDTHS = (5, 8, 6, 6, 5, 7, 6, 5, 12)
_MEANING = (
    "gold: planted defects found. position: bias to the answer shown first (below 0: second). padded: net wins of "
    "copies padded with nothing. family: win rate of its own family above that by other families' judges. obeys: "
    "controls lost to an instruction inside an answer. invalid: answers without a verdict. repeat: verdicts kept when "
    "asked again. flips: pairs whose verdict changed with the order. Excluded by rule: docs/decisions/0050."
)


def qualification_lines(found: Iterable[Qualification]) -> Iterator[str]:
    """Yield a row for each judge, then why one does not count, what is worth a look, and what it took."""
    found = list(found)
    yield _row("judge", _HEADS)
    for one in found:
        yield _row(in_one_line(one.judge.name), _cells(one))
    for one in found:
        name = one.judge.name
        for sentence in one.reasons:
            yield from wrapped(f"{name} does not count. {sentence}", 2)
        for sentence in (*one.warnings, *_lone_family(one)):
            yield from wrapped(f"{name}: {sentence}", 2)
        cost = "cost not known" if one.cost_usd is None else f"${one.cost_usd:,.2f}"
        tokens = one.prompt_tokens + one.completion_tokens
        names = ", ".join(one.answered_by) or "a model without a name"
        yield from wrapped(
            f"{name}: version {one.dataset_version}, {one.requests:,} answers by {names}, {tokens:,} tokens, {cost}", 2
        )
    yield from wrapped(_MEANING)


def left_out_lines(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield why judges do not count."""
    for judge, why in left_out:
        yield from wrapped(f"{judge.name} does not count: {why}", 2)


def estimate_lines(found: Estimate, judges: int, version: int) -> Iterator[str]:
    """Yield what qualifying takes, before anything is asked."""
    cost = "; no price is known for some model" if found.cost_usd is None else f", about ${found.cost_usd:,.2f}"
    yield from wrapped(
        f"Qualifying {judges} judges on version {version}: {found.requests:,} requests, about "
        f"{found.prompt_tokens:,} tokens sent and {found.completion_tokens:,} received{cost}. What is stored already "
        "is not asked again."
    )


def _lone_family(one: Qualification) -> Iterator[str]:
    if (why := one.not_measured.get("family_net")) and not one.missing:
        yield f"family: not measured. {why}"


def _cells(one: Qualification) -> tuple[str, ...]:
    found = one.measures
    return (
        _share(found.gold),
        _signed(found.position),
        _signed(found.padded_net),
        _signed(found.family_net),
        _signed(found.injected),
        NOTHING if found.invalid is None else f"{found.invalid.value:.1%}",
        _share(found.repeats),
        _share(found.flips),
        one.verdict,
    )


def _row(name: str, cells: tuple[str, ...]) -> str:
    aligned = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"{name[:_NAME_CHARS]:{_NAME_CHARS}} {' '.join(aligned)}".rstrip()


def _share(one: Measured | None) -> str:
    return NOTHING if one is None else f"{one.value:.2f}"


def _signed(one: Measured | None) -> str:
    return NOTHING if one is None else f"{one.value:+.2f}"
