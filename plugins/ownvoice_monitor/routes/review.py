"""`/review`: the page of a reviewer, and what its script asks for and sends."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field, ValidationError

from ownvoice.pages.review import ShownItem, next_items, review_page, rounds_page, shown_item
from ownvoice.pages.review_answer import CHOICES, SentAnswer, record_answer, why_no_answer
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import RefusedError, everyone_is_one_user, reviewer
from ownvoice_monitor.address import OptionalRunId, RunId, Text
from ownvoice_monitor.rendering import asked, page, render
from ownvoice_monitor.same_origin import bounded_body, own_page

Reviewer = Annotated[str, Depends(reviewer)]
_Held = Annotated[list[Annotated[str, Field(max_length=500)]], Query(max_length=200, default_factory=list)]

router = APIRouter()


@router.get("/review")
async def review(request: Request, who: Reviewer, round: OptionalRunId = "", item: Text = "") -> HTMLResponse:
    """Show the rounds, or one of them at what its reviewer answers next."""
    if not round:
        return await page(request, "review_rounds.html", rounds_page)
    more = {"is_shared": everyone_is_one_user(), "choices": CHOICES}

    def found(lake: Lake) -> dict[str, object] | None:
        content = review_page(lake, round, who, item)
        return content and {**content, **more}

    return await page(request, "review.html", found, _no_such(round))


@router.get("/review/items")
async def items(request: Request, who: Reviewer, round: RunId, held: _Held) -> JSONResponse:
    """Return what comes next, but for the items that the browser holds."""

    def found(lake: Lake) -> dict[str, Any] | None:
        content = next_items(lake, round, who, held)
        return content and {
            "items": [_as_json(request, one) for one in content["items"]],
            "progress": render(request, "review_progress.html", {"progress": content["progress"]}),
        }

    return JSONResponse(await asked(found, _no_such(round)))


@router.get("/review/item")
async def one_item(request: Request, who: Reviewer, round: RunId, item: Text) -> JSONResponse:
    """Return one item, answered or not."""

    def found(lake: Lake) -> dict[str, Any] | None:
        shown = shown_item(lake, round, who, item)
        return _as_json(request, shown) if shown else None

    return JSONResponse(await asked(found, _no_such(round)))


@router.post("/review/answers", dependencies=[Depends(own_page)])
async def answers(request: Request, who: Reviewer) -> JSONResponse:
    """Record an answer of who is logged in; one that was recorded before is told so again."""
    try:
        sent = SentAnswer.model_validate_json(await bounded_body(request))
        if sent.reviewer != who:
            raise RefusedError(409, f"This page is {sent.reviewer}'s, and {who} is logged in now. Load the page again.")
        return JSONResponse(await asked(lambda lake: _receipt(request, lake, sent), _no_such(sent.round)))
    except ValidationError as error:
        raise RefusedError(422, why_no_answer(error)) from None


def _receipt(request: Request, lake: Lake, sent: SentAnswer) -> dict[str, Any] | None:
    receipt = record_answer(lake, sent, dt.datetime.now(dt.UTC))
    if receipt is None:
        return None
    told = {"recorded": receipt.recorded, "closed": receipt.is_late, "sentence": receipt.sentence}
    return told | _as_json(request, receipt.item)


def _as_json(request: Request, item: ShownItem) -> dict[str, Any]:
    return {"item_id": item.item_id, "html": render(request, "review_item.html", {"item": item, "choices": CHOICES})}


def _no_such(round_name: str) -> str:
    return f"The lake has no round of review {round_name!r}, or that round no such pair."
