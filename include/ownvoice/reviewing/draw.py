"""Drawing the sample of a round from a dataset version, seeded by its name: a repeated task draws the same.

Of a hundred items 60 are random, by author, kind of instruction and length in proportion; 30 are pairs that judges
disagree about or flip on; five are gold and five repeats. A fifth of the random ones goes to two reviewers. Ten bad
pairs of 100 random ones are 5.5 to 17.4 % of the version (Wilson); of 200, 6.6 to 14.9 %.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import filterfalse
from typing import Any, NamedTuple

from ownvoice.config.round_request import RoundRequest
from ownvoice.errors import SettingsError
from ownvoice.pairs.reviewed import read_decisions
from ownvoice.reviewing.guideline import guideline
from ownvoice.reviewing.sample import (
    Kind,
    ReviewRound,
    SampleRow,
    find_round,
    read_sample,
    rounds,
    write_sample,
)
from ownvoice.storage.conditions import SELECTED, all_of, equals_given, one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion, version_or_latest

_FLIPS = 0.3  # of the size
_GOLD = _REPEATS = 20  # one item in so many each; all others are random
_DOUBLED = 5  # one random item in so many
_SHORT_CHARS, _LONG_CHARS = 250, 600
_GOLD_TRIES = 20  # other answers that are looked at for a gold item

_COLUMNS = "pair_id, author_id, instruction_kind, character_length(chosen) AS chars"
_TEXTS = "pair_id, prompt, chosen, rejected, article_id, article_sha256, author_id, spans, instruction_kind"


class _Population(NamedTuple):
    """The ids of the pairs that may be drawn, each in the order in which they are: of all strata, and the disputed."""

    pair_ids: list[str]
    disputed: list[str]


def draw_round(
    lake: Lake, round_name: str, asked: RoundRequest, disputed: Collection[str] | None = None
) -> ReviewRound:
    """Draw a round's sample and write it down; a round that is there stays as it is.

    `disputed` are the ids of the pairs that judges disagree about or flip on; None where no judge counts. Raises
    `SettingsError` where there is nothing to draw, and `StorageError` where there is no such version.
    """
    if found := find_round(lake, round_name):
        return found
    version = version_or_latest(lake, asked.dataset_version)
    population = _population(lake, round_name, version, asked, disputed or ())
    if not population.pair_ids:
        raise SettingsError(_nothing(version, asked))
    rows = _rows(lake, version, round_name, _drawn(round_name, population, asked.size))
    counts = Counter(row.kind for row in rows)
    made = ReviewRound(
        round=round_name,
        dataset_version=version.number,
        author_id=asked.author_id or None,
        guideline_version=guideline().version,
        size=asked.size,
        drawn={kind: counts[kind] for kind in ("random", "flip", "gold", "repeat")},
        doubled=sum(row.doubled for row in rows),
        notes=tuple(_notes(asked, counts, disputed)),
        at=dt.datetime.now(dt.UTC),
    )
    return write_sample(lake, made, rows)


def _population(
    lake: Lake, round_name: str, version: DatasetVersion, asked: RoundRequest, disputed: Collection[str]
) -> _Population:
    """Read ids alone; of each stratum of a large version only as many are kept as a round of this size may need."""
    taken = _taken(lake)
    where = all_of(SELECTED, equals_given(author_id=asked.author_id))
    sizes: Counter[str] = Counter()
    first: dict[str, list[tuple[int, str]]] = defaultdict(list)
    found: list[tuple[int, str]] = []
    for batch in scan(lake.table("pairs", version.number), _COLUMNS, where):
        for row in batch.to_pylist():
            if row["pair_id"] in taken:
                continue
            pair, stratum = (_draw(round_name, row["pair_id"]), row["pair_id"]), _stratum(row)
            sizes[stratum] += 1
            first[stratum].append(pair)
            if row["pair_id"] in disputed:
                found.append(pair)
            if len(first[stratum]) > 8 * asked.size:
                first[stratum] = sorted(first[stratum])[: 2 * asked.size]
    # By its place in its stratum, as a share: however many are taken, each stratum has its share of them. The first
    # place is drawn, so that a pair of a small stratum is as likely to be taken as any other.
    placed = (
        ((place + _draw(round_name, stratum) / 2**64) / sizes[stratum], *pair)
        for stratum, pairs in first.items()
        for place, pair in enumerate(sorted(pairs))
    )
    return _Population([pair_id for *_, pair_id in sorted(placed)], [pair_id for _, pair_id in sorted(found)])


def _taken(lake: Lake) -> set[str]:
    """Return the ids of the pairs that were decided in earlier rounds, or are being reviewed in another."""
    being_reviewed = (row.pair_id for one in rounds(lake) if one.is_open for row in read_sample(lake, one.round))
    return {*read_decisions(lake), *being_reviewed}


def _drawn(round_name: str, population: _Population, size: int) -> list[tuple[Kind, str]]:
    """Return kind and pair id of each item."""
    gold, repeats = ((size + one_in // 2) // one_in for one_in in (_GOLD, _REPEATS))
    flips = population.disputed[: round(size * _FLIPS)]
    others = list(filterfalse(set(flips).__contains__, population.pair_ids))
    random = others[: size - len(flips) - gold - repeats]
    for_gold = (others[len(random) :] + random)[:gold]
    for_repeats = sorted(random, key=lambda pair_id: _draw(f"{round_name} repeat", pair_id))[:repeats]
    kinds: tuple[tuple[Kind, list[str]], ...] = (
        *(("random", random), ("flip", flips)),
        *(("gold", for_gold), ("repeat", for_repeats)),
    )
    return [(kind, pair_id) for kind, pair_ids in kinds for pair_id in pair_ids]


def _rows(lake: Lake, version: DatasetVersion, round_name: str, drawn: Sequence[tuple[Kind, str]]) -> list[SampleRow]:
    """Return the items in the order in which they are shown."""
    wanted = {pair_id for _, pair_id in drawn}
    batches = scan(lake.table("pairs", version.number), _TEXTS, one_of("pair_id", wanted))
    pairs = {row["pair_id"]: row for batch in batches for row in batch.to_pylist()}
    items = list(filter(None, (_item(round_name, kind, pairs[pair_id], pairs) for kind, pair_id in drawn)))
    randoms = [item.item_id for item in items if item.kind == "random"]
    doubled = set(randoms[::_DOUBLED]) if len(randoms) >= _DOUBLED else set()
    shown = sorted(items, key=lambda item: _draw(f"{round_name} position", item.item_id))
    return [replace(item, position=place, doubled=item.item_id in doubled) for place, item in enumerate(shown)]


def _item(round_name: str, kind: Kind, pair: dict[str, Any], pairs: dict[str, dict[str, Any]]) -> SampleRow | None:
    rejected = pair["rejected"] if kind != "gold" else _other_answer(round_name, pair, pairs)
    if rejected is None:
        return None
    item_id = hashlib.sha256(f"{round_name}\n{kind}\n{pair['pair_id']}".encode()).hexdigest()[:32]
    columns = {name: pair[name] for name in ("prompt", "chosen", "article_id", "article_sha256", "author_id", "spans")}
    stratum = _stratum(pair | {"chars": len(pair["chosen"])})
    return SampleRow(
        item_id, pair["pair_id"], rejected=rejected, stratum=stratum, kind=kind, doubled=False, position=0, **columns
    )


def _other_answer(round_name: str, pair: dict[str, Any], pairs: dict[str, dict[str, Any]]) -> str | None:
    """Return the rejected answer to another prompt, of another article where there is one; None where there is none."""
    others = [one for one in pairs.values() if one["prompt"] != pair["prompt"] and one["rejected"] != pair["rejected"]]
    drawn = sorted(others, key=lambda one: _draw(f"{round_name} {pair['pair_id']}", one["pair_id"]))[:_GOLD_TRIES]
    elsewhere = [one for one in drawn if one["article_id"] != pair["article_id"]]
    return next((str(one["rejected"]) for one in [*elsewhere, *drawn]), None)


def _notes(asked: RoundRequest, counts: Counter[Kind], disputed: Collection[str] | None) -> Iterator[str]:
    wanted = round(asked.size * _FLIPS)
    if disputed is None:
        yield "No judge counts (OWNVOICE_JUDGES, `ownvoice judges qualify`): random pairs are in the place of disputed."
    elif counts["flip"] < wanted:
        yield f"Judges dispute {counts['flip']} pairs that may be drawn, of {wanted} wanted: random ones fill up."
    if counts.total() < asked.size:
        yield f"The version has pairs for {counts.total()} items, of {asked.size} asked for."


def _nothing(version: DatasetVersion, asked: RoundRequest) -> str:
    of_author = f" of author {asked.author_id!r}" if asked.author_id else ""
    return (
        f"dataset version {version.number} has no pairs{of_author} to review: each was decided, is being reviewed, or "
        "is not selected. Refresh, or name another version or author."
    )


def _stratum(row: dict[str, Any]) -> str:
    length = "short" if row["chars"] < _SHORT_CHARS else "middle" if row["chars"] < _LONG_CHARS else "long"
    return f"{row['author_id']}, {row['instruction_kind'] or 'any kind'}, {length}"


def _draw(seed: str, pair_id: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\n{pair_id}".encode()).digest()[:8])
