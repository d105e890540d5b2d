"""How an endpoint is reached: the one table of what an Airflow connection or the environment may say about it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ownvoice.config.generators import LLM_API
from ownvoice.errors import SettingsError
from ownvoice.llm.azure import is_azure_host, speaks_as_openai

EXTRAS: dict[str, tuple[str, str]] = {
    "api_version": ("API_VERSION", "API version of an Azure resource, such as 2024-10-21."),
    "organization": ("ORG_ID", "Organisation of an OpenAI account."),
    "project": ("PROJECT_ID", "Project of an OpenAI account."),
    "default_headers": ("CUSTOM_HEADERS", "Further headers: a JSON object there, a line `Name: value` each here."),
}
"""What an address may need beside base URL and key: name in the connection's extra field, variable, meaning."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OWN_HEADERS = frozenset(
    {"authorization", "api-key", "host", "content-type", "content-length", "accept-encoding", "transfer-encoding"}
)
_SECRET_NAME = re.compile(r"auth|key|token|secret|password|credential|cookie|signature", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EndpointAddress:
    """Where an endpoint is and what it wants with each request; None where nothing is said.

    `headers` may hold secrets: a value whose name says so (`secrets_among`) is masked in all that is shown and stored.
    """

    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    api_version: str | None = None
    organization: str | None = None
    project: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_said(self) -> bool:
        """Whether anything says where the endpoint is."""
        return bool(self.base_url or self.api_key)


def variables_of(endpoint: str) -> tuple[str, str]:
    """Return the names of the environment variables of an endpoint's base URL and key."""
    return f"{_prefix(endpoint)}_BASE_URL", f"{_prefix(endpoint)}_API_KEY"


def from_environment(endpoint: str) -> EndpointAddress:
    """Return what the environment says. Raises `SettingsError` for lines of headers that are none."""
    base_url, api_key = (os.environ.get(name) or None for name in variables_of(endpoint))
    variables = {name: f"{_prefix(endpoint)}_{suffix}" for name, (suffix, _) in EXTRAS.items()}
    said = {name: os.environ.get(variable) or None for name, variable in variables.items()}
    lines = (said.pop("default_headers") or "").splitlines()
    return EndpointAddress(base_url, api_key, headers=_headers(lines, variables["default_headers"]), **said)


def from_extra(base_url: str | None, api_key: str | None, extra: Mapping[str, Any], conn_id: str) -> EndpointAddress:
    """Return what a connection says; as Airflow's OpenAI hook reads it, `openai_client_kwargs` may hold the same.

    Raises `SettingsError` where a value is no text, or the headers are no JSON object of texts.
    """
    nested = extra.get("openai_client_kwargs")
    said = {**nested, **extra} if isinstance(nested, Mapping) else extra
    values = {name: said.get(name) or None for name in EXTRAS}
    headers = values.pop("default_headers") or {}
    if not all(isinstance(value, str | None) for value in values.values()) or not _are_texts(headers):
        raise SettingsError(
            f"the extra field of connection {conn_id} is wrong: api_version, organization and project are texts, "
            "default_headers an object of texts."
        )
    return EndpointAddress(base_url, api_key, headers=headers, **values)


def address_problems(endpoint: str, api_key: str, api_version: str | None, headers: Mapping[str, str]) -> Iterator[str]:
    """Yield what cannot be right about an address; neither the key nor a value of a header is repeated."""
    if not api_key:
        yield "its key is empty (an endpoint that needs none takes any word)"
    elif not api_key.isascii() or not api_key.isprintable() or api_key != api_key.strip():
        yield "its key holds a space, a line break or a character that no key has; copy it again"
    address = urlsplit(endpoint)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield "its base_url is not an address that begins with http:// or https://"
    if address.username or address.password:
        yield "its base_url holds a name or password, which belong into the key"
    if api_version and endpoint == "https://api.openai.com/v1":
        yield "it has an api_version, which is Azure's, and its base_url is OpenAI's own"
    if not api_version and is_azure_host(endpoint) and not speaks_as_openai(endpoint):
        yield "its base_url is an Azure resource: name an api_version, or end the address with /openai/v1"
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not value.isascii() or not value.isprintable():
            yield f"its header {name!r} is none that HTTP can carry"
        elif name.lower() in _OWN_HEADERS:
            yield f"its header {name} is set by Ownvoice itself (the key belongs into the password)"


def secrets_among(headers: Mapping[str, object]) -> tuple[str, ...]:
    """Return the values of headers whose names say that they are secret."""
    return tuple(str(value) for name, value in headers.items() if _SECRET_NAME.search(name))


def _prefix(endpoint: str) -> str:
    return "OPENAI" if endpoint == LLM_API else endpoint.upper()


def _headers(lines: Iterable[str], variable: str) -> dict[str, str]:
    pairs = [line.partition(":") for line in lines if line.strip()]
    if not all(colon for _, colon, _ in pairs):
        raise SettingsError(f"{variable} is wrong: it holds one header a line, each as `Name: value`.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _are_texts(headers: object) -> bool:
    return isinstance(headers, Mapping) and all(isinstance(value, str) for value in headers.values())
