"""Credentials and address of an S3-compatible store: boto3 finds the keys, obstore and deltalake use them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import boto3
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.session import Session as BotocoreSession
from obstore.auth.boto3 import Boto3CredentialProvider, StsCredentialProvider

from ownvoice.errors import StorageError


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client waits for a whole response and for a connection, in seconds; how often it tries again."""

    response_s: float
    connect_s: float
    retries: int


OF_A_TASK = Patience(response_s=60, connect_s=10, retries=4)


@dataclass(frozen=True, slots=True)
class AwsAccess:
    """How to sign in to an S3 store. An empty field is left to boto3: environment, profile files, instance role.

    Without a `patience`, clients wait and try again for minutes, as suits a task at night.
    """

    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    region: str | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    patience: Patience | None = None


def table_options(access: AwsAccess) -> dict[str, str]:
    """Return the options with which deltalake opens a table. Its keys do not renew themselves, so open tables late."""
    found = credentials(access)()
    keys = {
        "aws_access_key_id": found["access_key_id"],
        "aws_secret_access_key": found["secret_access_key"],
        "aws_session_token": found.get("token"),
    }
    return s3_address(access) | _waits(access.patience) | {name: value for name, value in keys.items() if value}


def _waits(patience: Patience | None) -> dict[str, str]:
    if patience is None:
        return {}
    return {
        "timeout": _milliseconds(patience.response_s),
        "connect_timeout": _milliseconds(patience.connect_s),
        "max_retries": str(patience.retries),
    }


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"


def credentials(access: AwsAccess) -> Boto3CredentialProvider | StsCredentialProvider:
    """Return a provider of boto3's keys that renews them in time. Raises `StorageError` where there are none."""
    session = boto3.Session(
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
        aws_session_token=access.session_token,
        region_name=access.region,
        profile_name=access.profile,
        botocore_session=_patient_session(access.patience) if access.patience else None,
    )
    if session.get_credentials() is None:
        raise StorageError(
            "no AWS credentials were found. Fill the Airflow connection (aws_articles, aws_lake), "
            "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if access.role_arn:
        return StsCredentialProvider(session, RoleArn=access.role_arn, RoleSessionName="ownvoice")
    return Boto3CredentialProvider(session)


def boto_session(access: AwsAccess) -> boto3.Session:
    """Return a session for boto3's own clients, which sign with the keys of `credentials` and wait as `access` says."""
    provider = credentials(access)

    def keys() -> dict[str, str | None]:
        found = provider()
        expires_at = found["expires_at"]
        assert expires_at is not None, "both providers say when to ask again"
        return {
            "access_key": found["access_key_id"],
            "secret_key": found["secret_access_key"],
            "token": found.get("token"),
            "expiry_time": expires_at.isoformat(),
        }

    session = _patient_session(access.patience or OF_A_TASK)
    session._credentials = RefreshableCredentials.create_from_metadata(keys(), keys, "ownvoice")  # type: ignore[attr-defined]
    # Dates take three quarters of the time in which a listing is parsed; `StoredObject` reads those asked for.
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
    return boto3.Session(botocore_session=session)


def _patient_session(patience: Patience) -> BotocoreSession:
    """Return a session for boto3 whose own requests, for the keys of a role too, wait as `patience` says."""
    session = BotocoreSession()
    session.set_default_client_config(
        Config(
            connect_timeout=patience.connect_s,
            read_timeout=patience.response_s,
            retries={"total_max_attempts": patience.retries + 1, "mode": "standard"},
        )
    )
    return session


def s3_address(access: AwsAccess) -> dict[str, str]:
    """Return region and endpoint under the option names that obstore and deltalake share."""
    region = access.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    endpoint_url = access.endpoint_url or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    address = {"aws_region": region or "us-east-1"}
    if endpoint_url:
        address |= {"aws_endpoint": endpoint_url, "aws_virtual_hosted_style_request": "false"}
        if endpoint_url.startswith("http://"):
            address["aws_allow_http"] = "true"
    return address
