"""The language of an article: as its source names it, else as its text suggests."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ownvoice.articles.table import ArticleRow
from ownvoice.config.run import RefreshRun
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import LANGUAGES

_CODE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})  # ISO 639-2: undetermined, several, not coded, none
_CHARS_JUDGED = 20_000


def by_language(lake: Lake, run: RefreshRun, pending: list[ArticleRow]) -> tuple[list[ArticleRow], list[ArticleRow]]:
    """Return the pending articles in one of the recipe's languages, and those that wait until theirs is one.

    What the text of a waiting article was judged to be is written down, because it is looked at every night.
    """
    if not run.recipe.languages:
        return pending, []
    before: dict[str, str] = lake.read_record(LANGUAGES, dict) or {}
    languages = {a.article_id: _named(a) or before.get(a.article_sha256) or _judged(lake, a) for a in pending}
    taken = [article for article in pending if run.recipe.takes(languages[article.article_id])]
    waiting = [article for article in pending if not run.recipe.takes(languages[article.article_id])]
    now = before | {a.article_sha256: languages[a.article_id] for a in waiting if not _named(a)}
    _write(lake, run, before, _without(now, taken))
    return taken, waiting


def _named(article: ArticleRow) -> str:
    """Return the ISO 639 code that the source names, in lower case; nothing where it names none."""
    named = _CODE.fullmatch(article.language.strip())
    code = named[1].lower() if named else ""
    return "" if code in _NO_LANGUAGE else code


def _judged(lake: Lake, article: ArticleRow) -> str:
    """Return an ISO 639 code by py3langid (after langid.py, Lui and Baldwin, 2012)."""
    from py3langid import classify

    return str(classify(lake.original(article.article_sha256)[:_CHARS_JUDGED])[0])


def _without(languages: dict[str, str], taken: Iterable[ArticleRow]) -> dict[str, str]:
    gone = {article.article_sha256 for article in taken}
    return {text: language for text, language in languages.items() if text not in gone}


def _write(lake: Lake, run: RefreshRun, before: dict[str, str], now: dict[str, str]) -> None:
    if now != before and not run.dry_run:
        lake.write_json(LANGUAGES, now)
