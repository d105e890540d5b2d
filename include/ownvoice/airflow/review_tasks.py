"""The tasks of a round of review, and its trigger form; what people do in between is on the page /ownvoice/review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from airflow.sdk import Param
from airflow.sdk.configuration import conf
from pydantic import ValidationError

from ownvoice.airflow.connections import open_lake
from ownvoice.airflow.params import field_param, refuse_unknown
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.config.problems import settings_error
from ownvoice.config.round_request import RoundRequest
from ownvoice.config.settings import load_settings


def review_form() -> dict[str, Param]:
    """Return the params of a round by name."""
    return {
        name: field_param(RoundRequest, name, value, "This round")
        for name, value in RoundRequest().model_dump(mode="json").items()
    }


def read_review_form(params: Mapping[str, Any]) -> RoundRequest:
    """Return what a form asks for. Raises `SettingsError` for unknown names and for values that are out of range."""
    refuse_unknown(params, RoundRequest.model_fields)
    filled = {name: value for name, value in params.items() if value is not None}  # null: a field that was emptied
    try:
        return RoundRequest.model_validate(filled)
    except ValidationError as error:
        raise settings_error(error) from None


def draw_sample(params: dict[str, Any], dag_run: Any) -> dict[str, Any]:
    """Draw the items of the round that bears the run's name; return what the person who approves it is told."""
    from ownvoice.reports.text.review import round_lines
    from ownvoice.reviewing.disputed import disputed_pairs
    from ownvoice.reviewing.draw import draw_round

    lake, asked = open_lake(), read_review_form(dict(params))
    drawn = draw_round(lake, lake_run_id(dag_run), asked, disputed_pairs(lake, load_settings().judges))
    print("\n".join(round_lines(drawn)))
    return {
        "page": page_address(f"review?{urlencode({'round': drawn.round})}"),
        "items": drawn.items,
        "version": drawn.dataset_version,
        "guideline": drawn.guideline_version,
        "notes": list(drawn.notes),
    }


def fold_round(dag_run: Any, ti: Any) -> dict[str, int]:
    """Close the round and write down what follows for its pairs; return how many pairs each decision has.

    The next refresh takes the decisions into its version.
    """
    from ownvoice.reports.text.review import folded_lines
    from ownvoice.reviewing.fold import fold_round as step

    folded = step(open_lake(), lake_run_id(dag_run), answered_by(ti))
    print("\n".join(folded_lines(folded)))
    return folded.counts


def close_round(dag_run: Any, ti: Any) -> str:
    """Close a round that was rejected, so that it takes no more answers; return how the round ended."""
    from ownvoice.reviewing.sample import Closed
    from ownvoice.reviewing.sample import close_round as step

    rejected = Closed(how="rejected", by=answered_by(ti), at=dt.datetime.now(dt.UTC))
    ended = step(open_lake(), lake_run_id(dag_run), rejected).closed
    assert ended is not None, "it was closed just now, or before"
    return ended.how


def answered_by(ti: Any, approval: str = "approve_round") -> str:
    """Return the name of the person who answered an approval; empty where Airflow does not say, as of who rejects."""
    answer = ti.xcom_pull(task_ids=approval) or {}
    person = answer.get("responded_by_user") or {}
    return str(person.get("name") or person.get("id") or "")


def page_address(path: str) -> str:
    """Return the address of a page of Ownvoice, below wherever Airflow's UI lies."""
    root = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
    return f"{root}/ownvoice/{path}"
