"""`/feedback`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.feedback import feedback_page, feedback_rounds_page
from ownvoice_monitor.access import MAY_READ_FEEDBACK
from ownvoice_monitor.address import OptionalNumber, PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_FEEDBACK])


@router.get("/feedback")
async def feedback(request: Request, round: OptionalNumber = None, number: PageNumber = 1) -> HTMLResponse:
    """Show the rounds, or one of them with result page `number` of its rows."""
    if round is None:
        return await page(request, "feedback_rounds.html", feedback_rounds_page)
    missing = f"The lake has no round of feedback {round}."
    return await page(request, "feedback.html", lambda lake: feedback_page(lake, round, number), missing)
