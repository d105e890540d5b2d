"""The endpoints that a command asks, and the recipe that it asks with: named by settings and options, or offline."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from functools import partial

from ownvoice.cli.recipe_fields import with_fields
from ownvoice.config.recipe import TOLD_SECOND_MODEL, GenerationRecipe
from ownvoice.config.settings import Settings
from ownvoice.errors import SettingsError
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.endpoint_address import EndpointAddress, from_environment, variables_of
from ownvoice.llm.endpoints import Endpoints, access_by
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model


def chosen_recipe(settings: Settings, fields: Iterable[str] | None, offline: bool) -> GenerationRecipe:
    """Return the recipe of the settings with `fields` (name=value) changed; offline, its model is the offline model.

    Raises `SettingsError` for a field that does not exist or is out of range.
    """
    no_others = dict.fromkeys(("generators", "rejected_by", *TOLD_SECOND_MODEL))
    changed = {"model": OFFLINE_MODEL, **no_others} if offline else {}
    return with_fields(settings.recipe.model_copy(update=changed), fields or ())


@contextlib.contextmanager
def open_endpoints(settings: Settings, offline: bool) -> Iterator[Endpoints]:
    """Yield the function that gives access to each endpoint: by the environment, or to an offline model started here.

    The function raises `SettingsError` for an endpoint that the environment does not name.
    """
    if offline:
        with running_offline_model() as model:
            yield lambda _: access_by(settings, EndpointAddress(model.base_url, model.api_key))
    else:
        yield partial(_from_environment, settings)


def _from_environment(settings: Settings, endpoint: str) -> ModelAccess:
    address = from_environment(endpoint)
    if not address.is_said:
        url_variable, key_variable = variables_of(endpoint)
        raise SettingsError(
            f"there is no endpoint {endpoint} to ask: set {key_variable}, "
            f"and {url_variable} if it is not OpenAI's own, or pass --offline to ask the bundled offline model."
        )
    return access_by(settings, address)
