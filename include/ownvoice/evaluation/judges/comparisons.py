"""From judgements to the comparisons of a quality report. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from ownvoice.config.prices import sum_of_known
from ownvoice.evaluation.held_out import MIN_ARTICLES, MIN_PROMPTS
from ownvoice.evaluation.judges.item import SCORES, Item
from ownvoice.evaluation.judges.prompts import Question
from ownvoice.evaluation.judges.quality_report import Comparison, JudgeRate
from ownvoice.evaluation.judges.verdicts import ItemVerdict, item_verdicts, jury_verdict
from ownvoice.evaluation.judges.win_rate import Verdict, length_controlled, strengths, win_rate
from ownvoice.storage.rows import JudgementRow

QUESTIONS: tuple[Question, ...] = ("quality", "voice")


def figures(items: Sequence[Item], rows: Sequence[JudgementRow]) -> dict[str, object]:
    """Return the fields of a `QualityReport` that judgements decide: comparisons, strengths, tokens and cost."""
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
        "cost_usd": sum_of_known([row["cost_usd"] for row in rows]),
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
            win_rate=fmean(SCORES[one.winner or "tie"] for one in decided) if decided else None,
            agreed=fmean(both) if both else None,
        )
