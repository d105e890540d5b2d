"""The pages about training runs: all of them, one, and several laid over each other."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from ownvoice.pages.training import overlay_page, training_page, variants_page
from ownvoice.pages.trainings import trainings_page
from ownvoice_monitor.access import MAY_READ_TRAININGS
from ownvoice_monitor.questions import PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_TRAININGS])

_RunId = Annotated[str, Field(max_length=255)]  # Airflow allows 250, and a file system a few more
_RunIds = Annotated[list[_RunId], Query(min_length=1, max_length=8)]


@router.get("/trainings")
async def trainings(request: Request, number: PageNumber = 1) -> HTMLResponse:
    """Show a row for each training run."""
    return await page(request, "trainings.html", lambda lake: trainings_page(lake, number))


@router.get("/training")
async def training(request: Request, run_id: _RunId) -> HTMLResponse:
    """Show one training run with its curves; of a run with several recipes, all of them."""
    missing = f"The lake knows no training run {run_id!r}. It is here once resolve_dataset has planned it."
    return await page(
        request, "training.html", lambda lake: variants_page(lake, run_id) or training_page(lake, run_id), missing
    )


@router.get("/overlay")
async def overlay(request: Request, run_id: _RunIds) -> HTMLResponse:
    """Lay training runs over each other."""
    missing = "The lake does not know all of these training runs: " + ", ".join(map(repr, run_id))
    return await page(request, "overlay.html", lambda lake: overlay_page(lake, run_id), missing)
