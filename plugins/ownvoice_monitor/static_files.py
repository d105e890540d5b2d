"""Style sheet, scripts and icons; the charting library comes out of vl-convert, so that no copy of it is kept here."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from airflow.api_fastapi.core_api.security import requires_authenticated
from fastapi import APIRouter, Depends, HTTPException, Response

FOLDER = Path(__file__).parent / "static"
VEGA = f"vega-{version('vl-convert-python')}.js"

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {path.name: path for path in FOLDER.iterdir() if path.suffix in _TYPES}
_FOR_A_YEAR = {"Cache-Control": "private, max-age=31536000, immutable"}

router = APIRouter(prefix="/static", dependencies=[Depends(requires_authenticated())])


@router.get("/{name}")
def static_file(name: str) -> Response:
    """Serve one of the few files there are; a name is looked up, and never made into a path."""
    if name == VEGA:
        return Response(vega_bundle(), media_type="text/javascript", headers=_FOR_A_YEAR)
    if name not in _FILES:
        raise HTTPException(404, "There is no such file.")
    path = _FILES[name]
    return Response(path.read_bytes(), media_type=_TYPES[path.suffix], headers=_FOR_A_YEAR)


@lru_cache(maxsize=1)
def vega_bundle() -> str:
    """Return Vega, Vega-Lite and vega-embed as one script that sets `window.vegaEmbed`; it takes a second to make."""
    import vl_convert

    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")


@lru_cache
def static_address(name: str) -> str:
    """Return the address of a file below the app, with a mark of its content, so that it may be kept for a year."""
    if name == VEGA:
        return f"/static/{name}"
    return f"/static/{name}?{hashlib.sha256(_FILES[name].read_bytes()).hexdigest()[:8]}"
