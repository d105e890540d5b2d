"""The model providers, one module each. To add one, write its module and enter it in `PROVIDERS`."""

from __future__ import annotations

from urllib.parse import urlsplit

from ownvoice.llm.providers import openai
from ownvoice.llm.providers.provider import Provider

PROVIDERS: dict[str, Provider] = {provider.NAME: provider for provider in (openai,)}
"""Every provider by its name, which each stored answer carries."""


def provider_at(base_url: str) -> Provider:
    """Return the provider whose hosts include that of `base_url`, else OpenAI: most other servers speak its API."""
    host = urlsplit(base_url).hostname
    return next((provider for provider in PROVIDERS.values() if host in provider.HOSTS), openai)
