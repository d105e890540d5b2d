"""The pages about refreshes: all of them, and one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from ownvoice.pages.refresh import refresh_page
from ownvoice.pages.refreshes import refreshes_page
from ownvoice.reports.charts.batches import batch_chart, fault_chart
from ownvoice.reports.charts.trends import trend_charts
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_REFRESHES, MAY_READ_THE_DAG_IN_THE_ADDRESS
from ownvoice_monitor.questions import PageNumber, RunId, Text
from ownvoice_monitor.rendering import page

_PAGE_OF_A_RUN = {"refresh_preferences": "refresh", "train_dpo": "training"}

router = APIRouter()


@router.get("/", dependencies=[MAY_READ_REFRESHES])
@router.get("/refreshes", dependencies=[MAY_READ_REFRESHES])
async def refreshes(request: Request, number: PageNumber = 1) -> HTMLResponse:
    """Show a row for each night."""

    def found(lake: Lake) -> dict[str, Any]:
        shown = refreshes_page(lake, number)
        return shown | {"charts": trend_charts(shown["trend"])}

    return await page(request, "refreshes.html", found)


@router.get("/refresh", dependencies=[MAY_READ_REFRESHES])
async def refresh(request: Request, run_id: RunId) -> HTMLResponse:
    """Show one night, from articles to pairs."""

    def found(lake: Lake) -> dict[str, Any] | None:
        shown = refresh_page(lake, run_id)
        if shown is None or shown["report"] is None:
            return shown
        charts = {"batch_chart": batch_chart(shown["batches"]), "fault_chart": fault_chart(shown["faults_over_time"])}
        return shown | charts

    return await page(request, "refresh.html", found, f"The lake knows no refresh {run_id!r}.")


@router.get("/run", dependencies=[MAY_READ_THE_DAG_IN_THE_ADDRESS])
async def run(request: Request, dag_id: Text, run_id: RunId) -> RedirectResponse:
    """Lead the tab of a DAG run to the page of that run."""
    if dag_id not in _PAGE_OF_A_RUN:
        raise HTTPException(404, "Ownvoice shows the runs of refresh_preferences and train_dpo; this is another DAG.")
    return RedirectResponse(f"{request.scope['root_path']}/{_PAGE_OF_A_RUN[dag_id]}?{urlencode({'run_id': run_id})}")
