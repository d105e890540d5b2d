"""Style reports as an evaluation leaves them, of models whose scores a test chooses."""

from __future__ import annotations

import random
from statistics import fmean

from ownvoice.evaluation.stored import write_style
from ownvoice.evaluation.style_report import (
    AUTHOR,
    BASE,
    CHAMPION,
    TRAINED,
    Copying,
    StyleAnswer,
    StyleReport,
    SubjectStyle,
)
from ownvoice.storage.lake import Lake
from ownvoice.style.description import describe

COPYING = Copying(share=0.05, longest_run_words=9)
_TEXT = "I wonder. " * 50


def leave_style_report(
    lake: Lake,
    run_id: str,
    score: float = 0.3,
    *,
    champion: tuple[str, float] | None = None,
    prompts: int = 60,
    articles: int = 12,
) -> None:
    """Leave the report of a training whose answers score `score` on average, and those of its base 0.

    `champion` is the name and the mean score of the champion, if one answered the same prompts. All answers are as long
    as the author's text, and copy less than it does.
    """
    means = {BASE: 0.0, TRAINED: score, AUTHOR: 1.0} | ({CHAMPION: champion[1]} if champion else {})
    chance = random.Random(1)
    answers = [
        _answer(name, number, articles, mean + chance.gauss(0, 0.3))
        for name, mean in means.items()
        for number in range(prompts)
    ]
    names = {TRAINED: f"run:{run_id}"} | ({CHAMPION: champion[0]} if champion else {})
    report = StyleReport(
        run_id=run_id,
        dataset_version=1,
        author_id="ann",
        judged=True,
        prompts=prompts,
        articles=articles,
        subjects=tuple(_subject(name, names.get(name), answers) for name in means),
        copying_floor=COPYING,
    )
    write_style(lake, run_id, report, answers)


def leave_unjudged(lake: Lake, run_id: str, why_not: str) -> None:
    """Leave the report of a training that could not be judged."""
    write_style(
        lake, run_id, StyleReport(run_id=run_id, dataset_version=1, author_id="ann", judged=False, why_not=why_not), []
    )


def _answer(subject: str, number: int, articles: int, score: float) -> StyleAnswer:
    return StyleAnswer(
        subject=subject,
        prompt_id=f"p{number}",
        article_id=f"a{number % articles}",
        prompt="Why?",
        text=_TEXT,
        words=100,
        chars=len(_TEXT),
        score=score,
        copied_share=COPYING.share,
        longest_run=9,
        is_cut_off=False,
    )


def _subject(name: str, model: str | None, answers: list[StyleAnswer]) -> SubjectStyle:
    own = [one for one in answers if one.subject == name]
    return SubjectStyle(
        name=name,
        model=model,
        answers=len(own),
        score=fmean(one.score or 0 for one in own),
        copying=COPYING,
        description=describe([one.text for one in own]),
    )
