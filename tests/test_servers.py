"""The connections and settings on docs/servers.md are such as Airflow and Ownvoice take."""

from __future__ import annotations

import re

import pytest

from ownvoice.airflow.connections import model_access
from ownvoice.config.settings import load_settings
from stand_ins.places import REPOSITORY

PAGE = (REPOSITORY / "docs" / "servers.md").read_text()
CONNECTIONS = re.findall(r"AIRFLOW_CONN_LLM_API='(.*)'", PAGE)
BASE_URLS = re.findall(r"^\| .*? \| `(https?://\S+?)` \|", PAGE, re.MULTILINE)
SETTINGS = [dict(re.findall(r"(OWNVOICE_\w+)=(\S+)", line)) for line in PAGE.splitlines() if " OWNVOICE_" in f" {line}"]


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_each_connection_leads_to_the_base_url_of_its_server(connection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LLM_API", connection)
    access = model_access()
    assert access.endpoint in BASE_URLS
    assert access.api_key


def test_every_server_of_the_table_has_a_connection() -> None:
    hosts = {re.search(r'"host": "(.*?)"', connection)[1] for connection in CONNECTIONS}  # type: ignore[index]
    assert hosts == set(BASE_URLS)


@pytest.mark.parametrize("settings", filter(None, SETTINGS), ids=str)
def test_each_line_of_settings_is_taken(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value.strip("'"))
    load_settings()
