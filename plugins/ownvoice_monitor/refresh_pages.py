"""The pages about refreshes: all of them, and one."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ownvoice.lake import Lake
from ownvoice.monitoring.refreshes import refreshes_page
from ownvoice.monitoring.trends import trend_charts
from ownvoice_monitor.access import MAY_READ_REFRESHES, MAY_READ_THE_DAG_IN_THE_ADDRESS
from ownvoice_monitor.rendering import page

_PAGE_OF_A_RUN = {"refresh_preferences": "refresh"}

router = APIRouter()


@router.get("/", dependencies=[MAY_READ_REFRESHES])
@router.get("/refreshes", dependencies=[MAY_READ_REFRESHES])
async def refreshes(request: Request, number: Annotated[int, Query(ge=1, le=100_000)] = 1) -> HTMLResponse:
    """Show a row for each night."""

    def found(lake: Lake) -> dict[str, Any]:
        shown = refreshes_page(lake, number)
        return shown | {"charts": trend_charts(shown["trend"])}

    return await page(request, "refreshes.html", found)


@router.get("/run", dependencies=[MAY_READ_THE_DAG_IN_THE_ADDRESS])
async def run(request: Request, dag_id: str, run_id: str) -> RedirectResponse:
    """Lead the tab of a DAG run to the page of that run."""
    if dag_id not in _PAGE_OF_A_RUN:
        raise HTTPException(404, "Ownvoice shows the runs of refresh_preferences and train_dpo; this is another DAG.")
    return RedirectResponse(f"{request.scope['root_path']}/{_PAGE_OF_A_RUN[dag_id]}?{urlencode({'run_id': run_id})}")
