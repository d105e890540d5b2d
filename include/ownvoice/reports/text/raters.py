"""The table of judges and people as text."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.evaluation.agreement.estimate import Estimate
from ownvoice.reports.formats import NOTHING, dollars, percent, seconds, words
from ownvoice.reports.raters import Rater, RaterTable
from ownvoice.terminal import in_one_line, wrapped

NOTHING_YET = (
    "Nobody has judged or reviewed a pair. Name judges in OWNVOICE_JUDGES and run `ownvoice judges qualify`, or "
    "trigger the DAG review_pairs for people."
)
MEANINGS = {
    "pairs": "those decided, controls left out",
    "with people, with judges": "Cohen's kappa with what most other people, or most other judges that count, said of "
    "the same pairs: 1 is all alike, 0 as much as by chance; both bad counts as a tie, since a judge cannot say it",
    "with itself": "share of what was asked twice that was answered alike",
    "place": "above 0 the answer shown first, or on the left, is favoured, below 0 the other; of a judge on its "
    "controls, or on pairs where it has none yet",
    "gold": "share of the controls with a planted defect that were seen through",
    "chosen won": "share of the decisive verdicts that were for the author's own answer",
    "as people see it": "the same, corrected by how often the judge hits what people said (arXiv 2511.21140)",
    "takes": "of a person the median time of a pair, of a judge the price of a hundred pairs",
    "alpha": "Krippendorff's, nominal, over the pairs that two or more decided",
    "quality and voice": "two questions: people answer the first, and no measure compares the two",
}
"""How each figure of the table is measured."""

_NAME_CHARS = 15
_HEADS = ("pairs", "with people", "judges", "itself", "place")
_WIDTHS = (5, 20, 6, 6, 20)


def rater_lines(table: RaterTable) -> Iterator[str]:
    """Yield two lines or more for each rater, the agreement among people and among judges, and what it all means."""
    if not table.raters:
        yield from wrapped(NOTHING_YET)
        return
    yield _row("", _HEADS)
    for one in table.raters:
        yield _row(in_one_line(one.name), _cells(one))
        yield from wrapped(f"  {about(one)}", 2)
        for reason in one.reasons:
            yield from wrapped(f"  {reason}", 2)
    yield ""
    yield from (line for sentence in among(table) for line in wrapped(sentence))
    yield from wrapped("; ".join(f"{name}: {meaning}" for name, meaning in MEANINGS.items()) + ". Brackets: 95 %.")


def among(table: RaterTable) -> Iterator[str]:
    """Yield a sentence on the agreement among people, and on that among the judges of each question."""
    if table.among_people:
        yield f"Among people, on {table.among_people.n:,} pairs that two decided: alpha {interval(table.among_people)}."
    elif table.pairs_by_people:
        yield "Among people nothing is measured: two have to decide the same pairs, and not all alike."
    for question, found in table.among_judges.items():
        if found:
            yield f"Among the judges of {question} that count, on {found.n:,} pairs: alpha {interval(found)}."


def about(one: Rater) -> str:
    """Return who a rater is, what became of a judge, and what it takes, in one line."""
    gold = f"gold {percent(one.gold.value)} of {one.gold.n}" if one.gold else ""
    won = f"chosen won {interval(one.chosen_won)}" if one.chosen_won else ""
    people = f"as people see it {interval(one.chosen_won_by_people)}" if one.chosen_won_by_people else ""
    if one.kind == "person":
        takes = f"{seconds(one.median_seconds)} a pair" if one.median_seconds is not None else ""
        parts = ["person", gold, won, takes]
    else:
        cost = f"{dollars(one.usd_a_hundred)} a hundred pairs" if one.usd_a_hundred is not None else ""
        parts = [f"judge of {one.family}, {words(one.prompt)}", one.standing, gold, won, people, cost]
    return "; ".join(part for part in parts if part)


def interval(found: Estimate | None, sign: str = "") -> str:
    """Write an estimate with its interval; `sign` is "+" where a sign says which way."""
    if found is None:
        return NOTHING
    return f"{found.value:{sign}.2f} [{found.low:{sign}.2f}, {found.high:{sign}.2f}]"


def _cells(one: Rater) -> tuple[str, ...]:
    return (
        f"{one.items:,}",
        interval(one.with_people),
        _value(one.with_judges),
        _value(one.with_itself),
        interval(one.position, "+"),
    )


def _value(found: Estimate | None) -> str:
    return NOTHING if found is None else f"{found.value:.2f}"


def _row(name: str, cells: tuple[str, ...]) -> str:
    aligned = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"{name[:_NAME_CHARS]:{_NAME_CHARS}} {' '.join(aligned)}".rstrip()
