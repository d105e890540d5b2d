"""`/explore`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.explore import explore_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import OptionalNumber, PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/explore")
async def explore(
    request: Request, version: OptionalNumber = None, topic: OptionalNumber = None, number: PageNumber = 1
) -> HTMLResponse:
    """Show what a version is about."""
    missing = "The lake holds no such dataset version, or the version has no such topic."
    return await page(request, "explore.html", lambda lake: explore_page(lake, version, topic, number), missing)
