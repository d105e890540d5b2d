"""The source of articles that a command reads."""

from __future__ import annotations

from ownvoice.config.settings import Settings
from ownvoice.errors import SettingsError


def named_source(settings: Settings) -> str:
    """Return the URI of the articles. Raises `SettingsError` where neither option nor setting names it."""
    if settings.articles is None:
        raise SettingsError("no articles were named: pass --articles URI, or set OWNVOICE_ARTICLES.")
    return settings.articles
