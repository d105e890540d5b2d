"""`/refresh`."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.refresh import refresh_page
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import RunId, first_found
from ownvoice_monitor.rendering import Content, page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/refresh")
async def refresh(request: Request, run_id: RunId) -> HTMLResponse:
    """Show one refresh, from articles to pairs."""
    missing = f"The lake knows no refresh {run_id!r}."

    def query(lake: Lake) -> Content | None:
        return first_found(partial(refresh_page, lake), run_id)

    return await page(request, "refresh.html", query, missing)
