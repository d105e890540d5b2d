"""From the content of a page to its HTML: queried and rendered outside the threads of Airflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from ownvoice.reports.jinja import environment
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import lake
from ownvoice_monitor.queries import queries
from ownvoice_monitor.static_files import VEGA, static_address

T = TypeVar("T")

_TEMPLATES = Path(__file__).parent / "templates"
NAVIGATION = (
    ("refreshes", "Refreshes"),
    ("pairs", "Pairs"),
    ("versions", "Versions"),
    ("trainings", "Training runs"),
    ("judges", "Judges"),
    ("review", "Review"),
    ("feedback", "Feedback"),
    ("imports", "Imports"),
    ("takedown", "Takedowns"),
)

Content = Mapping[str, object]
"""What a template may use, by name: a `TypedDict` of `ownvoice.pages`."""
Query = Callable[[Lake], Content | None]


async def page(request: Request, template: str, query: Query, missing: str = "There is no such page.") -> HTMLResponse:
    """Query the lake and render what is found; where that is None, the page says `missing`, with status 404.

    Raises `StorageUnavailableError` where the lake has not answered in time.
    """

    def html(lake: Lake) -> str | None:
        found = query(lake)
        return None if found is None else render(request, template, found)

    return HTMLResponse(await asked(html, missing))


async def asked(query: Callable[[Lake], T | None], missing: str) -> T:
    """Return what `query` finds in the lake; the answer has status 404 and says `missing` where that is None."""
    found = await queries().answer(lambda: query(lake()))
    if found is None:
        raise HTTPException(404, missing)
    return found


def error_page(request: Request, status: int, sentence: str) -> HTMLResponse:
    """Return a page that says what is wrong, in the same frame as all others."""
    template = "login.html" if status == 401 else "error.html"
    return HTMLResponse(render(request, template, {"status": status, "sentence": sentence}), status)


def render(request: Request, template: str, found: Content) -> str:
    """Render one template; besides `found`, every template knows its own address and how to link to others."""
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
    """Write `value` as JSON that is safe inside a script element, whatever texts it holds."""
    text = json.dumps(value, default=str)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
