"""A style report as a page shows it, with answers of chosen texts, which nobody measured."""

from __future__ import annotations

from collections.abc import Sequence

from ownvoice.evaluation.stored import write_style
from ownvoice.evaluation.style_report import Copying, StyleAnswer, StyleReport, SubjectStyle
from ownvoice.storage.lake import Lake
from ownvoice.style.bootstrap import Interval
from ownvoice.style.description import describe
from ownvoice.style.distances import Measured
from ownvoice.style.log_odds import OverUsed

SUBJECTS = ("base", "prompted_base", "trained", "author")


def style_report(run_id: str, author_id: str = "ann", over_used: Sequence[str] = ("delve",)) -> StyleReport:
    """Return a report whose base uses `over_used` too often."""
    words = tuple(OverUsed(word, 5.0, 7, 0, 10.0, 0.0, 3) for word in over_used)
    return StyleReport(
        run_id=run_id,
        dataset_version=1,
        author_id=author_id,
        language="en",
        judged=True,
        prompts=60,
        articles=12,
        copying_floor=Copying(share=0.1, longest_run_words=11),
        subjects=tuple(
            SubjectStyle(
                name=name,
                model=None if name == "author" else "lake:models/toy@c0ffee",
                answers=60,
                cut_off=None if name == "author" else place,
                score=0.2 + 0.2 * place,
                above_base=Interval(0.2 * place, 0.2 * place - 0.1, 0.2 * place + 0.1) if place else None,
                cosine_delta=Measured(0.4 - 0.1 * place, 0.1, 4.0 - place, "author" if place == 3 else "another"),
                over_used=words if name == "base" else (),
                copying=Copying(share=0.04, longest_run_words=12),
                nats_per_token=2.4,
                description=describe(["It is so, and I don't mind."]),
            )
            for place, name in enumerate(SUBJECTS)
        ),
    )


def leave_style(lake: Lake, report: StyleReport, prompts: Sequence[str], text: str = "We delve. And Delve!") -> None:
    """Write a report, and for each prompt the answer `text` of every subject."""
    answers = [
        StyleAnswer(
            subject=subject,
            prompt_id=f"{number:05}",
            article_id=f"article {prompt}",
            prompt=prompt,
            text=text,
            words=4,
            chars=len(text),
            score=None if subject == "author" else 0.5,
            copied_share=0.0,
            longest_run=0,
            is_cut_off=subject == "base",
        )
        for subject in SUBJECTS
        for number, prompt in enumerate(prompts)
    ]
    assert report.run_id is not None
    write_style(lake, report.run_id, report, answers)
