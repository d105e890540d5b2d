"""The pages about pairs: a version's, and one of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.pair import pair_page
from ownvoice.pages.pairs import PairFilter, Place, pair_row, pairs_page
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.questions import Number, OptionalDate, OptionalNumber, Text
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/pairs")
async def pairs(
    request: Request,
    version: OptionalNumber = None,
    author_id: Text = "",
    article_id: Text = "",
    split: Text = "",
    run_id: Annotated[str, Query(max_length=250, pattern="^$|[A-Za-z0-9_]")] = "",
    text: Text = "",
    after_date: OptionalDate = None,
    after_article: Text = "",
    after_pair: Text = "",
) -> HTMLResponse:
    """Show pairs side by side."""
    wanted = PairFilter(author_id, article_id, split, run_id, text)
    after = Place(after_date, after_article, after_pair) if after_date else None

    def found(lake: Lake) -> dict[str, Any]:
        shown = pairs_page(lake, version, wanted, after)
        asked = {name: value for name, value in request.query_params.items() if not name.startswith("after_")}
        return (shown or {"version": None}) | {
            "wanted": wanted,
            "blank": PairFilter(),
            "number": version,
            "is_first": after is None,
            "first_query": asked,
        }

    return await page(request, "pairs.html", found)


@router.get("/pair")
async def pair(
    request: Request, version: Number, date: dt.date, pair_id: Text, whole_article: bool = False
) -> HTMLResponse:
    """Show one pair, and its place in the original article."""

    def found(lake: Lake) -> dict[str, Any] | None:
        row = pair_row(lake, version, date, pair_id)
        return row and pair_page(lake, row, whole_article=whole_article) | {"version": version}

    return await page(request, "pair.html", found, f"Version {version} of the dataset holds no such pair.")
