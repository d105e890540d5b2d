"""Turns Airflow connections into plain arguments; without a connection, the usual environment variables hold.

- `aws_articles`, `aws_lake` (type Amazon Web Services): login and password are the keys; in the extra field
  `region_name`, `endpoint_url`, `profile_name`, `role_arn`, `aws_session_token`.
- `llm_api`, and one for each other endpoint that a recipe names (type HTTP or OpenAI): the password is the key, the
  host the base URL where that is not OpenAI's own; in the extra field what `llm/endpoint_address.py` lists (Azure's
  `api_version`, `organization`, `project`, `default_headers`).
- `hugging_face` (any type): the password is the Hub's token.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from ownvoice.airflow.executors import refuse_folders
from ownvoice.config.generators import LLM_API
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.llm.azure import is_azure_host

if TYPE_CHECKING:  # every DAG file imports this module, and must not load boto3 or pyarrow
    from ownvoice.llm.client import ModelAccess
    from ownvoice.storage.aws import AwsAccess, Patience
    from ownvoice.storage.lake import Lake
    from ownvoice.storage.stores import ObjectStore


def open_lake(patience: Patience | None = None) -> Lake:
    """Open the lake of the settings with the connection `aws_lake`; without a `patience`, that of a task.

    Raises `SettingsError` for a folder that other machines with tasks do not have.
    """
    from ownvoice.storage.lake import Lake

    uri = load_settings().lake
    refuse_folders(("OWNVOICE_LAKE", uri))
    return Lake(uri, replace(_aws_access("aws_lake"), patience=patience))


@contextmanager
def held_lake(run_id: str) -> Iterator[Lake]:
    """Open the lake for a step of a refresh run, which holds it. Raises `LakeHeldError` where another run does."""
    from ownvoice.storage.lease import held_by_step

    lake = open_lake()
    with held_by_step(lake, run_id):
        yield lake


def open_source(uri: str) -> ObjectStore:
    """Open the source of articles with the connection `aws_articles`."""
    from ownvoice.storage.stores import ObjectStore

    return ObjectStore(uri, _aws_access("aws_articles"))


def model_access(endpoint: str = LLM_API) -> ModelAccess:
    """Return address, key and limits of an endpoint, by the connection of its name or by the environment.

    Raises `SettingsError` where neither names it.
    """
    from ownvoice.llm.endpoint_address import from_environment, from_extra, variables_of
    from ownvoice.llm.endpoints import access_by

    connection = _connection(endpoint)
    if connection:
        address = from_extra(_base_url(connection), connection.password, connection.extra_dejson, endpoint)
    else:
        address = from_environment(endpoint)
    if not address.is_said:
        url_variable, key_variable = variables_of(endpoint)
        raise SettingsError(
            f"there is no endpoint to ask: fill the Airflow connection {endpoint} (password = key, host = base URL), "
            f"or set {key_variable}, and {url_variable} if it is not OpenAI's own."
        )
    return access_by(load_settings(), address)


def hub_token() -> str | None:
    """Return the Hub's token, from the connection `hugging_face` or else `HF_TOKEN`; None without either."""
    connection = _connection("hugging_face")
    return (connection.password if connection else os.environ.get("HF_TOKEN")) or None


def trainer_keys() -> dict[str, str]:
    """Return the environment variables by which a trainer process reaches lake and Hub, as far as they have a value.

    Raises `SettingsError` for a connection whose keys would not last as long as a training.
    """
    lake = _aws_access("aws_lake")
    if lake.role_arn:
        raise SettingsError(
            "connection aws_lake has a role_arn, whose keys would expire while a trainer process runs. "
            "Name a profile that assumes the role, in its profile_name."
        )
    keys = {
        "AWS_ACCESS_KEY_ID": lake.access_key_id,
        "AWS_SECRET_ACCESS_KEY": lake.secret_access_key,
        "AWS_SESSION_TOKEN": lake.session_token,
        "AWS_REGION": lake.region,
        "AWS_ENDPOINT_URL": lake.endpoint_url,
        "AWS_PROFILE": lake.profile,
        "HF_TOKEN": hub_token(),
    }
    return {name: value for name, value in keys.items() if value}


def _connection(conn_id: str) -> Connection | None:
    try:
        found: Connection = Connection.get(conn_id)
    except AirflowNotFoundException:
        return None
    return found


def _base_url(connection: Connection) -> str | None:
    if not connection.host:
        return None
    if "://" in connection.host:
        return connection.host
    port = f":{connection.port}" if connection.port else ""
    root = f"{connection.schema or 'https'}://{connection.host}{port}"
    if is_azure_host(root):
        return root if connection.extra_dejson.get("api_version") else f"{root}/openai/v1"
    return f"{root}/v1"


def _aws_access(conn_id: str) -> AwsAccess:
    from ownvoice.storage.aws import AwsAccess

    connection = _connection(conn_id)
    if connection is None:
        return AwsAccess()
    extra = connection.extra_dejson
    return AwsAccess(
        access_key_id=connection.login or None,
        secret_access_key=connection.password or None,
        session_token=extra.get("aws_session_token"),
        region=extra.get("region_name"),
        endpoint_url=extra.get("endpoint_url"),
        profile=extra.get("profile_name"),
        role_arn=extra.get("role_arn"),
    )
