"""`/chunks`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.chunks import ChunkFilter, chunks_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import PageNumber, RunId, Text
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/chunks")
async def chunks(
    request: Request,
    run_id: RunId,
    state: Text = "",
    error: Text = "",
    article_id: Text = "",
    batch: Text = "",
    reason: Text = "",
    number: PageNumber = 1,
) -> HTMLResponse:
    """Show the chunks of a refresh, and what each met."""
    wanted = ChunkFilter(state, error, article_id, batch, reason)
    missing = f"The lake knows no refresh {run_id!r}."
    return await page(request, "chunks.html", lambda lake: chunks_page(lake, run_id, wanted, number), missing)
