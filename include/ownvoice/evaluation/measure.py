"""From answers to figures: every subject measured against the author's own articles. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ownvoice.evaluation.author_texts import AuthorTexts
from ownvoice.evaluation.held_out import HeldOut, HeldOutPair
from ownvoice.evaluation.reference import Reference, copying
from ownvoice.evaluation.style_report import AUTHOR, CHOSEN, Copying, StyleAnswer, StyleReport, SubjectStyle
from ownvoice.evaluation.voice import voice_scores
from ownvoice.style.bootstrap import Interval, auc, paired_difference
from ownvoice.style.copying import Copied
from ownvoice.style.description import describe
from ownvoice.style.distances import Distance, cosine_delta, jensen_shannon, measured, word_counts
from ownvoice.style.log_odds import over_used
from ownvoice.style.words import words

Scores = Mapping[str, float]
"""The classifier's score of each answer of a subject, by pair id."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What one subject answered, by pair id; `model` has its commit, and `nats_per_token` is of the author's text."""

    name: str
    texts: Mapping[str, str]
    model: str | None = None
    cut_off: frozenset[str] | None = None
    nats_per_token: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a report: of each subject, of each answer, and of the author's own articles among themselves.

    `auc` is of the classifier, the author's own answers against the base's.
    """

    subjects: tuple[SubjectStyle, ...]
    answers: tuple[StyleAnswer, ...]
    copying_floor: Copying | None
    auc: Interval | None


def figures(pairs: Sequence[HeldOutPair], texts: AuthorTexts, subjects: Sequence[Answered], base: str) -> Figures:
    """Measure `subjects`, of which one is `base` and one may be the author, by their answers to the prompts of `pairs`.

    A figure that these texts do not give is None.
    """
    said = {one.name: one.texts for one in subjects}
    reference = Reference(texts, list(said[base].values()))
    passages = [one.text for one in reference.training]
    scores = voice_scores(pairs, passages, said, base, reference.function_words) or {}
    articles = {pair.pair_id: pair.article_id for pair in pairs}
    distances = (
        cosine_delta(reference.training_counts, word_counts(list(said[base].values()), reference.function_words)),
        jensen_shannon(reference.training_counts),
    )
    made = [_Subject(one, scores.get(one.name, {}), articles, reference) for one in subjects]
    bases = scores.get(base, {})
    return Figures(
        tuple(
            one.style(distances, _difference(one.scores, bases, articles) if one.answered.name != base else None)
            for one in made
        ),
        tuple(row for one in made for row in one.rows(pairs)),
        reference.copying_floor,
        _auc(scores.get(AUTHOR, {}), bases, articles),
    )


def report_of(held_out: HeldOut, language: str, found: Figures, run_id: str | None = None) -> StyleReport:
    """Return the report with these figures."""
    return StyleReport(
        run_id=run_id,
        dataset_version=held_out.version.number,
        author_id=held_out.author_id,
        language=language,
        judged=True,
        prompts=len(held_out.pairs),
        articles=len(held_out.article_ids),
        subjects=found.subjects,
        copying_floor=found.copying_floor,
        auc=found.auc,
    )


class _Subject:
    """One subject on its way to its figures."""

    def __init__(self, answered: Answered, scores: Scores, articles: Mapping[str, str], reference: Reference) -> None:
        self.answered, self.scores, self.reference = answered, scores, reference
        # What the author wrote stands in its own article: it is looked for in the others, as for the floor.
        own = articles if answered.name == CHOSEN else {}
        self.copied: dict[str, Copied] = (
            {}
            if answered.name == AUTHOR
            else {name: reference.copies.copied(text, but=own.get(name)) for name, text in answered.texts.items()}
        )

    def style(self, distances: tuple[Distance, Distance], above_base: Interval | None) -> SubjectStyle:
        """Return the figures over all answers."""
        one, reference = self.answered, self.reference
        texts = list(one.texts.values())
        counts = word_counts(texts, reference.function_words)
        held_out = reference.held_out_counts, [one.article_id for one in reference.held_out]
        delta, divergence = (measured(distance, counts, *held_out) for distance in distances)
        return SubjectStyle(
            name=one.name,
            model=one.model,
            answers=len(texts),
            cut_off=None if one.cut_off is None else len(one.cut_off),
            score=fmean(self.scores.values()) if self.scores else None,
            above_base=above_base,
            cosine_delta=delta,
            jensen_shannon=divergence,
            over_used=() if one.name == AUTHOR else tuple(over_used(texts, reference.texts.training.values())),
            copying=reference.copying_floor if one.name == AUTHOR else copying(list(self.copied.values())),
            nats_per_token=one.nats_per_token,
            description=describe(texts, reference.texts.language),
        )

    def rows(self, pairs: Sequence[HeldOutPair]) -> list[StyleAnswer]:
        """Return the figures of each answer, in the order of the prompts."""
        return [
            self._row(pair, self.answered.texts[pair.pair_id]) for pair in pairs if pair.pair_id in self.answered.texts
        ]

    def _row(self, pair: HeldOutPair, text: str) -> StyleAnswer:
        copied = self.copied.get(pair.pair_id)
        cut_off = self.answered.cut_off
        return StyleAnswer(
            subject=self.answered.name,
            prompt_id=pair.pair_id,
            article_id=pair.article_id,
            prompt=pair.prompt,
            text=text,
            words=len(words(text)),
            chars=len(text),
            score=self.scores.get(pair.pair_id),
            copied_share=copied.share if copied else None,
            longest_run=copied.longest_run_words if copied else None,
            is_cut_off=None if cut_off is None else pair.pair_id in cut_off,
        )


def _difference(scores: Scores, base: Scores, articles: Mapping[str, str]) -> Interval | None:
    both = [name for name in articles if name in scores and name in base]
    if not both:
        return None
    return paired_difference(
        [scores[one] for one in both], [base[one] for one in both], [articles[one] for one in both]
    )


def _auc(scores: Scores, base: Scores, articles: Mapping[str, str]) -> Interval | None:
    mine, theirs = ([articles[name] for name in side] for side in (scores, base))
    return auc(list(scores.values()), mine, list(base.values()), theirs)
