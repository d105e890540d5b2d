"""`/takedown`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.takedown import takedown_page, takedowns_page
from ownvoice_monitor.access import MAY_READ_TAKEDOWNS
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_TAKEDOWNS])

TakedownId = Annotated[str | None, Query(pattern="^[0-9a-f]{16}$")]


@router.get("/takedown")
async def takedown(request: Request, takedown: TakedownId = None) -> HTMLResponse:
    """Show every takedown, or the record of one."""
    if takedown is None:
        return await page(request, "takedowns.html", takedowns_page)
    missing = f"The lake has no takedown {takedown}; one that waits for its approval has no record yet."
    return await page(request, "takedown.html", lambda lake: takedown_page(lake, takedown), missing)
