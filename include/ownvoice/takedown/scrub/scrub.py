"""Scrubbing the lake: each live object is looked through, and treated where it holds something.

Nothing is remembered of where a text may be: whatever holds it is found by its content. Repeated after a kill, it finds
what is left. What an article that stays needs is kept: its original, and the answers that were paid for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from ownvoice.retention.places import ANSWERS, ORIGINALS, known_as
from ownvoice.storage.lake import Lake
from ownvoice.storage.listed import StoredObject
from ownvoice.takedown.scrub.treatments import Treatment, treatment_of
from ownvoice.takedown.scrub.without import without
from ownvoice.takedown.search.decode import UndecodedError
from ownvoice.takedown.search.needles import Needles
from ownvoice.takedown.search.objects import Progress, met_in_bytes, met_in_object
from ownvoice.takedown.sought import needed_requests, staying_texts


@dataclass(slots=True)
class Scrubbed:
    """What was done: objects and bytes by treatment and place, and the keys of those that a person must look at."""

    objects: Counter[str] = field(default_factory=Counter)
    size_bytes: Counter[str] = field(default_factory=Counter)
    left: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


def scrub(
    lake: Lake, needles: Needles, article_ids: Collection[str], *, dry_run: bool, progress: Progress | None = None
) -> Scrubbed:
    """Treat every live object that holds something; with `dry_run`, count alone what would be treated."""
    done = Scrubbed()
    answers: list[StoredObject] = []
    staying = staying_texts(lake, article_ids)
    seen_bytes = 0
    for number, stored in enumerate(lake.store.objects(), 1):
        seen_bytes += stored.size
        known, treatment = known_as(stored.key), treatment_of(stored.key)
        is_its_own = treatment in (Treatment.ON_PURPOSE, Treatment.TABLES)
        is_needed = known is not None and known.place == ORIGINALS and stored.key.rpartition("/")[2] in staying
        if not is_its_own and not is_needed and _holds(lake, stored, needles, done):
            if known and known.place == ANSWERS:
                answers.append(stored)
            else:
                _treat(lake, stored, treatment, needles, done, dry_run)
        if progress:
            progress(number, seen_bytes)
    needed = needed_requests(lake, article_ids, {_request(one) for one in answers})
    for one in answers:
        treatment = Treatment.REWRITE if _request(one) in needed else Treatment.DELETE
        _treat(lake, one, treatment, needles, done, dry_run)
    return done


def _request(answer: StoredObject) -> str:
    return answer.key.split("/")[1]


def _holds(lake: Lake, stored: StoredObject, needles: Needles, done: Scrubbed) -> bool:
    try:
        return bool(met_in_object(lake, stored, needles))
    except UndecodedError as error:
        done.left[stored.key] = f"it could not be looked through: {error}"
        return bool(needles.met_in(stored.key))


def _count(done: Scrubbed, stored: StoredObject, treatment: Treatment) -> None:
    place = f"{stored.key.partition('/')[0]}: {treatment}"
    done.objects[place] += 1
    done.size_bytes[place] += stored.size
    done.keys.append(stored.key)


def _treat(
    lake: Lake, stored: StoredObject, treatment: Treatment, needles: Needles, done: Scrubbed, dry_run: bool
) -> None:
    _count(done, stored, treatment)
    if dry_run:
        return
    if treatment is Treatment.UNKNOWN:
        done.left[stored.key] = "Ownvoice did not write it: delete it by hand, or take the passage out"
    elif treatment is Treatment.MODEL:
        done.left[stored.key] = "it belongs to a model: retrain the model, or delete the file by hand"
    elif treatment is Treatment.DELETE or needles.met_in(stored.key):
        lake.store.delete(stored.key)
    else:
        _rewrite(lake, stored.key, needles)


def _rewrite(lake: Lake, key: str, needles: Needles) -> None:
    """Write an object without what it holds; one that cannot be parted, or holds it between its parts, goes."""
    data = lake.store.read(key)
    if data is None:
        return
    try:
        kept = without(key, data, lambda text: bool(needles.met_in(text)))
    except ValueError:  # damaged: nothing that a reader could use
        kept = None
    if kept is None or met_in_bytes(kept, needles):
        lake.store.delete(key)
    else:
        lake.store.write(key, kept)
