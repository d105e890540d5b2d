"""`/run`, the tab of a DAG run: it leads to the page of that run."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse

from ownvoice_monitor.access import MAY_READ_THE_DAG_IN_THE_ADDRESS
from ownvoice_monitor.address import RunId, Text

# The page of each DAG's runs, and what it calls the run.
_PAGE_OF_DAG = {
    "refresh_preferences": ("refresh", "run_id"),
    "train_dpo": ("training", "run_id"),
    "review_pairs": ("review", "round"),
}

router = APIRouter(dependencies=[MAY_READ_THE_DAG_IN_THE_ADDRESS])


@router.get("/run")
async def run(request: Request, dag_id: Text, run_id: RunId) -> RedirectResponse:
    """Redirect to the page of a run."""
    if dag_id not in _PAGE_OF_DAG:
        raise HTTPException(404, f"Ownvoice shows the runs of {', '.join(_PAGE_OF_DAG)}; this is another DAG.")
    page, name = _PAGE_OF_DAG[dag_id]
    query = urlencode({name: f"{dag_id}/{run_id}"})  # as `lake_run_id` of the tasks makes it
    return RedirectResponse(f"{request.scope['root_path']}/{page}?{query}")
