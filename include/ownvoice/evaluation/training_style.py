"""The style report of a training: planned before a GPU is used, and written from the answers in the lake."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ownvoice.answering.files import read_answers, read_job_result, read_scores
from ownvoice.answering.job import AnswerRow, ScoreRow
from ownvoice.errors import StorageError
from ownvoice.evaluation.author_texts import author_texts, too_little_text
from ownvoice.evaluation.held_out import MAX_PROMPTS, held_out_pairs, pairs_asked
from ownvoice.evaluation.measure import Answered, figures, report_of
from ownvoice.evaluation.stored import write_style
from ownvoice.evaluation.style_job import JOB, write_style_job
from ownvoice.evaluation.style_report import AUTHOR, BASE, CHAMPION, StyleReport
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
    texts = author_texts(lake, found.version, found.author_id)
    if why_not := found.why_not or too_little_text(texts):
        write_style(lake, run_id, StyleReport.not_judged(found, why_not, run_id), [])
        return None
    others = {name: name for name in also} | ({CHAMPION: champion} if champion else {})
    return write_style_job(lake, run, found.pairs, texts, others)


def write_training_style(lake: Lake, run_id: str) -> StyleReport:
    """Measure the answers of the planned job, write the report and return it. Repeated, it writes the same again.

    Raises `StorageError` where the job was not answered, or its models could answer no prompt.
    """
    _, run = planned_training(lake, run_id)
    answers = read_answers(lake, run_id, JOB)
    found = pairs_asked(lake, run.dataset_version, list(dict.fromkeys(row.prompt_id for row in answers)))
    if BASE not in {row.subject for row in answers} or not found.pairs:
        raise StorageError(f"style of {run_id}: {_refusals(lake, run_id)}. Correct that, and ask again.")
    texts = author_texts(lake, found.version, found.author_id)
    author = Answered(AUTHOR, {pair.pair_id: pair.chosen for pair in found.pairs})
    measured = figures(found.pairs, texts, [*_answered(lake, run_id, answers), author], BASE)
    report = report_of(found, texts.language, measured, run_id)
    write_style(lake, run_id, report, measured.answers)
    return report


def _answered(lake: Lake, run_id: str, answers: Iterable[AnswerRow]) -> Iterator[Answered]:
    """Yield the models in the order in which they were asked, each with its answers and the author's nats a token."""
    scored: dict[str, list[ScoreRow]] = defaultdict(list)
    for row in read_scores(lake, run_id, JOB):
        scored[row.subject].append(row)
    by_subject: dict[str, list[AnswerRow]] = defaultdict(list)
    for answer in answers:
        by_subject[answer.subject].append(answer)
    for subject, rows in by_subject.items():
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


def _refusals(lake: Lake, run_id: str) -> str:
    result = read_job_result(lake, run_id, JOB)
    reasons = Counter(one.reason for one in result.refused) if result else Counter[str]()
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.items()) or "no reason is known"
    return f"the base answered none of its held-out prompts ({told})"
