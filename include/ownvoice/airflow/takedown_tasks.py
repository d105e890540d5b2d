"""The tasks of a takedown, and its trigger form; what was done is read on the page /ownvoice/takedown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow.sdk import Param
from pydantic import ValidationError

from ownvoice.airflow.connections import hub_token, open_lake, open_source
from ownvoice.airflow.params import field_param, refuse_unknown
from ownvoice.airflow.review_tasks import answered_by, page_address
from ownvoice.config.problems import settings_error
from ownvoice.config.settings import load_settings
from ownvoice.config.takedown_form import TakedownForm
from ownvoice.errors import SettingsError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from ownvoice.takedown.steps import Asked

_LINES_SHOWN = 60  # of a plan, in the question that a person answers


def takedown_form() -> dict[str, Param]:
    """Return the params of a takedown by name."""
    return {
        name: field_param(TakedownForm, name, value, "This takedown")
        for name, value in TakedownForm().model_dump(mode="json").items()
    }


def plan_takedown(params: dict[str, Any]) -> dict[str, Any]:
    """Return what the takedown would take, for the person who approves it; nothing is changed."""
    from ownvoice.takedown.plan import plan_lines
    from ownvoice.takedown.plan import plan_takedown as step

    plan = step(open_lake(), _asked(params, ""))
    lines = list(plan_lines(plan))
    print("\n".join(lines))
    if len(lines) > _LINES_SHOWN:
        lines = [*lines[:_LINES_SHOWN], "... the task's log has the rest"]
    return {
        "takedown_id": plan.takedown_id,
        "lines": lines,
        "page": page_address(f"takedown?{urlencode({'takedown': plan.takedown_id})}"),
    }


def take_down(params: dict[str, Any], ti: Any) -> dict[str, Any]:
    """Take down what was approved and search for it; return the record. Red where something is left to do."""
    from ownvoice.takedown.lines import record_lines
    from ownvoice.takedown.take_down import refuse_open
    from ownvoice.takedown.take_down import take_down as step

    asked = _asked(params, answered_by(ti, "approve_takedown"))
    record = step(open_lake(), asked, _open_hub, load_settings().hub_dataset)
    print("\n".join(record_lines(record)))
    refuse_open(record)
    return {"takedown_id": record.takedown_id, "state": record.state}


def _asked(params: Mapping[str, Any], decided_by: str) -> Asked:
    from ownvoice.takedown.found import Wanted
    from ownvoice.takedown.steps import Asked

    form = read_takedown_form(params)
    texts = (_text_at(form.text_uri),) if form.text_uri else ()
    wanted = Wanted(frozenset(form.article_ids), frozenset(form.author_ids), texts)
    if not (wanted.article_ids or wanted.author_ids or wanted.texts):
        raise SettingsError("the form names nothing: give article_ids, author_ids or text_uri.")
    return Asked(wanted, form.kept_models, decided_by)


def read_takedown_form(params: Mapping[str, Any]) -> TakedownForm:
    """Return what a form asks for. Raises `SettingsError` for unknown names and for values that are out of range."""
    refuse_unknown(params, TakedownForm.model_fields)
    try:
        return TakedownForm.model_validate({name: value for name, value in params.items() if value is not None})
    except ValidationError as error:
        raise settings_error(error) from None


def _text_at(uri: str) -> str:
    """Return the text of an object. Raises `SettingsError` where there is none, or it is no text."""
    folder, _, name = uri.rpartition("/")
    data = open_source(folder).read(name)
    if not data or not data.strip():
        raise SettingsError(f"text_uri {uri}: there is no text. Put the text of the article there, then trigger again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"text_uri {uri} is not UTF-8: save it as such, then trigger again.") from None


def _open_hub() -> HfApi:
    from ownvoice.storage.hub import hub_client

    token = hub_token()
    if token is None:
        raise SettingsError("there is no token for the Hub: fill the connection hugging_face, or set HF_TOKEN.")
    return hub_client(token)
