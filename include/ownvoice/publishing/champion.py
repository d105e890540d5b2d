"""The champions of a Hub repository, one after the other: which training's model was it when, over whom, and why.

champions/<owner>/<name>/<number>.json          a move
champions/<owner>/<name>/commits/<commit>.json  whose model a commit of the Hub's branch holds

A move is one object under the next number, created once; the highest number counts. So two promotions that were judged
against the same champion cannot both win, and a roll-back is a move like any other. The Hub takes `Ann/Voice` and
`ann/voice` for one repository, so they have one history here, in small letters.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ownvoice.errors import DamagedError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import CHAMPIONS, champion_commit_key, champion_key, champions_key
from ownvoice.training.results.lineage import MIN_COMMIT_CHARS
from ownvoice.training.results.training import planned_training

How = Literal["promoted", "forced", "rolled back"]
_FOR_ROLL_BACK = 2  # the champion, and the one before it


class Move(BaseModel):
    """A model that became the champion of `repo_id`. `over` is the training that was it before, None for the first.

    `revision` is the Hub's commit of the model's publication, None until it is published: the move comes first, so that
    a model that lost the race is never published. `because` is the sentence of the rule or of the person.
    """

    model_config = ConfigDict(frozen=True)

    number: int = Field(ge=1)
    repo_id: str
    run_id: str
    revision: str | None = None
    over: str | None = None
    how: How
    because: str
    at: dt.datetime
    move_id: str = Field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def model_name(self) -> str:
        """The champion's merged model in the lake, as a job of answers names it."""
        return f"run:{self.run_id}"


def champion_of(lake: Lake, repo_id: str) -> Move | None:
    """Return the move that made the champion of a repository; None where it has none.

    Raises `DamagedError` where its record cannot be read.
    """
    keys = _keys(lake, repo_id)
    return _read(lake, keys[max(keys)]) if keys else None


def rival_model(lake: Lake, run_id: str) -> str | None:
    """Return the name of the model that a training is held against: the champion of the repository its recipe names.

    None where there is none, or it is the training's own model. Raises what `champion_of` and `planned_training` raise.
    """
    _, run = planned_training(lake, run_id)
    champion = champion_of(lake, run.recipe.hub_repository) if run.recipe.hub_repository else None
    return champion.model_name if champion and champion.run_id != run_id else None


def record_move(lake: Lake, move: Move) -> bool:
    """Write a move down unless its number is taken; return whether it counts.

    It is read back: a store without conditional creation may grant one number twice, and the last writer keeps it.
    """
    key = champion_key(move.repo_id, move.number)
    return lake.store.create(key, move.model_dump_json(indent=1).encode()) and _read(lake, key) == move


def record_revision(lake: Lake, move: Move, revision: str) -> Move:
    """Write down where on the Hub the model of a recorded move is; return the move with it."""
    published = move.model_copy(update={"revision": revision})
    key = _keys(lake, move.repo_id)[move.number]
    lake.store.write(key, published.model_dump_json(indent=1).encode())
    return published


def record_commit(lake: Lake, move: Move, commit: str) -> None:
    """Write down that a commit of the Hub's branch holds the model of a move, whose publication is another commit."""
    lake.write_json(champion_commit_key(move.repo_id, commit), {"number": move.number, "run_id": move.run_id})


def run_of_commit(lake: Lake, revision: str) -> str | None:
    """Return the training whose model a commit of a branch of champions holds; `revision` may be its first characters.

    None where no branch that this lake moved has such a commit. Raises `DamagedError` where its record cannot be read.
    """
    if len(revision) < MIN_COMMIT_CHARS:
        return None
    for repo_id in repositories(lake):
        beginning = champion_commit_key(repo_id, revision).removesuffix(".json")
        for stored in lake.store.objects(champions_key(repo_id)):
            if stored.key.startswith(beginning):
                return lake.read_record(stored.key, lambda record: str(record["run_id"]))
    return None


def moves_of(lake: Lake, repo_id: str, faults: list[str]) -> Iterator[Move]:
    """Yield the moves of a repository, newest first; one that cannot be read adds a sentence to `faults`."""
    for _, key in sorted(_keys(lake, repo_id).items(), reverse=True):
        try:
            move = _read(lake, key)
        except DamagedError as error:
            faults.append(str(error))
            continue
        if move:
            yield move


def was_champion(lake: Lake, repo_id: str, run_id: str) -> bool:
    """Whether a training is, or was, the champion of a repository."""
    return any(move.run_id == run_id for move in moves_of(lake, repo_id, []))


def newest_moves(lake: Lake, faults: list[str], limit: int) -> list[Move]:
    """Return at most `limit` moves of each repository, newest first; the repository that moved last comes first."""
    found = [list(islice(moves_of(lake, repo_id, faults), limit)) for repo_id in repositories(lake)]
    by_newest = sorted((moves for moves in found if moves), key=lambda moves: moves[0].at, reverse=True)
    return list(chain.from_iterable(by_newest))


def repositories(lake: Lake) -> list[str]:
    """Return the repositories that have, or had, a champion, in small letters."""
    keys = (PurePosixPath(stored.key) for stored in lake.store.objects(CHAMPIONS))
    return sorted({_repository(key) for key in keys if key.stem.isdecimal()})


def kept_for_roll_back(lake: Lake) -> frozenset[str] | None:
    """Return the trainings whose models stay: of each repository its champion and the last one before it.

    None where a record cannot be read, so that nobody knows.
    """
    faults: list[str] = []
    kept: set[str] = set()
    for repo_id in repositories(lake):
        of_repository: set[str] = set()
        for move in moves_of(lake, repo_id, faults):
            of_repository.add(move.run_id)
            if len(of_repository) == _FOR_ROLL_BACK:
                break
        kept |= of_repository
    return None if faults else frozenset(kept)


def _keys(lake: Lake, repo_id: str) -> dict[int, str]:
    """Return the key of each move of a repository by its number, also of one that was recorded under capitals."""
    found = ((stored.key, PurePosixPath(stored.key)) for stored in lake.store.objects(CHAMPIONS))
    return {
        int(path.stem): key for key, path in found if path.stem.isdecimal() and _repository(path) == repo_id.lower()
    }


def _repository(key: PurePosixPath) -> str:
    return str(key.parent.relative_to(CHAMPIONS)).lower()


def _read(lake: Lake, key: str) -> Move | None:
    return lake.read_record(key, Move.model_validate)
