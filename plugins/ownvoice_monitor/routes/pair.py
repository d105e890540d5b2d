"""`/pair`."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.pair import pair_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.address import Number, Text
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/pair")
async def pair(
    request: Request, version: Number, date: dt.date, pair_id: Text, whole_article: bool = False
) -> HTMLResponse:
    """Show one pair, and its place in the original article."""
    missing = f"Version {version} of the dataset holds no such pair."
    return await page(
        request, "pair.html", lambda lake: pair_page(lake, version, date, pair_id, whole_article=whole_article), missing
    )
