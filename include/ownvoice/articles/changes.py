"""What changed since the last night: the source held against what the lake knows. Pure.

Identity: an article's id is the one its metadata names, else the first key it was seen under. The same text under
a new key keeps the id. A text that stands twice is generated from once: one article holds it, the others are its
duplicates and lie on its side of the split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from ownvoice.articles.article import KeptArticle, Quarantined, Reason
from ownvoice.articles.cluster import side_of
from ownvoice.articles.known import KnownArticle
from ownvoice.life import ArticleEvent, ArticleState, is_live, next_article_state


@dataclass(frozen=True, slots=True)
class SeenArticle:
    """An article that was read tonight, and the object it was read from."""

    article: KeptArticle
    source_object: str
    source_tag: str


@dataclass(frozen=True, slots=True)
class Change:
    """What to write about one article: its new row, and why. `event` is None where only the object's tag changed.

    `seen_run` is the `last_run` of the row that this change was worked out from: where a later run has written the
    row since, the change is out of date.
    """

    row: KnownArticle
    event: ArticleEvent | None
    seen_run: str | None


def compare(
    known: Mapping[str, KnownArticle],
    seen: Iterable[SeenArticle],
    is_judged: Callable[[str], bool],
    test_share: float,
) -> tuple[list[Change], list[Quarantined]]:
    """Return what changed, and the articles whose id is taken by another.

    `is_judged(source_object)` says whether tonight knows for sure which articles stand in that object: it was read
    whole, or it is gone. An article of an object that is not judged stays as it is.
    """
    live = {article.article_id: article for article in known.values() if is_live(article.state)}
    found, refused = _identify(live, list(seen), is_judged)
    vanished = [a for i, a in live.items() if i not in found and is_judged(a.source_object)]
    standing = [a for i, a in live.items() if i not in found and not is_judged(a.source_object)]
    touched = {one.article.sha256 for one in found.values()}
    touched |= {article.article_sha256 for article in vanished}
    touched |= {live[article_id].article_sha256 for article_id in found if article_id in live}

    changes = [_vanish(article) for article in vanished]
    for texts in _by_text(found, (a for a in standing if a.article_sha256 in touched)).values():
        changes += _changes_of_one_text(known, texts, test_share)
    return changes, refused


def _vanish(article: KnownArticle) -> Change:
    state = next_article_state(article.state, ArticleEvent.VANISHED)
    return Change(replace(article, state=state), ArticleEvent.VANISHED, article.last_run)


def _identify(
    live: Mapping[str, KnownArticle], seen: list[SeenArticle], is_judged: Callable[[str], bool]
) -> tuple[dict[str, SeenArticle], list[Quarantined]]:
    """Give every seen article its id, the surest sign first: metadata, the key, the text of one that is gone."""
    by_key = {article.source_key: article_id for article_id, article in live.items()}
    found: dict[str, SeenArticle] = {}
    refused: list[Quarantined] = []
    unnamed: list[SeenArticle] = []

    for one in sorted(
        seen, key=lambda s: (by_key.get(s.article.source_key) != s.article.metadata_id, s.article.source_key)
    ):
        named = one.article.metadata_id
        if named is None:
            unnamed.append(one)
        elif named in found or _stands_elsewhere(live.get(named), one, is_judged):
            refused.append(
                Quarantined(one.article.source_key, Reason.REPEATED_ID, f"another article has the id {named!r}")
            )
        else:
            found[named] = one

    new: list[SeenArticle] = []
    for one in unnamed:
        at_its_key = by_key.get(one.article.source_key)
        if at_its_key is None or at_its_key in found:
            new.append(one)
        else:
            found[at_its_key] = one

    gone_by_text = {
        article.article_sha256: article_id
        for article_id, article in live.items()
        if article_id not in found and is_judged(article.source_object)
    }
    for one in new:
        moved = gone_by_text.pop(one.article.sha256, "")
        found[moved or _free_id(one.article, live, found)] = one
    return found, refused


def _stands_elsewhere(known: KnownArticle | None, one: SeenArticle, is_judged: Callable[[str], bool]) -> bool:
    return known is not None and known.source_key != one.article.source_key and not is_judged(known.source_object)


def _free_id(article: KeptArticle, live: Mapping[str, KnownArticle], found: Mapping[str, SeenArticle]) -> str:
    """Return the article's key, or, where an article that moved away still bears it, the key and a mark of the text."""
    key = article.source_key
    return f"{key}~{article.sha256[:8]}" if key in live or key in found else key


