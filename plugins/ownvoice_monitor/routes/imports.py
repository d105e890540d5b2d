"""`/imports`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.imports import imports_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/imports")
async def imports(request: Request) -> HTMLResponse:
    """Show what was imported of known preference sets."""
    return await page(request, "imports.html", imports_page)
