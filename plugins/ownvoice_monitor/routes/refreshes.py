"""`/refreshes`, which is also the page that the navigation of Airflow opens."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.refreshes import refreshes_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/")
@router.get("/refreshes")
async def refreshes(request: Request, number: PageNumber = 1) -> HTMLResponse:
    """Show a row for each refresh."""
    return await page(request, "refreshes.html", lambda lake: refreshes_page(lake, number))
