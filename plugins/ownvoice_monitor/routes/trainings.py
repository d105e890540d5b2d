"""`/trainings`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.trainings import trainings_page
from ownvoice_monitor.access import MAY_READ_TRAININGS
from ownvoice_monitor.address import PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_TRAININGS])


@router.get("/trainings")
async def trainings(request: Request, number: PageNumber = 1) -> HTMLResponse:
    """Show a row for each training run."""
    return await page(request, "trainings.html", lambda lake: trainings_page(lake, number))
