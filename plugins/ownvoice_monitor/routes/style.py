"""`/style`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.style import style_page
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_TRAININGS
from ownvoice_monitor.address import PageNumber, TrainingId, first_found
from ownvoice_monitor.rendering import Content, page

router = APIRouter(dependencies=[MAY_READ_TRAININGS])


@router.get("/style")
async def style(request: Request, run_id: TrainingId, number: PageNumber = 1) -> HTMLResponse:
    """Show the style report of one training, with the answers side by side."""
    missing = f"There is no style report of {run_id!r}. `ownvoice style --model RUN` makes one of a trained model."

    def query(lake: Lake) -> Content | None:
        return first_found(lambda one: style_page(lake, one, number), run_id)

    return await page(request, "style.html", query, missing)
