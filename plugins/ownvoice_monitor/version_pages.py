"""The pages about dataset versions: all of them, and one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ownvoice.pages.versions import version_page, versions_page
from ownvoice.reports.charts.audits import audit_specs
from ownvoice.storage.lake import Lake
from ownvoice_monitor.access import MAY_READ_REFRESHES
from ownvoice_monitor.questions import Number, PageNumber
from ownvoice_monitor.rendering import page

router = APIRouter(dependencies=[MAY_READ_REFRESHES])


@router.get("/versions")
async def versions(request: Request, number: PageNumber = 1) -> HTMLResponse:
    """Show a row for each version."""
    return await page(request, "versions.html", lambda lake: versions_page(lake, number))


@router.get("/version")
async def version(request: Request, number: Number) -> HTMLResponse:
    """Show one version."""

    def found(lake: Lake) -> dict[str, Any] | None:
        shown = version_page(lake, number)
        return shown and shown | {"charts": audit_specs(shown["audits"])}

    return await page(request, "version.html", found, f"The lake holds no dataset version {number}.")
