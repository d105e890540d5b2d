"""`/training`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.training import training_page, variants_page
from ownvoice_monitor.access import MAY_READ_TRAININGS
from ownvoice_monitor.address import TrainingId
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_TRAININGS])


@router.get("/training")
async def training(request: Request, run_id: TrainingId) -> HTMLResponse:
    """Show one training run with its curves; of a run with several recipes, all of them."""
    missing = f"The lake knows no training run {run_id!r}. It is here once resolve_dataset has planned it."
    return await page(
        request, "training.html", lambda lake: variants_page(lake, run_id) or training_page(lake, run_id), missing
    )
