"""Azure OpenAI's addresses: a resource with deployments behind an API version, or its newer address, which is OpenAI's.

Source: https://learn.microsoft.com/azure/ai-services/openai/reference
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOSTS = re.compile(r"\.(openai|cognitiveservices|services\.ai)\.azure\.(com|us|cn)$")
_DEPLOYMENT = re.compile(r"/deployments/([^/]+)")


def is_azure_host(base_url: str) -> bool:
    """Whether the host is one of Azure's resources."""
    return _HOSTS.search(urlsplit(base_url).hostname or "") is not None


def speaks_as_openai(base_url: str) -> bool:
    """Whether it is an address that ends in /v1, as `https://NAME.openai.azure.com/openai/v1`: no deployments there."""
    return urlsplit(base_url).path.rstrip("/").endswith("/v1")


def resource_and_deployment(base_url: str) -> tuple[str, str | None]:
    """Return the address of the resource, and the deployment that a longer address names.

    Without one, the model of each request is the name of its deployment.
    """
    address = urlsplit(base_url)
    deployment = _DEPLOYMENT.search(address.path)
    path = address.path.partition("/openai")[0].rstrip("/")
    return f"{address.scheme}://{address.netloc}{path}", deployment[1] if deployment else None
