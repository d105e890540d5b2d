"""From what a query found to a page: Jinja2 with autoescape, in a thread, within a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio
from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from ownvoice.errors import StorageUnavailableError
from ownvoice.reports.jinja import environment
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import lake
from ownvoice_monitor.static_files import VEGA, static_address

_TIMEOUT_S = 30
_TEMPLATES = Path(__file__).parent / "templates"
NAVIGATION = (("refreshes", "Refreshes"), ("pairs", "Pairs"), ("versions", "Versions"), ("trainings", "Training runs"))

Query = Callable[[Lake], Mapping[str, Any] | None]


async def page(request: Request, template: str, query: Query, missing: str = "There is no such page.") -> HTMLResponse:
    """Ask the lake and render what it says; where `query` returns None the page says `missing`, with status 404.

    Raises `StorageUnavailableError` where the lake has not answered in time: nobody waits for a store's own retries.
    """

    def answer() -> str | None:
        found = query(lake())
        return None if found is None else render(request, template, found)

    try:
        with anyio.fail_after(_TIMEOUT_S):
            html = await anyio.to_thread.run_sync(answer, abandon_on_cancel=True)
    except TimeoutError:
        raise StorageUnavailableError(
            f"The lake has not answered within {_TIMEOUT_S} s. Check endpoint and network, then load this again."
        ) from None
    if html is None:
        raise HTTPException(404, missing)
    return HTMLResponse(html)


def error_page(request: Request, status: int, sentence: str) -> HTMLResponse:
    """Return a page that says what is wrong, in the same frame as all others."""
    template = "login.html" if status == 401 else "error.html"
    return HTMLResponse(render(request, template, {"status": status, "sentence": sentence}), status)


def render(request: Request, template: str, found: Mapping[str, Any]) -> str:
    """Render one template; every page knows where it stands and how to link to the others."""
    root = request.scope.get("root_path", "")
    return (
        _environment()
        .get_template(template)
        .render(
            **found,
            here=request.url.path.removeprefix(root),
            query=dict(request.query_params),
            link=lambda path, **query: _link(root, path, query),
            airflow=root.rsplit("/", 1)[0],
            static=lambda name: root + static_address(name),
            vega=VEGA,
            navigation=NAVIGATION,
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = environment(FileSystemLoader(_TEMPLATES))
    made.filters["json_script"] = _json_script
    return made


def _link(root: str, path: str, query: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{root}/{path}" + (f"?{urlencode(kept)}" if kept else "")


def _json_script(value: Any) -> Markup:
    """Write `value` as JSON that may stand inside a script element, whatever texts it holds."""
    text = json.dumps(value, default=str)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
