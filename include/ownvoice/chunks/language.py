"""The language of an article: what its source says, else what its letters say."""

from __future__ import annotations

import re

from ownvoice.articles.table import ArticleRow
from ownvoice.storage.lake import Lake

_CODE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
_CHARS_JUDGED = 20_000


def language_of(lake: Lake, article: ArticleRow) -> str:
    """Return an ISO 639 code, by py3langid (Lui and Baldwin, 2012: langid.py) where the source names none."""
    if named := _CODE.fullmatch(article.language.strip()):
        return named[1].lower()
    from py3langid import classify

    return str(classify(lake.original(article.article_sha256)[:_CHARS_JUDGED])[0])
