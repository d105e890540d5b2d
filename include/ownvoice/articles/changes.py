"""The changes since the last run: the scanned source compared with what the lake knows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ownvoice.articles.article import Quarantined, ScannedArticle
from ownvoice.articles.cluster import NearDuplicates, choose_holders, split_of
from ownvoice.articles.identity import identify
from ownvoice.articles.table import ArticleRow
from ownvoice.states import ArticleEvent, ArticleState, is_live, next_article_state


@dataclass(frozen=True, slots=True)
class Change:
    """The new row of one article, and why it is new.

    `event` is None where only the object's tag changed, or the cluster of a duplicate. `seen_run` is the `last_run` of
    the row that the change was worked out from: if a later run has written the row since, the change is out of date.
    """

    row: ArticleRow
    event: ArticleEvent | None
    seen_run: str | None


def find_changes(
    known: Mapping[str, ArticleRow],
    scanned: Iterable[ScannedArticle],
    covers: Callable[[str], bool],
    test_share: float,
    near: NearDuplicates,
    kept_back: Collection[tuple[str, str]] = (),
) -> tuple[list[Change], list[Quarantined]]:
    """Return what changed, and the scanned articles whose id is another's.

    `covers(source_object)` says whether the scan knows every article in an object; an article of any other object stays
    as it is, unless its object and id are among `kept_back`. `near` holds the near-duplicates of every new text, and of
    the texts whose holder may be gone. If one author refuses consent for a text, no article with that text or a near-
    duplicate of it is generated from.
    """
    live = {article.article_id: article for article in known.values() if is_live(article.state)}
    found, repeated = identify(live, list(scanned), covers)
    missing = {i: article for i, article in live.items() if i not in found}
    vanished = {i: a for i, a in missing.items() if covers(a.source_object) or (a.source_object, i) in kept_back}
    texts = {i: a.article_sha256 for i, a in live.items() if i not in vanished}
    texts |= {i: one.article.sha256 for i, one in found.items()}
    refused = {text for i, text in texts.items() if _is_refused(known.get(i), found.get(i))}
    rows = dict(known)
    changes = [_vanish(article) for article in vanished.values()]
    holders = choose_holders(known, texts, near, refused)
    others = (i for i, text in texts.items() if i not in holders and (i in found or text in refused))
    for article_id in [*holders, *others]:
        holder_id = holders[article_id] if article_id in holders else _present_cluster(known[article_id])
        change = _change(
            known.get(article_id),
            found.get(article_id),
            article_id,
            rows[holder_id] if holder_id else None,
            test_share=test_share,
            is_refused=texts[article_id] in refused,
        )
        if change:
            changes.append(change)
            rows[article_id] = change.row
    return changes, repeated


def _present_cluster(article: ArticleRow) -> str | None:
    """Return the id of a row with the cluster key and split that a duplicate keeps: its own. None if it is none."""
    return article.article_id if article.state is ArticleState.DUPLICATE else None


def _vanish(article: ArticleRow) -> Change:
    state = next_article_state(article.state, ArticleEvent.VANISHED)
    return Change(replace(article, state=state), ArticleEvent.VANISHED, article.last_run)


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
    """Return the change of one article, or None; `holder` is the article that it is a duplicate of, if it is one."""
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
    """Return the row with what was read now, and with the state that it had before."""
    if one is None:
        assert known is not None, "an article that was not read is one that the lake knows"
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
        published_at=article.published_at,
    )
