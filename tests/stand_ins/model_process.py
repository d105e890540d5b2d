"""The stand-in model server in a process of its own, so that its work does not slow the client that is judged.

Its totals are read by `GET /totals`; `POST /reset` gives it another behaviour and empty records.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web

from stand_ins.model_behaviour import Behaviour
from stand_ins.model_server import ModelServer
from stand_ins.places import TESTS


@dataclass(frozen=True)
class ModelProcess:
    """A server that runs in a process of its own, at `base_url`."""

    base_url: str

    def totals(self) -> dict[str, Any]:
        """Return the fields of its `Totals`."""
        with urllib.request.urlopen(self.base_url.replace("/v1", "/totals")) as answer:
            return dict(json.load(answer))

    def reset(self, behaviour: Behaviour) -> None:
        """Let it behave like this from now on, with empty records."""
        data = json.dumps(asdict(behaviour)).encode()
        request = urllib.request.Request(self.base_url.replace("/v1", "/reset"), data, method="POST")
        urllib.request.urlopen(request).close()


@contextlib.contextmanager
def running_model_process(behaviour: Behaviour) -> Iterator[ModelProcess]:
    """Run the server for as long as the block lasts."""
    command = [sys.executable, "-m", "stand_ins.model_process"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS)
    assert process.stdout is not None
    try:
        model = ModelProcess(process.stdout.readline().strip())
        model.reset(behaviour)
        yield model
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def _serve() -> None:
    """Serve on a free port of 127.0.0.1, and print its address first."""
    model = ModelServer()

    async def totals(_: web.Request) -> web.Response:
        return web.json_response(vars(model.totals))

    async def reset(request: web.Request) -> web.Response:
        model.reset(Behaviour(**await request.json()))
        return web.Response()

    app = model.app()
    app.add_routes([web.get("/totals", totals), web.post("/reset", reset)])
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/v1", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
