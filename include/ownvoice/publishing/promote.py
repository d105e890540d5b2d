"""Promoting a training: the champion's move in the lake, then its publication and the Hub's branch `champion` after it.

The lake is what counts, and the Hub follows it: of two that beat the same champion, the one whose move came second is
not published. A promotion that was killed in between is finished by the same command again: the newest move says which
model the branch has to hold.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ownvoice.errors import LostCommitError, NotPromotedError
from ownvoice.publishing.champion import (
    How,
    Move,
    champion_of,
    record_commit,
    record_move,
    record_revision,
    was_champion,
)
from ownvoice.publishing.hub import HubRepository
from ownvoice.publishing.judging import read_outcome, write_outcome
from ownvoice.publishing.promotion import Outcome
from ownvoice.publishing.publish import draft, publish
from ownvoice.storage.hub import hub_client, token_from_environment
from ownvoice.storage.lake import Lake
from ownvoice.training.results.publication import Publication
from ownvoice.training.results.training import planned_training

BRANCH = "champion"


@dataclass(frozen=True, slots=True)
class CardSettings:
    """What the settings say of a publication: the card's licence, and whether a repository that is made is private."""

    model_licence: str | None = None
    private: bool = True


def publish_run(lake: Lake, run_id: str, settings: CardSettings) -> tuple[Publication, Move | None]:
    """Publish a training; where its recipe gates that by a number, only if the rule promoted it, and promote it.

    Raises `NotPromotedError` where the rule did not, and what `publish` and `promote` raise.
    """
    _, run = planned_training(lake, run_id)
    if run.recipe.promote is None:
        return publish(lake, run_id, settings.model_licence, private=settings.private), None
    outcome = read_outcome(lake, run_id)
    if outcome is None:
        raise NotPromotedError(
            f"run {run_id} is published only where the rule for {run.recipe.promote} promotes it, and was not judged "
            f"by it: `ownvoice promote {run_id}` does."
        )
    move = promote(lake, outcome, settings)
    assert move.revision is not None, "promote published it"
    return Publication(move.repo_id, move.revision, run.keys.name), move


def promote(lake: Lake, outcome: Outcome, settings: CardSettings, force: str | None = None) -> Move:
    """Make a judged training the champion, and let the Hub follow; return its move. Safe to repeat at any point.

    It is written down what the rule said of it, but for one that was the champion before: that one is rolled back to
    without the rule. `force` is the reason to go against it.
    Raises `NotPromotedError` where the rule says no, `LostCommitError` where another model became the champion since
    the training was judged, and what `publish` and the Hub raise.
    """
    champion = champion_of(lake, outcome.repo_id)
    if champion is None or champion.run_id != outcome.run_id:
        is_former = was_champion(lake, outcome.repo_id, outcome.run_id)
        if not is_former:
            write_outcome(lake, outcome)
        how, because = _grounds(outcome, force, is_former=is_former)
        _refuse_if_moved(champion, outcome)
        champion = _moved(lake, outcome, champion, how, because, _refuse_unpublishable(lake, outcome.run_id))
    if champion.revision is None:
        champion = record_revision(lake, champion, _published(lake, outcome.run_id, settings).revision)
    follow(lake, outcome.repo_id)
    return champion


def follow(lake: Lake, repo_id: str) -> None:
    """Let the Hub's branch `champion` hold the model of the newest move. Where it does already, nothing is sent.

    One that is not published yet is left to its own promotion.
    """
    repository = HubRepository(hub_client(token_from_environment()), repo_id)
    done = None
    while (newest := champion_of(lake, repo_id)) and newest.revision and newest != done:  # it may move meanwhile
        title = f"Champion {newest.number}: run {newest.run_id}"
        record_commit(lake, newest, repository.point(BRANCH, newest.revision, title, newest.because))
        done = newest


def _grounds(outcome: Outcome, force: str | None, *, is_former: bool) -> tuple[How, str]:
    """Return by what right a training becomes the champion, and the sentence for it."""
    if is_former:
        return "rolled back", force or "it was the champion before"
    if outcome.is_promoted:
        return "promoted", outcome.why
    if force:
        return "forced", force
    raise NotPromotedError(
        f"run {outcome.run_id} is {outcome.verdict} and stays in the lake: {outcome.why}. "
        f"`ownvoice promote {outcome.run_id} --force REASON` promotes it all the same."
    )


def _refuse_if_moved(champion: Move | None, outcome: Outcome) -> None:
    if (champion.number if champion else 0) != outcome.rival.move:
        raise LostCommitError(_lost(outcome, champion))


def _lost(outcome: Outcome, champion: Move | None) -> str:
    now = f"run {champion.run_id}" if champion else "none"
    return (
        f"run {outcome.run_id} was judged against {outcome.rival.text}, and the champion of {outcome.repo_id} is now "
        f"{now}. Measure it against that one (`ownvoice style --model {outcome.run_id} --again`, or clear plan_style), "
        f"then `ownvoice promote {outcome.run_id}`."
    )


def _refuse_unpublishable(lake: Lake, run_id: str) -> Publication | None:
    """Return the publication of a run; where there is none, raise what `draft` raises if there cannot be one."""
    training, _ = planned_training(lake, run_id)
    if training.publication is None:
        draft(lake, run_id)
    return training.publication


def _published(lake: Lake, run_id: str, settings: CardSettings) -> Publication:
    training, _ = planned_training(lake, run_id)
    return training.publication or publish(lake, run_id, settings.model_licence, private=settings.private)


def _moved(
    lake: Lake, outcome: Outcome, champion: Move | None, how: How, because: str, published: Publication | None
) -> Move:
    move = Move(
        number=outcome.rival.move + 1,
        repo_id=outcome.repo_id,
        run_id=outcome.run_id,
        revision=published.revision if published else None,
        over=champion.run_id if champion else None,
        how=how,
        because=because,
        at=dt.datetime.now(dt.UTC),
    )
    if not record_move(lake, move):
        raise LostCommitError(_lost(outcome, champion_of(lake, outcome.repo_id)))
    return move
