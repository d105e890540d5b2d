"""What is sent with a person's login: taken from our own pages alone, as JSON, and no longer than an answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from airflow.configuration import conf
from fastapi import Request

from ownvoice_monitor.access import RefusedError

MAX_BODY_BYTES = 512 * 1024  # the longest edit, each of its characters escaped


def own_page(request: Request) -> None:
    """Refuse what another site's page may have sent with the cookie of whoever looks at it.

    Browsers say where a request comes from: `Sec-Fetch-Site`, or on plain HTTP `Origin` alone. JSON cannot be sent by a
    form. A client that is no browser says neither, and carries no one's cookie but its own.
    """
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(415, "An answer is sent as application/json.")
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site != "same-origin" if site else origin and urlsplit(origin).netloc not in _own_hosts(request):
        raise RefusedError(403, "An answer is taken from Ownvoice's own page only, and this one came from elsewhere.")


async def bounded_body(request: Request) -> bytes:
    """Return the body of a request, read no further than the longest answer."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise RefusedError(413, f"An answer has at most {MAX_BODY_BYTES:,} bytes.")
    return body


def _own_hosts(request: Request) -> set[str]:
    return {request.headers.get("Host", ""), urlsplit(conf.get("api", "base_url", fallback="")).netloc} - {""}
