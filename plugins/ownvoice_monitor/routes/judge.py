"""`/judge`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.judge import judge_page
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])

JudgeId = Annotated[str, Query(pattern="^[0-9a-f]{12}$")]


@router.get("/judge")
async def judge(request: Request, judge_id: JudgeId) -> HTMLResponse:
    """Show how one judge came through its controls."""
    missing = (
        f"The judge {judge_id} was never qualified. `ownvoice judges qualify` measures the judges of the settings."
    )
    return await page(request, "judge.html", lambda lake: judge_page(lake, judge_id), missing)
