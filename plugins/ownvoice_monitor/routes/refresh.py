"""`/refresh`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.refresh import refresh_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import RunId
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/refresh")
async def refresh(request: Request, run_id: RunId) -> HTMLResponse:
    """Show one refresh, from articles to pairs."""
    missing = f"The lake knows no refresh {run_id!r}."
    return await page(request, "refresh.html", lambda lake: refresh_page(lake, run_id), missing)
