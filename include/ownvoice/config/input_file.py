"""The one file that a command of the trainer's environment is started with, read by its URI."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ownvoice.config.problems import settings_error
from ownvoice.errors import SettingsError
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.stores import ObjectStore

Input = TypeVar("Input", bound=BaseModel)


def read_input(uri: str, kind: type[Input], if_missing: str, if_broken: str, access: AwsAccess | None) -> Input:
    """Read a JSON file of one kind. Without an `access` it signs in as the environment says.

    Raises `SettingsError` if there is none, with `if_missing` as what to do; if it is no JSON, with `if_broken`; or
    naming every problem in it.
    """
    folder, _, name = uri.rpartition("/")
    data = ObjectStore(folder, access).read(name)
    if data is None:
        raise SettingsError(f"{uri} does not exist. {if_missing}")
    try:
        return kind.model_validate(json.loads(data))
    except json.JSONDecodeError as error:
        raise SettingsError(f"{uri} is not JSON ({error}). {if_broken}") from None
    except ValidationError as error:
        raise settings_error(error) from None
