"""Which of the rows that were read are kept: votes, duplicates and contradictions, within a set and across sets. Pure.

Rows are about the same two answers where prompt and both answers are the same but for case, Unicode form, quote style
and white space, whichever of the answers is preferred.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ownvoice.imports.drops import CONTRADICTION, DUPLICATE, VOTE_COUNTED, VOTE_SPLIT, Dropped
from ownvoice.imports.turns import comparable
from ownvoice.storage.rows import Message

_KEY_BYTES = 16


class Claim(NamedTuple):
    """What a row says: the two answers to a prompt as a key, and whether the lesser one in order is preferred."""

    key: bytes
    prefers_first: bool


def claim_of(prompt: Sequence[Message], chosen: str, rejected: str) -> Claim:
    """Return the claim of a row that holds both answers."""
    first, second = sorted(said := [comparable(chosen).casefold(), comparable(rejected).casefold()])
    turns = [[turn["role"], comparable(turn["content"]).casefold()] for turn in prompt]
    text = json.dumps([turns, first, second], ensure_ascii=False).encode(errors="surrogatepass")
    return Claim(hashlib.blake2b(text, digest_size=_KEY_BYTES).digest(), said[0] == first)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row that `tables/imported` holds already. Only one of a known set may go: what readers said here stays."""

    row_id: str
    set: str
    prefers_first: bool
    may_go: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """Of each row read, why it is dropped, or None; what is found contradicted, and which recorded rows thereby go."""

    fates: list[Dropped | None]
    contradicted: set[bytes]
    to_withdraw: set[str]


def decide(
    claims: Sequence[Claim],
    row_ids: Sequence[str],
    votes: bool,
    recorded: Mapping[bytes, Sequence[Recorded]],
    contradicted: Collection[bytes],
) -> Decided:
    """Decide about rows, which are in the order of the files; `contradicted` are the keys that earlier imports found.

    With `votes`, rows about the same answers are votes, and the majority counts; without, they must agree.
    """
    rows_of: dict[bytes, list[int]] = defaultdict(list)
    for row, claim in enumerate(claims):
        rows_of[claim.key].append(row)
    found = Decided([None] * len(claims), set(), set())
    for key, rows in rows_of.items():
        ayes = [row for row in rows if claims[row].prefers_first]
        noes = [row for row in rows if not claims[row].prefers_first]
        known = recorded.get(key, ())
        kept = _majority(ayes, noes) if votes else (ayes or noes)[0]
        opposed = kept is not None and any(one.prefers_first != claims[kept].prefers_first for one in known)
        if key in contradicted or (ayes and noes and not votes) or opposed:
            found.contradicted.add(key)
            found.to_withdraw.update(one.row_id for one in known if one.may_go)
            _drop(found, rows, Dropped(CONTRADICTION))
            continue
        _drop(found, rows, Dropped(VOTE_COUNTED if votes else DUPLICATE))
        if kept is None:
            _drop(found, rows, Dropped(VOTE_SPLIT, f"{len(ayes)} of {len(rows)}"))
        else:
            others = [one for one in known if one.row_id != row_ids[kept]]
            found.fates[kept] = Dropped(DUPLICATE, f"of {others[0].set}") if others else None
    return found


def _majority(ayes: Sequence[int], noes: Sequence[int]) -> int | None:
    """Return the first row of the side with more votes; None where there are as many on both."""
    if len(ayes) == len(noes):
        return None
    return ayes[0] if len(ayes) > len(noes) else noes[0]


def _drop(found: Decided, rows: Sequence[int], dropped: Dropped) -> None:
    for row in rows:
        found.fates[row] = dropped
