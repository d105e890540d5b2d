"""`/refresh`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.refresh import RefreshPage, UnreportedPage, refresh_page
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import RunId, spellings
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/refresh")
async def refresh(request: Request, run_id: RunId) -> HTMLResponse:
    """Show one refresh, from articles to pairs."""
    missing = f"The lake knows no refresh {run_id!r}."

    def query(lake: Lake) -> RefreshPage | UnreportedPage | None:
        pages = (refresh_page(lake, one) for one in spellings(run_id))
        return next((found for found in pages if found is not None), None)

    return await page(request, "refresh.html", query, missing)
