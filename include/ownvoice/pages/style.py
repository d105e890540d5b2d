"""`/style`: what the style report of a training says, and the answers that it was made from side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, TypedDict

from ownvoice.errors import DamagedError
from ownvoice.evaluation.stored import read_style, read_style_answers
from ownvoice.evaluation.style_report import StyleAnswer, StyleReport
from ownvoice.pages.differences import Piece
from ownvoice.pages.paging import ResultPage
from ownvoice.reports.charts.frame import Spec
from ownvoice.reports.charts.style import distance_chart
from ownvoice.storage.lake import Lake
from ownvoice.style.words import WORD, folded

PROMPTS_PER_PAGE = 10


class Shown(NamedTuple):
    """An answer with its own figures; words that its subject uses more often than the author are marked."""

    answer: StyleAnswer
    pieces: list[Piece]


class PromptShown(NamedTuple):
    """A held-out prompt, and the answer of each subject to it."""

    prompt: str
    article_id: str
    answers: list[Shown]


class StylePage(TypedDict):
    """A style report. `distances` is None where none was measured; `prompts` are those of the result page."""

    run_id: str
    report: StyleReport | None
    faults: list[str]
    distances: Spec | None
    prompts: Sequence[PromptShown]
    result_page: ResultPage


def style_page(lake: Lake, run_id: str, number: int = 1) -> StylePage | None:
    """Return result page `number` of a training's style report; None where it has none."""
    faults: list[str] = []
    report = read_style(lake, run_id, faults)
    if report is None and not faults:
        return None
    answers = _answers(lake, run_id, faults)
    by_prompt = [list(several) for _, several in groupby(answers, key=lambda one: one.prompt_id)]
    result_page = ResultPage(number, len(by_prompt), PROMPTS_PER_PAGE)
    over_used = {one.name: {used.word for used in one.over_used} for one in report.subjects} if report else {}
    return {
        "run_id": run_id,
        "report": report,
        "faults": faults,
        "distances": distance_chart(report) if report else None,
        "prompts": [_shown(several, over_used) for several in result_page.cut(by_prompt)],
        "result_page": result_page,
    }


def _answers(lake: Lake, run_id: str, faults: list[str]) -> list[StyleAnswer]:
    try:
        return sorted(read_style_answers(lake, run_id), key=lambda one: one.prompt_id)  # stable: subjects stay in order
    except DamagedError as error:
        faults.append(str(error))
        return []


def _shown(answers: Sequence[StyleAnswer], over_used: Mapping[str, set[str]]) -> PromptShown:
    first = answers[0]
    shown = [Shown(one, list(_pieces(one.text, over_used.get(one.subject, set())))) for one in answers]
    return PromptShown(first.prompt, first.article_id, shown)


def _pieces(text: str, marked: set[str]) -> Iterator[Piece]:
    """Yield `text` in pieces, with the words marked that are, once folded, among `marked`."""
    end = 0
    for word in WORD.finditer(text.replace("’", "'")):  # a sign for a sign: places stay
        if folded(word[0]) in marked:
            if word.start() > end:
                yield text[end : word.start()], False
            yield text[word.start() : word.end()], True
            end = word.end()
    if end < len(text):
        yield text[end:], False
