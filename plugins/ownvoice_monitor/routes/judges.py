"""`/judges`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.config.settings import load_settings
from ownvoice.pages.judges import judges_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/judges")
async def judges(request: Request, number: PageNumber = 1) -> HTMLResponse:
    """Show judges and people side by side."""
    return await page(request, "judges.html", lambda lake: judges_page(lake, load_settings().judges, number))
