"""The seam below the SDK: its requests go out over aiohttp, and no response passes the bounds of this room."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from functools import partial

import aiohttp
import httpx2
from aiohttp.helpers import get_env_proxy_for_url
from httpx_aiohttp.httpx2 import AiohttpTransport
from yarl import URL

from ownvoice.llm.response import decoded, read_body

_STREAMED = ("x-stainless-raw-response", "stream")  # the SDK's mark of a request whose caller reads the body in parts
_DEALT_WITH = frozenset({b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie"})


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Sends requests to one endpoint; bodies come back decoded, and whole ones within `MAX_RESPONSE_BYTES`.

    Beyond that the response is empty, with `too_long` among its extensions. A body that the SDK streams has no bound
    here: who reads it sets one. Cookies are neither kept nor passed on, since some balancers pin a client to one server
    by them. The proxy is that of the environment (`HTTPS_PROXY`, `NO_PROXY`), looked up once: aiohttp by itself would
    ask in a thread for each request.
    """

    def __init__(self, endpoint: str, most_connections: int) -> None:
        context = ssl.create_default_context()
        session = partial(_session, endpoint, context, most_connections)
        self._inner = AiohttpTransport(verify=context, client=session)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request once. Raises httpx2's errors, whose cause is aiohttp's, where no response comes."""
        response = await self._inner.handle_async_request(request)
        encoding = response.headers.get("content-encoding", "identity")
        headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _DEALT_WITH]
        if request.headers.get(_STREAMED[0]) == _STREAMED[1]:
            return httpx2.Response(response.status_code, headers=headers, stream=_DecodedStream(response, encoding))
        try:
            body = await read_body(_parts_of(response), encoding)
        finally:
            await response.aclose()
        extensions = {"too_long": body is None}
        return httpx2.Response(response.status_code, headers=headers, content=body or b"", extensions=extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class _DecodedStream(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, encoding: str) -> None:
        self._response, self._encoding = response, encoding

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for _, part in decoded(_parts_of(self._response), self._encoding):
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


def _parts_of(response: httpx2.Response) -> httpx2.AsyncByteStream:
    """Return the body as it is on the wire, in parts of at most 16 KiB."""
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    return response.stream


def _session(endpoint: str, context: ssl.SSLContext, most_connections: int) -> aiohttp.ClientSession:
    proxy, proxy_auth = _proxy_to(endpoint)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=most_connections, ssl=context),
        cookie_jar=aiohttp.DummyCookieJar(),
        proxy=proxy,
        proxy_auth=proxy_auth,
    )


def _proxy_to(endpoint: str) -> tuple[URL | None, aiohttp.BasicAuth | None]:
    try:
        return get_env_proxy_for_url(URL(endpoint))
    except LookupError:
        return None, None
