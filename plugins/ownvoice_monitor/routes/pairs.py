"""`/pairs`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.pair_search import PairFilter, Place
from ownvoice.pages.pairs import pairs_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import OptionalDate, OptionalNumber, OptionalRunId, Text
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/pairs")
async def pairs(
    request: Request,
    version: OptionalNumber = None,
    author_id: Text = "",
    article_id: Text = "",
    split: Text = "",
    run_id: OptionalRunId = "",
    text: Text = "",
    after_date: OptionalDate = None,
    after_article: Text = "",
    after_pair: Text = "",
) -> HTMLResponse:
    """Show pairs side by side."""
    wanted = PairFilter(author_id, article_id, split, run_id, text)
    after = Place(after_date, after_article, after_pair) if after_date else None
    return await page(request, "pairs.html", lambda lake: pairs_page(lake, version, wanted, after))
