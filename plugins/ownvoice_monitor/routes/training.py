"""`/training`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.training import training_page, variants_page
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_TRAININGS
from ownvoice_monitor.address import TrainingId, first_found
from ownvoice_monitor.rendering import Content, page

router = APIRouter(dependencies=[MAY_READ_TRAININGS])


@router.get("/training")
async def training(request: Request, run_id: TrainingId) -> HTMLResponse:
    """Show one training run with its curves; of a run with several recipes, all of them."""
    missing = f"The lake knows no training run {run_id!r}. It is here once resolve_dataset has planned it."

    def query(lake: Lake) -> Content | None:
        return first_found(lambda one: variants_page(lake, one) or training_page(lake, one), run_id)

    return await page(request, "training.html", query, missing)
