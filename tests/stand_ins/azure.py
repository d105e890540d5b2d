"""Azure OpenAI in front of the stand-in model server: its addresses, its key header and its words for errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import aiohttp
from aiohttp import web

from ownvoice.offline_model.server import serving

API_VERSION = "2024-10-21"


class AzureFront:
    """Takes requests as an Azure resource does and hands them on to a server that speaks OpenAI's API.

    deployments: the names that it knows; any other is 404
    paths: of every request, in the order of arrival
    headers: of every request, their names in small letters
    """

    def __init__(self, behind: str, *deployments: str, api_key: str) -> None:
        self.base_url = ""
        self.deployments = deployments
        self.api_key = api_key
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._behind = behind

    def app(self) -> web.Application:
        """Return the web application."""
        app = web.Application(client_max_size=256 << 20)
        app.add_routes([web.route("*", "/openai/{rest:.*}", self._take)])
        return app

    async def _take(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if request.query.get("api-version") != API_VERSION:
            return _error(404, "404", "Resource not found")
        if request.headers.get("api-key") != self.api_key or "Authorization" in request.headers:
            return _error(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.")
        rest = request.match_info["rest"]
        if rest.startswith("deployments/"):
            _, deployment, rest = rest.split("/", 2)
            if deployment not in self.deployments:
                return _error(404, "DeploymentNotFound", "The API deployment for this resource does not exist.")
        return await self._hand_on(request, rest)

    async def _hand_on(self, request: web.Request, rest: str) -> web.Response:
        kept = {name: value for name, value in request.headers.items() if name.lower() == "content-type"}
        query = {name: value for name, value in request.query.items() if name != "api-version"}
        async with aiohttp.ClientSession() as session:
            sent = session.request(
                request.method,
                f"{self._behind}/{rest}",
                params=query,
                data=await request.read(),
                headers=kept | {"Authorization": "Bearer behind"},
            )
            async with sent as answer:
                return web.Response(
                    status=answer.status, body=await answer.read(), content_type=answer.content_type or "text/plain"
                )


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


@contextlib.contextmanager
def running_azure(behind: str, *deployments: str, api_key: str) -> Iterator[AzureFront]:
    """Run the front in a thread of this process, for as long as the block lasts."""
    azure = AzureFront(behind, *deployments, api_key=api_key)
    with serving(azure.app()) as address:
        azure.base_url = address
        yield azure
