"""`/version`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.version import version_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import Number
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/version")
async def version(request: Request, number: Number) -> HTMLResponse:
    """Show one version."""
    missing = f"The lake holds no dataset version {number}."
    return await page(request, "version.html", lambda lake: version_page(lake, number), missing)
