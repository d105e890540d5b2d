"""Judges between models: answers of a style report, or both sides of a version, compared by the judges that count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

from ownvoice.errors import SettingsError
from ownvoice.evaluation.author_texts import author_texts
from ownvoice.evaluation.held_out import MAX_PROMPTS, MIN_ARTICLES, MIN_PROMPTS, pairs_asked, trained_pairs
from ownvoice.evaluation.judges.ask import judge_items
from ownvoice.evaluation.judges.item import Item, Side, item_id_of
from ownvoice.evaluation.judges.prompts import Question, prompt_of
from ownvoice.evaluation.judges.qualification.qualify import Asking
from ownvoice.evaluation.judges.qualification.stored import Qualified
from ownvoice.evaluation.judges.quality_report import (
    Comparison,
    JudgeRate,
    QualityReport,
    Without,
    digest_of,
    write_quality,
)
from ownvoice.evaluation.judges.table import read_judgements, record_judgements
from ownvoice.evaluation.judges.verdicts import ItemVerdict, item_verdicts, jury_verdict
from ownvoice.evaluation.judges.win_rate import Verdict, length_controlled, strengths, win_rate
from ownvoice.evaluation.passages import passages_of
from ownvoice.evaluation.stored import read_style, read_style_answers
from ownvoice.evaluation.style_report import AUTHOR, CHOSEN, REJECTED, TRAINED, StyleAnswer
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import JudgementRow

QUESTIONS: tuple[Question, ...] = ("quality", "voice")
_SCORES = {"left": 1.0, "tie": 0.5, "right": 0.0}
_PASSAGES, _PASSAGE_WORDS = 3, 60


@dataclass(frozen=True)
class Compared:
    """What is to be compared under a run: the items, and a digest of the answers in them."""

    run_id: str
    dataset_version: int
    answers_digest: str
    items: tuple[Item, ...]
    why_not: str | None = None


def compared_models(lake: Lake, run_id: str, against: Sequence[str] = ()) -> Compared:
    """Return the trained model's answers against those of each other model of its style report, or of `against`.

    Raises `SettingsError` for a subject that the report has no answers of. `why_not` says why nothing can be compared.
    """
    faults: list[str] = []
    report = read_style(lake, run_id, faults)
    if report is None or not report.judged:
        make = f"there is no style report of run {run_id}: `ownvoice style --model {run_id}` makes it."
        why_not = (report.why_not if report else next(iter(faults), None)) or make
        return Compared(run_id, report.dataset_version if report else 0, "", (), why_not)
    answers = read_style_answers(lake, run_id)
    by_subject: dict[str, dict[str, StyleAnswer]] = defaultdict(dict)
    for one in answers:
        by_subject[one.subject][one.prompt_id] = one
    others = list(dict.fromkeys(against)) or [name for name in by_subject if name not in (TRAINED, AUTHOR)]
    if unknown := [name for name in others if name not in by_subject or name == TRAINED]:
        raise SettingsError(
            f"the style report of run {run_id} has no answers of {', '.join(unknown)} to compare with. It has: "
            f"{', '.join(name for name in by_subject if name != TRAINED)}."
        )
    shown = _passages(lake, report.dataset_version, list(by_subject[TRAINED]))
    items = tuple(
        _item(one, by_subject[other][name], by_subject[AUTHOR].get(name), report.dataset_version, shown)
        for other in others
        for name, one in by_subject[TRAINED].items()
        if name in by_subject[other]
    )
    return Compared(run_id, report.dataset_version, digest_of(answers), items)


def _item(
    left: StyleAnswer, right: StyleAnswer, author: StyleAnswer | None, version: int, shown: tuple[str, ...]
) -> Item:
    return Item(
        item_id_of("models", left.prompt_id, left.subject, left.text, right.subject, right.text),
        left.prompt,
        Side(left.subject, left.text),
        Side(right.subject, right.text),
        version,
        prompt_id=left.prompt_id,
        article_id=left.article_id,
        ground_truth=author.text if author and right.subject != AUTHOR else "",
        passages=shown,
    )


def compared_version(lake: Lake, version: int | None = None) -> Compared:
    """Return chosen against rejected answers of a version, at most 200 pairs spread over articles."""
    found = trained_pairs(lake, version)
    pairs = list(islice(found.pairs, MAX_PROMPTS))
    shown = _passages(lake, found.version.number, [pair.pair_id for pair in pairs])
    items = tuple(
        Item(
            item_id_of("version", pair.pair_id, pair.chosen, pair.rejected),
            pair.prompt,
            Side(CHOSEN, pair.chosen),
            Side(REJECTED, pair.rejected),
            found.version.number,
            pair_id=pair.pair_id,
            prompt_id=pair.pair_id,
            article_id=pair.article_id,
            passages=shown,
        )
        for pair in pairs
    )
    return Compared(f"judge-version-{found.version.number}", found.version.number, "", items)


def _passages(lake: Lake, version: int, pair_ids: Sequence[str]) -> tuple[str, ...]:
    """Return three training passages of the author of these pairs, for judges of voice."""
    found = pairs_asked(lake, version, pair_ids)
    if found.author_id is None:
        return ()
    texts = author_texts(lake, found.version, found.author_id).training
    cut = (next(iter(passages_of(text, _PASSAGE_WORDS)), None) for _, text in sorted(texts.items()))
    return tuple(islice((one for one in cut if one), _PASSAGES))


def compare(
    asking: Asking, compared: Compared, panel: Qualified, questions: Sequence[Question] = QUESTIONS
) -> QualityReport:
    """Have the judges that count compare the items; write the report and return it. Repeated, nothing is asked twice.

    A report that is not finished is written first, so that a judging that broke off is known as one. Raises what
    `judge_items` raises.
    """
    judges = [
        one for one in panel.counting if prompt_of(one).question in questions and prompt_of(one).form == "pairwise"
    ]
    rating = [one for one in panel.counting if prompt_of(one).form == "absolute"]
    left_out = (
        *(Without(judge=one.judge.name, why=one.why) for one in panel.left_out),
        *(
            Without(judge=one.name, why="it rates one answer alone, and models are compared in pairs.")
            for one in rating
        ),
    )
    report = QualityReport(
        run_id=compared.run_id,
        dataset_version=compared.dataset_version,
        answers_digest=compared.answers_digest,
        left_out=left_out,
        why_not=compared.why_not or _no_judges(judges),
    )
    if not report.why_not:
        unfinished = "the judges did not answer to the end: `ownvoice judge` goes on, and asks nothing twice."
        write_quality(asking.lake, report.model_copy(update={"is_finished": False, "why_not": unfinished}))
        rows = judge_items(
            asking.lake,
            compared.run_id,
            "quality",
            judges,
            compared.items,
            asking.endpoints,
            share=asking.share,
            prices=asking.prices,
            mode=asking.mode,
            on_progress=asking.on_progress,
        )
        record_judgements(asking.lake, rows)
        report = report.model_copy(update=_found(compared.items, _as_recorded(asking.lake, compared.run_id, rows)))
    write_quality(asking.lake, report)
    return report


def _no_judges(judges: Sequence[object]) -> str | None:
    if judges:
        return None
    return (
        "no judge that counts compares answers in pairs: name judges in OWNVOICE_JUDGES and run `ownvoice judges "
        "qualify`."
    )


def _as_recorded(lake: Lake, run_id: str, rows: Sequence[JudgementRow]) -> list[JudgementRow]:
    """Return the rows as the try that paid for them wrote them."""
    stored = {row["judgement_id"]: row for row in read_judgements(lake, equals(run_id=run_id))}
    return [stored.get(row["judgement_id"], row) for row in rows]


def _found(items: Sequence[Item], rows: Sequence[JudgementRow]) -> dict[str, object]:
    costs = [row["cost_usd"] for row in rows]
    by_item: dict[tuple[str, str], list[ItemVerdict]] = defaultdict(list)
    for verdict in item_verdicts(rows):
        by_item[verdict.item_id, verdict.question].append(verdict)
    juries = {name: winner for name, found in by_item.items() if (winner := jury_verdict(found))}
    quality = [
        (item.left.source, item.right.source, juries[item.item_id, "quality"])
        for item in items
        if item.right and (item.item_id, "quality") in juries
    ]
    return {
        "comparisons": tuple(_comparisons(items, by_item)),
        "strengths": strengths(quality),
        "prompt_tokens": sum(row["prompt_tokens"] for row in rows),
        "completion_tokens": sum(row["completion_tokens"] for row in rows),
        "cost_usd": None if None in costs else sum(cost or 0 for cost in costs),
    }


def _comparisons(
    items: Sequence[Item], by_item: Mapping[tuple[str, str], Sequence[ItemVerdict]]
) -> Iterator[Comparison]:
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.right:
            groups[item.left.source, item.right.source].append(item)
    for (left, right), group in groups.items():
        for question in QUESTIONS:
            heard = {item.item_id: by_item.get((item.item_id, question), ()) for item in group}
            if any(heard.values()):
                yield _comparison(left, right, question, group, heard)


def _comparison(
    left: str, right: str, question: Question, group: Sequence[Item], heard: Mapping[str, Sequence[ItemVerdict]]
) -> Comparison:
    juries = {name: winner for name, found in heard.items() if (winner := jury_verdict(found))}
    verdicts = [
        Verdict(juries[item.item_id], item.article_id, len(item.left.text) - len(item.right.text if item.right else ""))
        for item in group
        if item.item_id in juries
    ]
    articles = len({one.article_id for one in verdicts})
    is_enough = len(verdicts) >= MIN_PROMPTS and articles >= MIN_ARTICLES
    return Comparison(
        left=left,
        right=right,
        question=question,
        items=len(group),
        articles=articles,
        verdicts=len(verdicts),
        win_rate=win_rate(verdicts) if is_enough else None,
        length_controlled=length_controlled(verdicts) if is_enough else None,
        judges=tuple(_rates(heard, juries)),
        why_not=None if is_enough else _too_few(len(verdicts), articles, heard),
    )


def _too_few(verdicts: int, articles: int, heard: Mapping[str, Sequence[ItemVerdict]]) -> str:
    families = {one.family for found in heard.values() for one in found}
    if len(families) < 2:
        return (
            f"only judges of the family {', '.join(families)} counted, and a jury has two judges of two families. Name "
            "one of another family in OWNVOICE_JUDGES and run `ownvoice judges qualify`."
        )
    return (
        f"the jury has a verdict on {verdicts} prompts from {articles} articles, and models are compared from "
        f"{MIN_PROMPTS} prompts and {MIN_ARTICLES} articles on. Judges that agree more often, a larger budget or more "
        "prompts (OWNVOICE_TRAINER_STYLE_PROMPTS) give more verdicts."
    )


def _rates(heard: Mapping[str, Sequence[ItemVerdict]], juries: Mapping[str, str]) -> Iterator[JudgeRate]:
    by_judge: dict[str, list[ItemVerdict]] = defaultdict(list)
    for found in heard.values():
        for one in found:
            by_judge[one.judge_id].append(one)
    for judge_id, said in by_judge.items():
        decided = [one for one in said if one.winner is not None]
        both = [one.winner == juries[one.item_id] for one in decided if one.item_id in juries]
        yield JudgeRate(
            judge=said[0].judge,
            judge_id=judge_id,
            family=said[0].family,
            items=len(decided),
            win_rate=fmean(_SCORES[one.winner or "tie"] for one in decided) if decided else None,
            agreed=fmean(both) if both else None,
        )
