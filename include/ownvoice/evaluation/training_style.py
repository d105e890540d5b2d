"""The style report of a training: planned before a GPU is used, and written from the answers in the lake."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ownvoice.answering.files import read_answers, read_job_result, read_scores
from ownvoice.answering.job import AnswerRow, ScoreRow
from ownvoice.evaluation.author_texts import author_texts, too_little_text
from ownvoice.evaluation.held_out import MAX_PROMPTS, MIN_ARTICLES, MIN_PROMPTS, HeldOut, held_out_pairs, pairs_asked
from ownvoice.evaluation.measure import Answered, figures, report_of
from ownvoice.evaluation.stored import write_style
from ownvoice.evaluation.style_job import JOB, write_style_job
from ownvoice.evaluation.style_report import AUTHOR, BASE, CHAMPION, TRAINED, StyleReport
from ownvoice.storage.lake import Lake
from ownvoice.training.results.training import planned_training, trained


def plan_style(
    lake: Lake,
    run_id: str,
    *,
    champion: str | None = None,
    also: Iterable[str] = (),
    author_id: str | None = None,
    prompts: int = MAX_PROMPTS,
) -> str | None:
    """Write the job of a training's style report; return its URI.

    `champion` and `also` name further models that answer the same prompts. Where nothing can be judged, the report
    says why, no model is asked, and None is returned. Raises `StorageError` where the training left no model.
    """
    _, run, _ = trained(lake, run_id)
    found = held_out_pairs(lake, run.dataset_version, author_id, prompts)
    if found.why_not:
        _not_judged(lake, run_id, found, found.why_not)
        return None
    texts = author_texts(lake, found.version, found.author_id)
    if why_not := too_little_text(texts):
        _not_judged(lake, run_id, found, why_not)
        return None
    others = {name: name for name in also} | ({CHAMPION: champion} if champion else {})
    return write_style_job(lake, run, found.pairs, texts, others)


def write_training_style(lake: Lake, run_id: str) -> StyleReport:
    """Measure the answers of the planned job, write the report and return it. Repeated, it writes the same again.

    Nothing is judged where base and trained model could answer too few prompts. Raises `StorageError` where the job was
    not answered.
    """
    _, run = planned_training(lake, run_id)
    by_subject: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in read_answers(lake, run_id, JOB):
        by_subject[row.subject].append(row)
    answered_by_trained = {row.prompt_id for row in by_subject[TRAINED]}
    by_both = [row.prompt_id for row in by_subject[BASE] if row.prompt_id in answered_by_trained]
    found = pairs_asked(lake, run.dataset_version, by_both)
    if not found.is_enough:
        return _not_judged(lake, run_id, found, _too_few_answers(lake, run_id, found))
    texts = author_texts(lake, found.version, found.author_id)
    author = Answered(AUTHOR, {pair.pair_id: pair.chosen for pair in found.pairs})
    measured = figures(found.pairs, texts, [*_answered(lake, run_id, by_subject, found), author], BASE)
    report = report_of(found, texts.language, measured, run_id)
    write_style(lake, run_id, report, measured.answers)
    return report


def _not_judged(lake: Lake, run_id: str, found: HeldOut, why_not: str) -> StyleReport:
    report = StyleReport.not_judged(found, why_not, run_id)
    write_style(lake, run_id, report, [])
    return report


def _answered(
    lake: Lake, run_id: str, by_subject: Mapping[str, Sequence[AnswerRow]], found: HeldOut
) -> Iterator[Answered]:
    """Yield the models in the order in which they were asked, each with its answers and the author's nats a token."""
    scored: dict[str, list[ScoreRow]] = defaultdict(list)
    for score in read_scores(lake, run_id, JOB):
        scored[score.subject].append(score)
    judged = {pair.pair_id for pair in found.pairs}
    for subject, answers in by_subject.items():
        rows = [row for row in answers if row.prompt_id in judged]
        if rows:
            yield Answered(
                subject,
                {row.prompt_id: row.text for row in rows},
                rows[0].model,
                frozenset(row.prompt_id for row in rows if row.is_cut_off),
                _nats_per_token(scored[subject]),
            )


def _nats_per_token(scored: Sequence[ScoreRow]) -> float | None:
    tokens = sum(one.tokens for one in scored)
    return sum(one.nats * one.tokens for one in scored) / tokens if tokens else None


def _too_few_answers(lake: Lake, run_id: str, found: HeldOut) -> str:
    result = read_job_result(lake, run_id, JOB)
    refused = Counter(one.reason for one in result.refused if one.subject in (BASE, TRAINED)) if result else {}
    reasons = ", ".join(f"{count} times {reason}" for reason, count in refused.items()) or "no reason is known"
    return (
        f"base and trained model both answered {len(found.pairs)} prompts from {len(found.article_ids)} articles, and "
        f"a voice is judged from {MIN_PROMPTS} prompts and {MIN_ARTICLES} articles on. Refused were: {reasons}."
    )
