"""What changed since the last night: the source held against what the lake knows. Pure.

Identity: an article's id is the one its metadata names, else the first key it was seen under. The same text under
a new key keeps the id. A text that stands twice, or nearly, is generated from once (`cluster.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ownvoice.articles.article import Quarantined, Reason, StoredArticle
from ownvoice.articles.cluster import NearDuplicates, holders_of, split_of
from ownvoice.articles.table import ArticleRow
from ownvoice.states import ArticleEvent, ArticleState, is_live, next_article_state


@dataclass(frozen=True, slots=True)
class ScannedArticle:
    """An article that was read tonight, and the object it was read from."""

    article: StoredArticle
    source_object: str
    source_tag: str


@dataclass(frozen=True, slots=True)
class Change:
    """What to write about one article: its new row, and why.

    `event` is None where only the object's tag changed, or the cluster that a duplicate belongs to. `seen_run` is
    the `last_run` of the row that this change was worked out from: where a later run has written the row since, the
    change is out of date.
    """

    row: ArticleRow
    event: ArticleEvent | None
    seen_run: str | None


def find_changes(
    known: Mapping[str, ArticleRow],
    seen: Iterable[ScannedArticle],
    is_judged: Callable[[str], bool],
    test_share: float,
    near: NearDuplicates,
) -> tuple[list[Change], list[Quarantined]]:
    """Return what changed, and the articles whose id is taken by another.

    `is_judged(source_object)` says whether tonight knows for sure which articles stand in that object: it was read
    whole, or it is gone. An article of an object that is not judged stays as it is. `near` holds the near-duplicates of
    every text that is new tonight, and of those whose holder may be gone. Where one of the articles that bear a text is
    there without its author's consent, none is generated from, and neither is a near-duplicate of it.
    """
    live = {article.article_id: article for article in known.values() if is_live(article.state)}
    found, refused = _identify(live, list(seen), is_judged)
    vanished = {i: a for i, a in live.items() if i not in found and is_judged(a.source_object)}
    texts = {i: a.article_sha256 for i, a in live.items() if i not in vanished}
    texts |= {i: one.article.sha256 for i, one in found.items()}

    withheld = {text for i, text in texts.items() if _is_refused(known.get(i), found.get(i))}
    rows = dict(known)
    changes = [_vanish(article) for article in vanished.values()]
    decided = holders_of(known, texts, near, withheld)
    others = (i for i, text in texts.items() if i not in decided and (i in found or text in withheld))
    for article_id in [*decided, *others]:
        holder_id = decided[article_id] if article_id in decided else _standing_holder(known[article_id])
        change = _change(
            known.get(article_id),
            found.get(article_id),
            article_id,
            rows[holder_id] if holder_id else None,
            test_share=test_share,
            is_refused=texts[article_id] in withheld,
        )
        if change:
            changes.append(change)
            rows[article_id] = change.row
    return changes, refused


def _standing_holder(article: ArticleRow) -> str | None:
    """Return, for an article whose cluster is not in doubt, whose key and side it has as a duplicate: its own."""
    return article.article_id if article.state is ArticleState.DUPLICATE else None


def _vanish(article: ArticleRow) -> Change:
    state = next_article_state(article.state, ArticleEvent.VANISHED)
    return Change(replace(article, state=state), ArticleEvent.VANISHED, article.last_run)


def _identify(
    live: Mapping[str, ArticleRow], seen: list[ScannedArticle], is_judged: Callable[[str], bool]
) -> tuple[dict[str, ScannedArticle], list[Quarantined]]:
    """Give every seen article its id, the surest sign first: metadata, the key, the text of one that is gone."""
    by_key = {article.source_key: article_id for article_id, article in live.items()}
    found: dict[str, ScannedArticle] = {}
    refused: list[Quarantined] = []
    unnamed: list[ScannedArticle] = []

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

    new: list[ScannedArticle] = []
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


def _stands_elsewhere(known: ArticleRow | None, one: ScannedArticle, is_judged: Callable[[str], bool]) -> bool:
    return known is not None and known.source_key != one.article.source_key and not is_judged(known.source_object)


def _free_id(article: StoredArticle, live: Mapping[str, ArticleRow], found: Mapping[str, ScannedArticle]) -> str:
    """Return the article's key, or, where an article that moved away still bears it, the key and a mark of the text."""
    key = article.source_key
    return f"{key}~{article.sha256[:8]}" if key in live or key in found else key


def _is_refused(known: ArticleRow | None, one: ScannedArticle | None) -> bool:
    return (one.article.consent if one else known.consent if known else "") == "no"


def _change(
    known: ArticleRow | None,
    one: ScannedArticle | None,
    article_id: str,
    holder: ArticleRow | None,
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
    known: ArticleRow | None, one: ScannedArticle | None, *, is_copy: bool, is_refused: bool
) -> ArticleEvent | None:
    state = known.state if known else None
    same_text = one is None or (known is not None and known.article_sha256 == one.article.sha256)
    if is_refused and not (state is ArticleState.CONSENT_REFUSED and same_text):
        return ArticleEvent.CONSENT_REFUSED
    if known is None or not is_live(state):
        return ArticleEvent.COPIED if is_copy else ArticleEvent.APPEARED
    if is_copy and not is_refused and not (state is ArticleState.DUPLICATE and same_text):
        return ArticleEvent.COPIED
    if not is_copy and not is_refused and same_text and state in (ArticleState.DUPLICATE, ArticleState.CONSENT_REFUSED):
        return ArticleEvent.PROMOTED
    if not same_text:
        return ArticleEvent.EDITED
    if one and (known.source_key, known.author_id) != (one.article.source_key, one.article.author_id):
        return ArticleEvent.RENAMED
    return None


def _row(known: ArticleRow | None, one: ScannedArticle | None, article_id: str, test_share: float) -> ArticleRow:
    """Return the row with what was read tonight, before its state is decided."""
    if one is None:
        assert known is not None, "an article that was not read is one the lake knows"
        return known
    article = one.article
    return ArticleRow(
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
        split=known.split if known else split_of(article_id, test_share),
        state=known.state if known else ArticleState.PENDING,
        written_sha256=known.written_sha256 if known else None,
        written_date=known.written_date if known else None,
        last_run=known.last_run if known else None,
    )
