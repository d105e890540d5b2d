"""The one table in which people and judges stand side by side: how far each agrees with whom, and what it costs.

Both are measured on the pairs that they decided, by the same functions. Agreement with people is Cohen's kappa with
what most other people said of a pair, agreement with judges the same with what most other judges said that count. A
person who finds both answers bad is taken as a tie there, since a judge cannot say so. Quality and voice are two
questions: people are asked about quality, and a judge of voice is compared with judges of voice alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ownvoice.config.judges import Judge
from ownvoice.config.prices import sum_of_known
from ownvoice.evaluation.agreement.chance import alpha
from ownvoice.evaluation.agreement.estimate import Estimate
from ownvoice.evaluation.agreement.ratings import Rating
from ownvoice.evaluation.agreement.votes import Votes, agreement, chosen_won, chosen_won_by_people, counted, majority
from ownvoice.evaluation.judges.preferences import Preference, decided_alike, place_bias, preferences
from ownvoice.evaluation.judges.prompts import prompt_of
from ownvoice.evaluation.judges.qualification.record import Measures, Qualification
from ownvoice.reviewing.raters import Reviewed, Reviewer, ratings_of, reviewers_of
from ownvoice.storage.rows import JudgementRow


@dataclass(frozen=True, slots=True)
class Rater:
    """A row of the table. `items` are the pairs that it decided, controls left out.

    `with_people`, `with_judges`: kappa. `with_itself`: the share of what was asked twice that was decided alike.
    `position` is above 0 where the first or left place is favoured. `chosen_won`: the share of its decisive verdicts
    for the author's own answer; `chosen_won_by_people` is the same as people would have found it. Of a judge alone:
    `judge_id`, `family`, `prompt`, `standing` ("qualified", "excluded", "not measured", "not qualified",
    "another model answers"), `reasons` and what a hundred pairs cost; of a person alone: `median_seconds` of a pair.
    """

    kind: Literal["judge", "person"]
    name: str
    question: str
    items: int
    with_people: Estimate | None
    with_judges: Estimate | None
    with_itself: Estimate | None
    position: Estimate | None
    gold: Estimate | None
    chosen_won: Estimate | None
    chosen_won_by_people: Estimate | None = None
    judge_id: str = ""
    family: str = ""
    prompt: str = ""
    standing: str = ""
    reasons: tuple[str, ...] = ()
    usd_a_hundred: float | None = None
    median_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RaterTable:
    """The raters, judges first, and Krippendorff's alpha among people and, by question, among the judges that count."""

    raters: tuple[Rater, ...] = ()
    pairs_by_people: int = 0
    among_people: Estimate | None = None
    among_judges: Mapping[str, Estimate | None] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """The names of the raters; where several share one, each with what tells it apart."""
        names = Counter(one.name for one in self.raters)
        return [one.name if names[one.name] == 1 else f"{one.name} ({one.judge_id or one.kind})" for one in self.raters]


