"""`/versions`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.versions import versions_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/versions")
async def versions(request: Request, number: PageNumber = 1) -> HTMLResponse:
    """Show a row for each version."""
    return await page(request, "versions.html", lambda lake: versions_page(lake, number))
