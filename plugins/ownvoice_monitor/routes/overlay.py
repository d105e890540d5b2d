"""`/overlay`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.training import overlay_page
from ownvoice_monitor.access import MAY_READ_TRAININGS
from ownvoice_monitor.address import TrainingId
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_TRAININGS])

_TrainingIds = Annotated[list[TrainingId], Query(min_length=1, max_length=8)]


@router.get("/overlay")
async def overlay(request: Request, run_id: _TrainingIds) -> HTMLResponse:
    """Lay the curves of training runs over each other."""
    missing = "The lake does not know all of these training runs: " + ", ".join(map(repr, run_id))
    return await page(request, "overlay.html", lambda lake: overlay_page(lake, run_id), missing)
