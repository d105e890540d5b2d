"""What the commands that ask a model need: articles, a recipe and the way to each endpoint."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from functools import partial

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.settings import Settings, with_fields
from ownvoice.errors import SettingsError
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.endpoints import Endpoints, access_by, from_environment, variables_of
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model


def named_articles(settings: Settings) -> str:
    """Return where the articles stand. Raises `SettingsError` where nothing names them."""
    if settings.articles is None:
        raise SettingsError("no articles were named: pass --articles URI, or set OWNVOICE_ARTICLES.")
    return settings.articles


def recipe_of(settings: Settings, fields: Iterable[str] | None, offline: bool) -> GenerationRecipe:
    """Return the settings' recipe with the fields given as name=value; offline, the model is the stand-in."""
    changed = {"model": OFFLINE_MODEL, "generators": None, "rejected_by": None} if offline else {}
    return with_fields(settings.recipe.model_copy(update=changed), fields or ())


@contextlib.contextmanager
def endpoints_of(settings: Settings, offline: bool) -> Iterator[Endpoints]:
    """Yield the way to each endpoint: the stand-in for the length of the command, or what the environment names."""
    if offline:
        with running_offline_model() as model:
            yield lambda _: access_by(settings, model.base_url, model.api_key)
    else:
        yield partial(_from_environment, settings)


def _from_environment(settings: Settings, endpoint: str) -> ModelAccess:
    base_url, api_key = from_environment(endpoint)
    if not api_key and not base_url:
        url_variable, key_variable = variables_of(endpoint)
        raise SettingsError(
            f"no model to ask at {endpoint}: set {key_variable} (and {url_variable} where it is not OpenAI's own), "
            "or pass --offline for the bundled stand-in."
        )
    return access_by(settings, base_url, api_key)