class Known(NamedTuple):
    """A judge of the settings or one that was qualified once: its newest qualification, and `why_not` it counts."""

    judge: Judge
    found: Qualification | None
    why_not: str

    @property
    def standing(self) -> str:
        """What became of it, in a word or two."""
        if self.found is None:
            return "not qualified"
        return "another model answers" if self.found.counts and self.why_not else self.found.verdict

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it does not count, as sentences."""
        if self.found and not self.found.counts:
            return self.found.reasons
        return (self.why_not,) if self.why_not else ()


def rater_table(judgements: Sequence[JudgementRow], known: Iterable[Known], given: Sequence[Reviewed]) -> RaterTable:
    """Return the table of everyone who judged or reviewed pairs, or is known otherwise.

    Of several answers of a reviewer about one pair the last of `given` counts.
    """
    by_id = {one.judge.judge_id: one for one in known}
    votes = _Votes(judgements, {judge_id for judge_id, one in by_id.items() if not one.why_not}, given)
    of_people = ratings_of(given)
    judges = {**_judged(judgements), **{judge_id: _Judge.of(one.judge) for judge_id, one in by_id.items()}}
    of_pairs: dict[str, list[JudgementRow]] = defaultdict(list)
    for row in judgements:
        if row["pair_id"] and not row["is_control"]:
            of_pairs[row["judge_id"]].append(row)
    rows = [_judge_row(one, votes, by_id.get(judge_id), of_pairs[judge_id]) for judge_id, one in judges.items()]
    return RaterTable(
        (*rows, *(_person_row(one, votes) for one in reviewers_of(given))),
        len({one.item_id for one in of_people}),
        alpha(of_people),
        {question: alpha(votes.of_judges_that_count(question)) for question in sorted({one.question for one in rows})},
    )


class _Judge(NamedTuple):
    """What the table says of a judge before anything is measured."""

    judge_id: str
    name: str
    family: str
    prompt: str
    question: str

    @classmethod
    def of(cls, judge: Judge) -> _Judge:
        """Return that of a judge in the settings or in its qualification."""
        return cls(judge.judge_id, judge.name, judge.family, judge.prompt, prompt_of(judge).question)


def _judged(judgements: Iterable[JudgementRow]) -> dict[str, _Judge]:
    """Return the judges of these judgements, under the names that they had last."""
    return {
        row["judge_id"]: _Judge(row["judge_id"], row["judge"], row["family"], row["prompt"], row["question"])
        for row in sorted(judgements, key=lambda row: row["at"])
    }


class _Votes:
    """What judges and people said of each pair, and with whom one of them is compared."""

    def __init__(
        self,
        judgements: Sequence[JudgementRow],
        counting: Set[str],
        given: Iterable[Reviewed],
    ) -> None:
        self.counting = counting
        self.people: dict[str, dict[str, str]] = defaultdict(dict)
        for rating in ratings_of(given):
            self.people[rating.rater][rating.item_id] = "tie" if rating.value == "both_bad" else rating.value
        self.judges: dict[str, dict[str, str]] = defaultdict(dict)
        self.question: dict[str, str] = {}
        self.again: dict[str, list[Preference]] = defaultdict(list)
        for one in preferences(judgements):
            self.question[one.judge_id] = one.question
            self.again[one.judge_id].append(one)
            if one.repeat == 1:
                self.judges[one.judge_id][one.pair_id] = one.preferred
        self._said_by_people = counted(self.people.values())
        self._said_by_judges = {
            question: counted(self.judges[one] for one in self._that_count(question))
            for question in set(self.question.values())
        }

    def by_people(self, own: Votes, *, is_one_of_them: bool) -> Votes:
        """Return what most people, but for the one whose votes these are, said of the pairs of `own`."""
        return majority(self._said_by_people, own, own if is_one_of_them else {})

    def by_judges(self, question: str, own: Votes, *, is_one_of_them: bool) -> Votes:
        """Return the same of the judges that count."""
        return majority(self._said_by_judges.get(question, {}), own, own if is_one_of_them else {})

    def of_judges_that_count(self, question: str) -> list[Rating]:
        """Return their votes as ratings."""
        return [
            Rating(judge_id, pair_id, said)
            for judge_id in self._that_count(question)
            for pair_id, said in self.judges[judge_id].items()
        ]

    def _that_count(self, question: str) -> list[str]:
        return [one for one in self.judges if one in self.counting and self.question[one] == question]


def _judge_row(judge: _Judge, votes: _Votes, known: Known | None, rows: Sequence[JudgementRow]) -> Rater:
    own = votes.judges.get(judge.judge_id, {})
    people = votes.by_people(own, is_one_of_them=False) if judge.question == "quality" else {}
    judges = votes.by_judges(judge.question, own, is_one_of_them=judge.judge_id in votes.counting)
    measures = known.found.measures if known and known.found else Measures()
    return Rater(
        "judge",
        judge.name,
        judge.question,
        len(own),
        agreement(own, people),
        agreement(own, judges),
        measures.repeats or decided_alike(votes.again[judge.judge_id]),
        measures.position or place_bias(rows),
        measures.gold,
        chosen_won(own),
        chosen_won_by_people(own, people),
        judge_id=judge.judge_id,
        family=judge.family,
        prompt=judge.prompt,
        standing=known.standing if known else "not qualified",
        reasons=known.reasons if known else (),
        usd_a_hundred=_usd_a_hundred(rows),
    )


def _person_row(person: Reviewer, votes: _Votes) -> Rater:
    own = votes.people.get(person.name, {})
    return Rater(
        "person",
        person.name,
        "quality",
        len(own),
        agreement(own, votes.by_people(own, is_one_of_them=True)),
        agreement(own, votes.by_judges("quality", own, is_one_of_them=False)),
        person.repeats,
        person.side,
        person.gold,
        chosen_won(own),
        median_seconds=person.median_seconds,
    )


def _usd_a_hundred(rows: Sequence[JudgementRow]) -> float | None:
    """Return what a hundred pairs cost, all that was asked about them together; None where a price is not known."""
    cost_usd, pairs = sum_of_known([row["cost_usd"] for row in rows]), len({row["pair_id"] for row in rows})
    return 100 * cost_usd / pairs if pairs and cost_usd is not None else None
