"""The language of an article: as its source names it, else as its text suggests."""

from __future__ import annotations

import re

from ownvoice.articles.table import ArticleRow
from ownvoice.storage.lake import Lake

_CODE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
_CHARS_JUDGED = 20_000


def language_of(lake: Lake, article: ArticleRow) -> str:
    """Return an ISO 639 code; if the source names none, by py3langid (after langid.py, Lui and Baldwin, 2012)."""
    if named := _CODE.fullmatch(article.language.strip()):
        return named[1].lower()
    from py3langid import classify

    return str(classify(lake.original(article.article_sha256)[:_CHARS_JUDGED])[0])
