"""`/chunk`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.chunk import chunk_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import Number, RunId, Text
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/chunk")
async def chunk(request: Request, run_id: RunId, article_id: Text, chunk_index: Number) -> HTMLResponse:
    """Show one chunk with every answer."""
    missing = f"The refresh {run_id!r} has committed no chunk {chunk_index} of article {article_id!r}."
    return await page(request, "chunk.html", lambda lake: chunk_page(lake, run_id, article_id, chunk_index), missing)
