"""The pages about chunks: those of one refresh, and one of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.chunks import ChunkFilter, chunk_page, chunks_page
from ownvoice.states import ChunkState
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.questions import Number, PageNumber, RunId, Text
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

    def found(lake: Lake) -> dict[str, Any] | None:
        shown = chunks_page(lake, run_id, wanted, number)
        return shown and shown | {"wanted": wanted, "filters": asdict(wanted), "states": list(ChunkState)}

    return await page(request, "chunks.html", found, f"The lake knows no refresh {run_id!r}.")


@router.get("/chunk")
async def chunk(request: Request, run_id: RunId, article_id: Text, chunk_index: Number) -> HTMLResponse:
    """Show one chunk with everything that was answered."""
    missing = f"The refresh {run_id!r} has committed no chunk {chunk_index} of article {article_id!r}."
    return await page(request, "chunk.html", lambda lake: chunk_page(lake, run_id, article_id, chunk_index), missing)