def _by_text(
    found: Mapping[str, SeenArticle], standing: Iterable[KnownArticle]
) -> dict[str, dict[str, SeenArticle | None]]:
    """Group all that stands tonight by text: sha256 -> id -> what was read, or None where its object was not read."""
    groups: dict[str, dict[str, SeenArticle | None]] = defaultdict(dict)
    for article in standing:
        groups[article.article_sha256][article.article_id] = None
    for article_id, one in found.items():
        groups[one.article.sha256][article_id] = one
    return groups


def _changes_of_one_text(
    known: Mapping[str, KnownArticle], texts: Mapping[str, SeenArticle | None], test_share: float
) -> list[Change]:
    """Choose the one article that this text is generated from, and say what happens to each that bears it.

    Where one of them is there without its author's consent, none is generated from.
    """
    change = partial(
        _change, test_share=test_share, is_refused=any(_is_refused(known.get(i), one) for i, one in texts.items())
    )
    sha256 = next((one.article.sha256 for one in texts.values() if one), None)
    holder_id = min(texts, key=lambda i: (_claim(known.get(i), sha256), i))
    holder = change(known.get(holder_id), texts[holder_id], holder_id, None)
    holder_row = holder.row if holder else known[holder_id]
    others = (change(known.get(i), one, i, holder_row) for i, one in texts.items() if i != holder_id)
    return [found for found in (holder, *others) if found]


def _is_refused(known: KnownArticle | None, one: SeenArticle | None) -> bool:
    return (one.article.consent if one else known.consent if known else "") == "no"


def _claim(known: KnownArticle | None, sha256: str | None) -> int:
    """Rank who keeps a text: an article generated from it already, then its duplicate, then whoever is new to it."""
    if known is None or not is_live(known.state) or (sha256 is not None and known.article_sha256 != sha256):
        return 2
    return 1 if known.state is ArticleState.DUPLICATE else 0


def _change(
    known: KnownArticle | None,
    one: SeenArticle | None,
    article_id: str,
    holder: KnownArticle | None,
    *,
    test_share: float,
    is_refused: bool,
) -> Change | None:
    """Work out the new row of one article; `holder` is the article it is a duplicate of, or None."""
    event = _event(known, one, is_copy=holder is not None, is_refused=is_refused)
    row = _row(known, one, article_id, test_share)
    if holder:
        row = replace(row, cluster_key=holder.cluster_key, split=holder.split)
    if event:
        row = replace(row, state=next_article_state(known.state if known else None, event))
    return None if row == known else Change(row, event, known.last_run if known else None)


def _event(
    known: KnownArticle | None, one: SeenArticle | None, *, is_copy: bool, is_refused: bool
) -> ArticleEvent | None:
    state = known.state if known else None
    same_text = one is None or (known is not None and known.article_sha256 == one.article.sha256)
    if is_refused and not (state is ArticleState.WITHHELD and same_text):
        return ArticleEvent.WITHHELD
    if known is None or not is_live(state):
        return ArticleEvent.COPIED if is_copy else ArticleEvent.APPEARED
    if is_copy and not is_refused and not (state is ArticleState.DUPLICATE and same_text):
        return ArticleEvent.COPIED
    if not is_copy and not is_refused and same_text and state in (ArticleState.DUPLICATE, ArticleState.WITHHELD):
        return ArticleEvent.PROMOTED
    if not same_text:
        return ArticleEvent.EDITED
    if one and (known.source_key, known.author_id) != (one.article.source_key, one.article.author_id):
        return ArticleEvent.RENAMED
    return None


def _row(known: KnownArticle | None, one: SeenArticle | None, article_id: str, test_share: float) -> KnownArticle:
    """Return the row with what was read tonight, before its state is decided."""
    if one is None:
        assert known is not None, "an article that was not read is one the lake knows"
        return known
    article = one.article
    return KnownArticle(
        article_id=article_id,
        author_id=article.author_id,
        title=article.title,
        language=article.language,
        licence=article.licence,
        consent=article.consent,
        source_key=article.source_key,
        source_object=one.source_object,
        source_tag=one.source_tag,
        article_sha256=article.sha256,
        cluster_key=known.cluster_key if known else article_id,
        split=known.split if known else side_of(article_id, test_share),
        state=known.state if known else ArticleState.PENDING,
        written_sha256=known.written_sha256 if known else None,
        written_date=known.written_date if known else None,
        last_run=known.last_run if known else None,
    )
