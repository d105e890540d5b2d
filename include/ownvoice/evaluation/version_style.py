"""The style report of a dataset version: the chosen and the rejected answers against the author's articles.

Chosen answers that are not the author's own way of writing teach another one, and one look at this report tells.
"""

from __future__ import annotations

from dataclasses import replace

from ownvoice.evaluation.author_texts import AuthorTexts, author_texts
from ownvoice.evaluation.held_out import MIN_ARTICLES, MIN_PROMPTS, HeldOut, trained_pairs
from ownvoice.evaluation.measure import Answered, figures, report_of
from ownvoice.evaluation.style_report import CHOSEN, REJECTED, StyleReport
from ownvoice.storage.lake import Lake
from ownvoice.style.folds import article_folds

_MAX_PAIRS = 400


def version_style(lake: Lake, version: int | None = None, author_id: str | None = None) -> StyleReport:
    """Measure the pairs of one half of an author's articles against the articles of the other half.

    The halves depend on the ids of the articles alone. The author is the one with the most pairs, unless named. Raises
    `SettingsError` where the version holds no pair of a named author, `StorageError` where there is no such version.
    """
    found = trained_pairs(lake, version, author_id)
    texts = _halves(author_texts(lake, found.version, found.author_id))
    measured_pairs = [pair for pair in found.pairs if pair.article_id in texts.held_out][:_MAX_PAIRS]
    found = replace(found, pairs=tuple(measured_pairs))
    if why_not := _too_few(found, texts):
        return StyleReport.not_judged(found, why_not, None)
    subjects = [
        Answered(CHOSEN, {pair.pair_id: pair.chosen for pair in found.pairs}),
        Answered(REJECTED, {pair.pair_id: pair.rejected for pair in found.pairs}),
    ]
    return report_of(found, texts.language, figures(found.pairs, texts, subjects, REJECTED))


def _halves(texts: AuthorTexts) -> AuthorTexts:
    """Return the articles of both splits, dealt out again: one half to measure against, one half to be measured."""
    articles = {**texts.training, **texts.held_out}
    halves = dict(zip(articles, article_folds(list(articles), 2), strict=True))
    against, measured = ({name: text for name, text in articles.items() if halves[name] == half} for half in (0, 1))
    return AuthorTexts(against, measured, texts.language, texts.further)


def _too_few(found: HeldOut, texts: AuthorTexts) -> str | None:
    fewest = min(len(texts.training), len(found.article_ids))
    if fewest >= MIN_ARTICLES and len(found.pairs) >= MIN_PROMPTS:
        return None
    return (
        f"version {found.version.number} holds {len(found.pairs)} pairs from {len(found.article_ids)} articles in one "
        f"half of {found.author_id or 'its author'}'s articles, and {len(texts.training)} articles in the other; a "
        f"voice is judged from {MIN_PROMPTS} pairs and {MIN_ARTICLES} articles on. Add articles of this author."
    )
