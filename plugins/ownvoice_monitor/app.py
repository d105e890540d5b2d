"""The app: its routes, the headers of every answer, and how a fault is shown."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from importlib import import_module
from pkgutil import iter_modules

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from ownvoice.errors import OwnvoiceError, StorageUnavailableError
from ownvoice_monitor import routes, static_files
from ownvoice_monitor.access import RefusedError
from ownvoice_monitor.rendering import error_page

_log = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_SENTENCES = {
    401: "You are not logged in to Airflow, or your login has ended.",
    403: "Your Airflow role may not read this DAG, and so not its pages either.",
    404: "There is no such page.",
}


def make_app() -> FastAPI:
    """Return the app, with every route of `routes`. It has no pages about its API, which would be open to anyone."""
    app = FastAPI(title="Ownvoice", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_with_headers)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _bad_address)
    app.add_exception_handler(OwnvoiceError, _fault)
    app.add_exception_handler(Exception, _bug)
    app.include_router(static_files.router)
    for route in iter_modules(routes.__path__, f"{routes.__name__}."):
        app.include_router(import_module(route.name).router)
    return app


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _told(request: Request, status: int, sentence: str) -> Response:
    """Say what is wrong: to a script as JSON, to a person as a page."""
    if request.method == "POST" or request.headers.get("Accept") == "application/json":
        return JSONResponse({"sentence": sentence}, status)
    return error_page(request, status, sentence)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    # Our own sentences come as the detail; those of FastAPI and Airflow are for programs.
    is_ours = isinstance(error, RefusedError) or (type(error) is HTTPException and error.status_code == 404)
    sentence = str(error.detail) if is_ours else _SENTENCES.get(error.status_code, "This cannot be answered.")
    return _told(request, error.status_code, sentence)


async def _bad_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    names = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors()}))
    return _told(request, 422, f"The address of this page is not right: {names} is missing or out of range.")


async def _fault(request: Request, error: Exception) -> Response:
    status = 503 if isinstance(error, StorageUnavailableError) else 500
    return _told(request, status, str(error))


async def _bug(request: Request, error: Exception) -> Response:
    _log.error("the page %s failed", request.url.path, exc_info=error)
    return _told(request, 500, "This page failed. The log of Airflow's API server says where.")
