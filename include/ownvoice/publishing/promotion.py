"""The rule by which a trained model, the challenger, becomes the champion of its repository. Pure.

It is promoted where all of these hold (docs/decisions/0048):

- the number named beforehand is above the champion's, on the same prompts: the whole 95 % interval of the paired
  difference lies above 0. A repository without a champion has the base in its place;
- its answers copy at most 5 points more than the author's own articles copy each other;
- its median answer has 2/3 to 3/2 of the words of the author's median;
- where judges compared the two, the lower bound of its win rate is at least .45: it may be as good, and not worse.

What was not judged is not promoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ownvoice.evaluation.style_report import AUTHOR, TRAINED, StyleReport
from ownvoice.style.bootstrap import Interval
from ownvoice.terminal import in_one_line, wrapped

Measure = Literal["style_score"]

COPYING_MARGIN = 0.05
LENGTH_BOUNDS = (2 / 3, 3 / 2)
WIN_RATE_LEAST = 0.45


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Rival(_Part):
    """The model that the challenger has to beat: the champion's training, or the base where `run_id` is None.

    `move` is the number of the champion's move, 0 without one: a promotion takes the next.
    """

    run_id: str | None = None
    move: int = Field(0, ge=0)

    @property
    def text(self) -> str:
        """The rival in words."""
        return f"the champion, run {self.run_id}" if self.run_id else "the base, since there is no champion yet"


class Compared(_Part):
    """The number named beforehand: the challenger's minus the rival's, over answers to the same prompts."""

    measure: Measure
    difference: Interval
    prompts: int
    articles: int


class Check(_Part):
    """One condition of the rule: the value that is held against its bounds, None where it was not measured."""

    name: str
    value: FiniteFloat | None
    above: float | None = None
    least: float | None = None
    most: float | None = None
    sentence: str

    @property
    def holds(self) -> bool:
        """Whether the value was measured and is within its bounds."""
        if self.value is None:
            return False
        is_high = (self.above is None or self.value > self.above) and (self.least is None or self.value >= self.least)
        return is_high and (self.most is None or self.value <= self.most)

    @property
    def bound(self) -> str:
        """The bounds in words."""
        named = (("above", self.above), ("at least", self.least), ("at most", self.most))
        return ", ".join(f"{words} {value:.3g}" for words, value in named if value is not None)


class Outcome(_Part):
    """What the rule says of a training, with every number: the content of `promotion.json`.

    `author_id` is whose voice it was judged in: that of the style report, None where there was none.
    `without_judges` says why no judges compared it with the rival, where none did; the rule then holds without them.
    `why_not` says why nothing was judged, and what to do; there are no checks then.
    """

    run_id: str
    repo_id: str
    measure: Measure
    rival: Rival
    author_id: str | None = None
    compared: Compared | None = None
    checks: tuple[Check, ...] = ()
    without_judges: str | None = None
    why_not: str | None = None

    @property
    def is_promoted(self) -> bool:
        """Whether every check holds; without checks, it is not."""
        return bool(self.checks) and all(check.holds for check in self.checks)

    @property
    def verdict(self) -> str:
        """`promoted`, `not promoted` or `not judged`."""
        return "not judged" if self.why_not else "promoted" if self.is_promoted else "not promoted"

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences of the checks that failed; of all where none did; or why nothing was judged."""
        if self.why_not:
            return (self.why_not,)
        failed = tuple(check.sentence for check in self.checks if not check.holds)
        return failed or tuple(check.sentence for check in self.checks)

    @property
    def why(self) -> str:
        """The reasons in one line, without a full stop."""
        return "; ".join(reason.rstrip(".") for reason in self.reasons)


def checks_of(
    report: StyleReport, compared: Compared, rival: Rival, quality: Interval | None = None
) -> tuple[Check, ...]:
    """Hold a judged style report, and the comparison with the rival, against the rule.

    `quality` is how often judges preferred the challenger, ties as half; None where no judges compared the two.
    """
    checks = (_better(compared, rival), _copying(report), _length(report))
    return checks if quality is None else (*checks, _quality(quality, rival))


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """Yield the outcome as a table and its reasons, for a terminal."""
    voice = f", in the voice of {in_one_line(outcome.author_id)}" if outcome.author_id else ""
    yield from wrapped(f"Run {outcome.run_id} against {outcome.rival.text}{voice}", 2)
    for check in outcome.checks:
        value = "not measured" if check.value is None else f"{check.value:.3f}"
        yield f"  {check.name:12} {value:>12}  {check.bound:28} {'held' if check.holds else 'failed'}"
    if outcome.without_judges:
        yield from wrapped(f"  no judges compared them: {outcome.without_judges}", 4)
    yield f"{outcome.verdict}:"
    for reason in outcome.reasons:
        yield from wrapped(f"  - {reason}", 4)


def _better(compared: Compared, rival: Rival) -> Check:
    found = compared.difference
    sentence = (
        f"{compared.measure} is {found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}] against {rival.text}, over "
        f"{compared.prompts} prompts of {compared.articles} articles; the whole interval has to lie above 0"
    )
    return Check(name=compared.measure, value=found.low, above=0, sentence=sentence)


def _copying(report: StyleReport) -> Check:
    trained, floor = report.subject(TRAINED), report.copying_floor
    if trained is None or trained.copying is None or floor is None:
        return Check(
            name="copying", value=None, sentence="how much it copies from the author's articles was not measured"
        )
    most = floor.share + COPYING_MARGIN
    sentence = (
        f"{trained.copying.share:.1%} of its answers hold eight words in a row of one of the author's articles; "
        f"{most:.1%} is the most, which is the author's own {floor.share:.1%} and {COPYING_MARGIN:.0%} more"
    )
    return Check(name="copying", value=trained.copying.share, most=most, sentence=sentence)


def _length(report: StyleReport) -> Check:
    trained, author = _median_words(report, TRAINED), _median_words(report, AUTHOR)
    if trained is None or not author:
        return Check(name="length", value=None, sentence="the length of its answers was not measured")
    least, most = LENGTH_BOUNDS
    ratio = trained / author
    sentence = (
        f"its median answer has {trained:g} words and the author's {author:g}, a ratio of {ratio:.2f}; {least:.2f} to "
        f"{most:.2f} is allowed"
    )
    return Check(name="length", value=ratio, least=least, most=most, sentence=sentence)


def _median_words(report: StyleReport, name: str) -> float | None:
    subject = report.subject(name)
    return subject.description.median_words if subject else None


def _quality(quality: Interval, rival: Rival) -> Check:
    sentence = (
        f"judges preferred it to {rival.text} in {quality.mean:.0%} [{quality.low:.0%}, {quality.high:.0%}] of the "
        f"answers; the lower bound has to be {WIN_RATE_LEAST:.0%} or more"
    )
    return Check(name="quality", value=quality.low, least=WIN_RATE_LEAST, sentence=sentence)
