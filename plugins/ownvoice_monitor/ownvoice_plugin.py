"""What Airflow loads: an app under /ownvoice, an entry in the navigation, and a tab of each run."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

PREFIX = "/ownvoice"
_BASE = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/") + PREFIX


class OwnvoiceMonitorPlugin(AirflowPlugin):
    """Every process of Airflow loads this class; only the API server asks for the app, and so imports FastAPI."""

    name = "ownvoice_monitor"
    external_views = [  # noqa: RUF012 - Airflow declares it so
        {
            "name": "Ownvoice",
            "href": f"{_BASE}/refreshes",
            "icon": f"{_BASE}/static/icon-light.svg",
            "icon_dark_mode": f"{_BASE}/static/icon-dark.svg",
            "destination": "nav",
            "url_route": "ownvoice",
        },
        {
            "name": "Ownvoice",
            "href": f"{_BASE}/run?dag_id={{DAG_ID}}&run_id={{RUN_ID}}",
            "icon": f"{_BASE}/static/icon-light.svg",
            "icon_dark_mode": f"{_BASE}/static/icon-dark.svg",
            "destination": "dag_run",
            "url_route": "ownvoice-run",
        },
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a list that is made when it is asked for
        """The app of the pages."""
        from ownvoice_monitor.app import make_app

        return [{"app": make_app(), "url_prefix": PREFIX, "name": "Ownvoice"}]
