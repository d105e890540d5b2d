"""Airflow connections become plain arguments; where a connection is not there, the usual environment variables hold.

`aws_articles` and `aws_lake` are connections of type Amazon Web Services (key, secret, and in the extra field
`region_name`, `endpoint_url`, `profile_name`, `role_arn`, `aws_session_token`). `llm_api` is one of type HTTP or
OpenAI: its password is the key, its host the base URL where that is not OpenAI's own. `hugging_face` is one of any
type: its password is the Hub's token.
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
        read_timeout_s=settings.read_timeout_s,
        max_requests_in_flight=settings.max_requests_in_flight,
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
    )


def hub_token() -> str | None:
    """Return the Hub's token: connection `hugging_face`, else `HF_TOKEN`; None where there is neither."""
    connection = _connection("hugging_face")
    return (connection.password if connection else os.environ.get("HF_TOKEN")) or None


def trainer_keys() -> dict[str, str]:
    """Return the variables with which a trainer process reaches the lake and the Hub; what is not set is left out."""
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
