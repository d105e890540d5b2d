"""What a takedown asks to be gone, and what of it the tables hold. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be gone: articles by id, every article of authors, and articles by their whole text."""

    article_ids: frozenset[str] = frozenset()
    author_ids: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What the tables hold of it, in every version that was ever committed.

    `article_ids` are those that go, `near_copies` among them: articles of other ids whose text is near to one that was
    asked for, by id, with the id of that one. `texts` are the hashes of all their originals, of earlier texts too, and
    `asked_texts` those of them that are no near copy's. `author_ids` are the authors that were asked for; `authors`
    those of all articles. `request_keys` are of every request that was made from them. `rows` counts, by table, the
    rows of each committed dataset version, and under 0 those of tables that no version names. `imported_ids` are the
    `row_id`s in `tables/imported`. `run_ids` are of the runs that asked about them or wrote their rows.
    """

    article_ids: frozenset[str] = frozenset()
    near_copies: Mapping[str, str] = field(default_factory=dict)
    author_ids: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    source_keys: frozenset[str] = frozenset()
    source_objects: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    asked_texts: frozenset[str] = frozenset()
    pair_ids: frozenset[str] = frozenset()
    chunk_keys: frozenset[str] = frozenset()
    request_keys: frozenset[str] = frozenset()
    imported_ids: frozenset[str] = frozenset()
    run_ids: frozenset[str] = frozenset()
    rows: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    @property
    def versions(self) -> tuple[int, ...]:
        """The committed dataset versions with pairs of theirs, oldest first."""
        return tuple(sorted(number for number, rows in self.rows.get("pairs", {}).items() if rows))
