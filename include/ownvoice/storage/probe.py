"""A test of the lake's store: does it create an object only once when many try at the same time? Run once and stored.

Two logs depend on conditional creation (`If-None-Match: *`): a Delta table's, where each entry must have one writer,
and our own of answers. Folders and AWS support it. Ceph's gateway does on a plain bucket, but lets every racer win on a
versioned one. Without it nothing is lost, but every commit waits and checks twice (`dataset.log_entry`).
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from uuid import uuid4

from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import PROBE, probe_key
from ownvoice.storage.stores import ObjectStore

_RACERS = 16
_RACES = 3


@dataclass(frozen=True, slots=True)
class CreationProbe:
    """The result at the lake `uri`: of `racers`, so many `winners` were told that they had created the same object.

    `winners` is that of the worst race.
    """

    uri: str
    racers: int
    winners: int

    @property
    def holds(self) -> bool:
        """Whether no race had two winners."""
        return self.winners <= 1

    @property
    def sentence(self) -> str:
        """The result and its consequence, in one sentence."""
        found = f"{self.winners} of {self.racers} racers created the same object"
        if self.holds:
            return f"conditional creation holds ({found})"
        return f"conditional creation does NOT hold ({found}): commits wait and look twice, one refresh at a time"


def probe_creation(lake: Lake) -> CreationProbe:
    """Return the result for the lake's store; the first call runs the test, later ones read the stored result."""
    stored = lake.read_record(PROBE, lambda record: CreationProbe(**record))
    if stored and stored.uri == lake.uri:  # a lake that was copied elsewhere is on another store
        return stored
    winners = max(asyncio.run(_race(lake.store)) for _ in range(_RACES))
    probe = CreationProbe(lake.uri, _RACERS, winners)
    lake.write_json(PROBE, asdict(probe))
    return probe


async def _race(store: ObjectStore) -> int:
    key = probe_key(uuid4().hex)
    won = await asyncio.gather(*(store.create_async(key, str(racer).encode()) for racer in range(_RACERS)))
    store.delete(key)
    return sum(won)
