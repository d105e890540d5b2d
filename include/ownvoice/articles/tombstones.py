"""Tombstones: what a takedown leaves so that the article never comes back, without its text and without its name.

`tombstones/stones/<takedown_id>.json` holds salted hashes of ids, keys, authors and texts, and a sketch of each text.
The salt of a lake, `tombstones/salt`, keeps them from being compared with those of other lakes; who has a text can
confirm that it was taken down, and nobody can read it from here. Every listing, plan and request asks them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from ownvoice.articles.article import Article
from ownvoice.articles.near_duplicates.shingles import shingles, words
from ownvoice.articles.table import ArticleRow
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.takedown_keys import SALT, STONES, tombstone_key

_MINIMA = 512  # their standard error of the Jaccard index is .02 at .5
_SEED = 43
_SALT_BYTES = 32

_Minima = npt.NDArray[np.uint16]


class Tombstone(BaseModel):
    """One takedown's: `marks` are salted hashes, and `sketches` hold 512 numbers of 16 bits for each text.

    Texts are near copies of a sketched one where the estimated Jaccard index of their runs of five words reaches
    `least_jaccard`. `lifted_at` (UTC) is when a person let the article in again; a lifted tombstone refuses nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    takedown_id: str
    made_at: dt.datetime
    marks: frozenset[str]
    sketches: tuple[tuple[int, ...], ...] = ()
    least_jaccard: float = 0.5
    lifted_at: dt.datetime | None = None
    lifted_because: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a tombstone is about; `row_ids` are of imported rows.

    `texts` are sketched; of `copies`, which are near to them, the hashes are kept.
    """

    article_ids: frozenset[str] = frozenset()
    source_keys: frozenset[str] = frozenset()
    author_ids: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    row_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The tombstones of a lake as they were read: asked many times, they read nothing more."""

    salt: bytes
    takedown_of: Mapping[str, str]
    stones: tuple[Tombstone, ...] = ()
    _sketches: list[tuple[_Minima, float, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is any that could refuse something."""
        return bool(self.stones)

    def refuses(
        self,
        *,
        article_id: str | None = None,
        source_key: str | None = None,
        author_id: str | None = None,
        row_id: str | None = None,
        sha256: str | None = None,
        text: str | None = None,
    ) -> str | None:
        """Return the id of the takedown that forbids what is named, or None.

        `row_id` is that of a row of `tables/imported`. `sha256` is the hash of a whole original, in hex, for who does
        not hold its `text`; the text finds near copies.
        """
        if not self.stones:
            return None
        named = (("article", article_id), ("key", source_key), ("author", author_id), ("row", row_id), ("text", sha256))
        marks = [self.mark(kind, value) for kind, value in named if value]
        marks += [self.mark("text", _sha256(text)), self.mark("words", _folded(text))] if text else []
        found = next((self.takedown_of[mark] for mark in marks if mark in self.takedown_of), None)
        return found or (self._near(text) if text else None)

    def refuses_article(self, article: Article) -> str | None:
        """Return the id of the takedown that forbids an article as it was read, or None. An id may be a first key."""
        ids = {article.metadata_id or article.source_key, article.source_key}
        by_id = next((found for one in ids if (found := self.refuses(article_id=one))), None)
        return by_id or self.refuses(source_key=article.source_key, author_id=article.author_id, text=article.content)

    def mark(self, kind: str, value: str) -> str:
        """Return the salted hash of a value of a kind."""
        return hmac.new(self.salt, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def made_of(self, takedown_id: str, withheld: Withheld, made_at: dt.datetime, least_jaccard: float) -> Tombstone:
        """Return the tombstone of a takedown, which is not stored yet."""
        every = (*withheld.texts, *withheld.copies)
        named = [
            *(("article", one) for one in withheld.article_ids),
            *(("key", one) for one in withheld.source_keys),
            *(("author", one) for one in withheld.author_ids),
            *(("row", one) for one in withheld.row_ids),
            *(("text", _sha256(one)) for one in every),
            *(("words", folded) for one in every if (folded := _folded(one))),
        ]
        return Tombstone(
            takedown_id=takedown_id,
            made_at=made_at,
            marks=frozenset(self.mark(kind, value) for kind, value in named),
            sketches=tuple(tuple(row.tolist()) for row in _minima(withheld.texts)),
            least_jaccard=least_jaccard,
        )

    def _near(self, text: str) -> str | None:
        if not self._sketches:
            return None
        asked = _minima([text])[0]
        near = (takedown for known, least, takedown in self._sketches if np.mean(asked == known) >= least)
        return next(near, None)

    def refuses_known(self, article: ArticleRow) -> str | None:
        """Return the id of the takedown that forbids an article that the lake knows, or None."""
        return self.refuses(
            article_id=article.article_id,
            source_key=article.source_key,
            author_id=article.author_id,
            sha256=article.article_sha256,
        )


NO_TOMBSTONES = Tombstones(b"", {})


def tombstones(lake: Lake) -> Tombstones:
    """Return the tombstones of a lake that are not lifted. Raises `StorageError` where they cannot be read."""
    every = stored_tombstones(lake)
    stones = tuple(one for one in every if one.lifted_at is None)
    salt = _salt(lake) if every else b""
    sketched = [
        (np.array(row, np.uint16), one.least_jaccard, one.takedown_id) for one in stones for row in one.sketches
    ]
    return Tombstones(salt, {mark: one.takedown_id for one in stones for mark in one.marks}, stones, sketched)


def stored_tombstones(lake: Lake) -> list[Tombstone]:
    """Return every tombstone of a lake, lifted ones too, by takedown id."""
    keys = sorted(one.key for one in lake.store.objects(STONES))
    return [one for key in keys if (one := lake.read_record(key, Tombstone.model_validate))]


def put_tombstone(lake: Lake, takedown_id: str, withheld: Withheld, least_jaccard: float) -> Tombstone:
    """Put the tombstone of a takedown, once: done again, it keeps what stands and adds what is new."""
    earlier = lake.read_record(tombstone_key(takedown_id), Tombstone.model_validate)
    made_at = earlier.made_at if earlier else dt.datetime.now(dt.UTC)
    made = Tombstones(_salt(lake), {}).made_of(takedown_id, withheld, made_at, least_jaccard)
    if earlier:
        sketched = tuple(dict.fromkeys((*earlier.sketches, *made.sketches)))
        made = earlier.model_copy(update={"marks": earlier.marks | made.marks, "sketches": sketched})
    lake.write_json(tombstone_key(takedown_id), made.model_dump(mode="json"))
    return made


def lift_tombstone(lake: Lake, takedown_id: str, because: str) -> Tombstone:
    """Let what a takedown refused in again, with the reason. Raises `StorageError` where there is no such tombstone."""
    found = lake.read_record(tombstone_key(takedown_id), Tombstone.model_validate)
    if found is None:
        known = ", ".join(one.takedown_id for one in stored_tombstones(lake)) or "none"
        raise StorageError(f"{lake.uri} holds no tombstone of takedown {takedown_id!r}; there are: {known}.")
    if found.lifted_at:
        return found
    lifted = found.model_copy(update={"lifted_at": dt.datetime.now(dt.UTC), "lifted_because": because})
    lake.write_json(tombstone_key(takedown_id), lifted.model_dump(mode="json"))
    return lifted


def cluster_marks(lake: Lake, article_ids: Iterable[str]) -> dict[str, str]:
    """Return what stands for each article id that is gone where it is the key of a cluster that others stay in."""
    salted = Tombstones(_salt(lake), {})
    return {article_id: salted.mark("cluster", article_id) for article_id in article_ids}


def _salt(lake: Lake) -> bytes:
    lake.store.create(SALT, secrets.token_bytes(_SALT_BYTES))
    salt = lake.store.read(SALT)
    if not salt:
        raise StorageError(f"{lake.uri}/{SALT} is empty: put it back from a backup of the lake.")
    return salt


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _folded(text: str) -> str:
    """Return the words of a text as near-duplicates compare them: case, marks and white space make no difference."""
    return " ".join(words(text))


def _minima(texts: Iterable[str]) -> _Minima:
    """Return `_MINIMA` numbers of each text, of which two texts share the share that their Jaccard index is."""
    from rensa import RMinHash

    sets = [sorted(shingles(text)) for text in texts]
    if not sets:
        return np.empty((0, _MINIMA), np.uint16)
    minima = np.array(RMinHash.digests_from_token_sets(sets, _MINIMA, _SEED), np.uint64)
    mixed = minima.reshape(len(sets), _MINIMA) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(48)).astype(np.uint16)
