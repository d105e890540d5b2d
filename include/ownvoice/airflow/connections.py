"""Airflow connections become plain arguments; where a connection is not there, the usual environment variables hold.

`aws_articles` and `aws_lake` are connections of type Amazon Web Services (key, secret, and in the extra field
`region_name`, `endpoint_url`, `profile_name`, `role_arn`, `aws_session_token`). `llm_api` is one of type HTTP or
OpenAI: its password is the key, its host the base URL where that is not OpenAI's own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from ownvoice.errors import SettingsError
from ownvoice.settings import Settings, load_settings
from ownvoice.triples.client import ModelAccess

if TYPE_CHECKING:  # every DAG file imports this module, and none needs boto3 or pyarrow to be read
    from ownvoice.lake import Lake
    from ownvoice.stores import AwsAccess, ObjectStore

_OPENAI_URL = "https://api.openai.com/v1"  # said outright: the SDK would take OPENAI_BASE_URL, even where it is empty


def open_lake() -> Lake:
    """Open the lake of the settings with the connection `aws_lake`."""
    from ownvoice.lake import Lake

    return Lake(load_settings().lake, _aws_access("aws_lake"))


def open_source(uri: str) -> ObjectStore:
    """Open the source of articles with the connection `aws_articles`."""
    from ownvoice.stores import ObjectStore

    return ObjectStore(uri, _aws_access("aws_articles"))


def articles_uri(settings: Settings) -> str:
    """Return where the articles stand. Raises `SettingsError` where nothing says so."""
    if settings.articles is None:
        raise SettingsError("OWNVOICE_ARTICLES is not set: name the articles, as s3://bucket/prefix or file:///folder.")
    return settings.articles


def model_access() -> ModelAccess:
    """Return the way to the model: connection `llm_api`, else `OPENAI_API_KEY` and `OPENAI_BASE_URL`."""
    settings = load_settings()
    connection = _connection("llm_api")
    if connection:
        base_url, api_key = _base_url(connection), connection.password
    else:
        base_url, api_key = os.environ.get("OPENAI_BASE_URL"), os.environ.get("OPENAI_API_KEY")
    if not api_key and not base_url:
        raise SettingsError(
            "no model to ask: fill the Airflow connection llm_api (password = key, host = base URL), "
            "or set OPENAI_API_KEY, and OPENAI_BASE_URL for another endpoint."
        )
    return ModelAccess(
        base_url or _OPENAI_URL,
        api_key or "none",
        request_timeout_s=settings.request_timeout_s,
        max_requests_in_flight=settings.max_requests_in_flight,
    )


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
    return f"{connection.schema or 'https'}://{connection.host}{port}/v1"


def _aws_access(conn_id: str) -> AwsAccess:
    from ownvoice.stores import AwsAccess

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
