"""Judging a training by the rule of `publishing.promotion`, from what lies in the lake; and its record there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import SettingsError
from ownvoice.evaluation.held_out import MIN_ARTICLES, MIN_PROMPTS
from ownvoice.evaluation.judges.quality_report import digest_of, read_quality
from ownvoice.evaluation.stored import read_style, read_style_answers
from ownvoice.evaluation.style_report import BASE, CHAMPION, TRAINED, StyleAnswer, StyleReport
from ownvoice.publishing.champion import Move, champion_of
from ownvoice.publishing.promotion import Compared, Measure, Outcome, Rival, checks_of, outcome_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.style.bootstrap import Interval, paired_difference
from ownvoice.training.results.training import trained
from ownvoice.training.run_files import read_file

DEFAULT_MEASURE: Measure = "style_score"


def judge_run(lake: Lake, run_id: str) -> Outcome:
    """Judge a training against the champion of its repository.

    The number is the one that its recipe names, or `style_score` where the publication was not gated. Of the champion
    itself it is what was said when it was judged. Raises `StorageError` where the run left no model, `SettingsError`
    where its recipe names no repository.
    """
    _, run, _ = trained(lake, run_id)
    repo_id = run.recipe.hub_repository
    if not repo_id:
        raise SettingsError(
            f"the recipe of run {run_id} names no hub_repository, and a champion belongs to one: set it."
        )
    champion = champion_of(lake, repo_id)
    stored = read_outcome(lake, run_id)
    if stored and champion and champion.run_id == run_id:
        return stored
    return _judged(lake, run_id, repo_id, run.recipe.promote or DEFAULT_MEASURE, champion)


def write_outcome(lake: Lake, outcome: Outcome) -> None:
    """Write the `promotion.json` of a training."""
    lake.write_json(RunKeys(outcome.run_id).promotion, outcome.model_dump(mode="json"))


def read_outcome(lake: Lake, run_id: str, faults: list[str] | None = None) -> Outcome | None:
    """Return what the rule said of a training; None where it was not asked, or its record cannot be read."""
    return read_file(lake, RunKeys(run_id).promotion, Outcome, [] if faults is None else faults)


def outcomes_lines(lake: Lake, run_ids: Iterable[str]) -> Iterator[str]:
    """Yield what the rule said of each of these trainings, for a terminal; nothing where it was not asked."""
    for outcome in (read_outcome(lake, run_id) for run_id in run_ids):
        if outcome:
            yield from outcome_lines(outcome)


def _judged(lake: Lake, run_id: str, repo_id: str, measure: Measure, champion: Move | None) -> Outcome:
    rival = Rival(run_id=champion.run_id, move=champion.number) if champion else Rival()
    outcome = Outcome(run_id=run_id, repo_id=repo_id, measure=measure, rival=rival)
    faults: list[str] = []
    report = read_style(lake, run_id, faults)
    if why_not := _why_not(report, faults, run_id, champion):
        return outcome.model_copy(update={"why_not": why_not})
    assert report is not None, "else it has a reason"
    outcome = outcome.model_copy(update={"author_id": report.author_id})
    answers, against = read_style_answers(lake, run_id), CHAMPION if champion else BASE
    compared = _compared(answers, measure, against)
    if compared is None:
        return outcome.model_copy(update={"why_not": _too_few(run_id, rival)})
    quality = _quality(lake, run_id, answers, against)
    if quality.broke_off:
        return outcome.model_copy(update={"why_not": quality.why_none})
    checks = checks_of(report, compared, rival, quality.win_rate)
    return outcome.model_copy(update={"compared": compared, "checks": checks, "without_judges": quality.why_none})


class _Quality(NamedTuple):
    """How often judges preferred the challenger to its rival; where they did not say, why."""

    win_rate: Interval | None = None
    why_none: str | None = None
    broke_off: bool = False


def _quality(lake: Lake, run_id: str, answers: list[StyleAnswer], rival: str) -> _Quality:
    """Return what judges said of the same answers. A judging that broke off leaves the model unjudged."""
    faults: list[str] = []
    report = read_quality(lake, run_id, faults)
    ask = f"`ownvoice judge --model {run_id}` has them compared"
    if report is None:
        return _Quality(why_none=faults[0] if faults else f"none was asked; {ask}.", broke_off=bool(faults))
    if report.answers_digest and report.answers_digest != digest_of(answers):
        return _Quality(why_none=f"they compared answers of an earlier style report; {ask} again.")
    if not report.is_finished:
        return _Quality(why_none=f"the judges of run {run_id} did not answer to the end: {ask}.", broke_off=True)
    found = report.comparison(TRAINED, rival)
    if found is None or found.win_rate is None:
        return _Quality(why_none=(found and found.why_not) or report.why_not or f"the rival was left out; {ask}.")
    return _Quality(found.win_rate)


def _why_not(report: StyleReport | None, faults: list[str], run_id: str, champion: Move | None) -> str | None:
    """Return why a report says nothing about the challenger and its rival; None where it does."""
    make = f"`ownvoice style --model {run_id} --again` makes it"
    if report is None:
        return faults[0] if faults else f"there is no style report of run {run_id}: {make}."
    if not report.judged:
        return report.why_not or f"the style report of run {run_id} judged nothing: {make} again."
    asked = report.subject(CHAMPION)
    if champion and (asked is None or not _is_model(asked.model, champion.model_name)):
        return (
            f"the style report of run {run_id} has no answers of the champion, run {champion.run_id}, to the same "
            f"prompts: {make} again with them."
        )
    return None


def _is_model(name: str | None, other: str) -> bool:
    """Whether a report's name of a model of the lake, which may end in its commit, is that of `other`."""
    return name is not None and ModelName.parse(name.partition("@")[0]) == ModelName.parse(other)


def _too_few(run_id: str, rival: Rival) -> str:
    return (
        f"run {run_id} and {rival.text}: fewer than {MIN_PROMPTS} prompts, or prompts of fewer than {MIN_ARTICLES} "
        f"articles, have a scored answer of both. `ownvoice style --model {run_id} --again` asks for what is missing."
    )


def _compared(answers: list[StyleAnswer], measure: Measure, rival: str) -> Compared | None:
    """Return the difference over the prompts that both answered; None where they are too few to judge by."""
    mine, theirs = _scores(answers, TRAINED), _scores(answers, rival)
    both = [prompt for prompt in mine if prompt in theirs]
    articles = [mine[prompt][0] for prompt in both]
    if len(both) < MIN_PROMPTS or len(set(articles)) < MIN_ARTICLES:
        return None
    difference = paired_difference([mine[one][1] for one in both], [theirs[one][1] for one in both], articles)
    assert difference is not None, "there are several articles"
    return Compared(measure=measure, difference=difference, prompts=len(both), articles=len(set(articles)))


def _scores(answers: list[StyleAnswer], subject: str) -> dict[str, tuple[str, float]]:
    """Return the article and the score of each prompt that the subject answered."""
    return {
        one.prompt_id: (one.article_id, one.score)
        for one in answers
        if one.subject == subject and one.score is not None
    }
