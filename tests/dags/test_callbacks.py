"""What a failed or retried task says, and to whom: a real Airflow run with a notifier of its own, and a web server."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ownvoice.airflow.callbacks import cause, on_failure
from ownvoice.errors import DeadChunksError, ModelAccessError, ModelUnavailableError, StorageUnavailableError
from ownvoice.storage.lake import Lake
from ownvoice.triples import generate
from stand_ins.hostile_articles import HOSTILE_ARTICLES
from stand_ins.places import SAMPLES
from stand_ins.webhook import running_webhook

PICKED = ("names", "running-small-databases", "bread-is-a-schedule")
HTTP_NOTIFIER = "airflow.providers.http.notifications.HttpNotifier"


@pytest.fixture
def lake(tmp_path, monkeypatch, offline_model):
    """Three articles, an empty lake, and a model to ask."""
    (tmp_path / "articles").mkdir()
    for name in PICKED:
        (tmp_path / "articles" / f"{name}.md").write_bytes((SAMPLES / f"{name}.md").read_bytes())
    monkeypatch.setenv("OWNVOICE_ARTICLES", (tmp_path / "articles").as_uri())
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    monkeypatch.setenv("OWNVOICE_MAX_GENERATION_TASKS", "3")
    llm = {"conn_type": "http", "host": offline_model.base_url, "password": offline_model.api_key}
    monkeypatch.setenv("AIRFLOW_CONN_LLM_API", json.dumps(llm))
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def webhook(monkeypatch):
    with running_webhook() as webhook:
        connection = {"conn_type": "http", "host": webhook.address}
        monkeypatch.setenv("AIRFLOW_CONN_ON_CALL", json.dumps(connection))
        notify(monkeypatch, {HTTP_NOTIFIER: {"http_conn_id": "on_call", "json": {"text": "{{ message }}"}}})
        yield webhook


def notify(monkeypatch, notifiers):
    monkeypatch.setenv("OWNVOICE_NOTIFIERS", json.dumps(notifiers))


def failing(monkeypatch, error, *batches, tries=99):
    """Let some batches end in `error` once their chunks are asked about, in the first `tries` of each."""
    whole, done = generate.generate_batch, dict.fromkeys(batches, 0)

    def generate_batch(lake, run_id, batch, *rest):
        counts = whole(lake, run_id, batch, *rest)
        if batch in done and done[batch] < tries:
            done[batch] += 1
            raise error
        return counts

    monkeypatch.setattr(generate, "generate_batch", generate_batch)


def failures(webhook):
    return [told["text"] for told in webhook.received if "generate_batch failed" in told["text"]]


def verdicts(webhook):
    return [told["text"] for told in webhook.received if ": night " in told["text"]]


def lines(caplog):
    return [(one.levelname, one.getMessage()) for one in caplog.records if one.name == "ownvoice.airflow.callbacks"]


def test_a_task_that_fails_says_why_and_tells_once_however_many_batches_it_has(
    lake, run_refresh, webhook, monkeypatch, caplog
):
    failing(monkeypatch, ModelAccessError("the key is refused. Correct llm_api."), "batch-0000", "batch-0002")
    red = run_refresh()
    assert red.state == "failed"
    said = sorted(line for _, line in lines(caplog))
    for name, line in zip(("batch-0000", "batch-0002"), said, strict=True):
        assert line.startswith(f"generate_batch failed (ModelAccessError, {name} of ")
        assert line.endswith(" answered): the key is refused. Correct llm_api.")
    (told,) = failures(webhook)
    assert f"refresh_preferences {red.run_id}: generate_batch failed" in told
    assert any(line in told for line in said)
    assert "/tasks/generate_batch/mapped/" in told, "the log is one click away"


def test_a_retried_task_says_why_and_tells_nobody(lake, run_refresh, webhook, monkeypatch, caplog):
    failing(monkeypatch, ModelUnavailableError("the endpoint is away."), "batch-0001", tries=1)
    assert run_refresh().state == "success"
    ((level, line),) = lines(caplog)
    assert level == "WARNING"
    assert line.endswith("the endpoint is away. Another try follows.")
    assert failures(webhook) == []


def test_a_task_whose_tries_are_used_up_tells_once(lake, run_refresh, webhook, monkeypatch, caplog):
    failing(monkeypatch, ModelUnavailableError("the endpoint is away."), "batch-0001")
    assert run_refresh().state == "failed"
    assert [level for level, _ in lines(caplog)] == ["WARNING"] * 3 + ["ERROR"]
    assert len(failures(webhook)) == 1


def test_the_verdicts_on_night_and_data_are_told_where_something_is_new_and_not_where_it_stands(
    lake, run_refresh, webhook, tmp_path
):
    for _ in range(2):
        assert run_refresh().state == "success"
    (told,) = verdicts(webhook)
    assert ": night pass, data doubtful. Of 3 articles, " in told
    assert "New: pair count of the version" in told
    assert "/tasks/write_report" in told


def test_a_night_with_failed_batches_tells_of_its_verdict_although_its_report_is_green(
    lake, run_refresh, webhook, monkeypatch
):
    failing(monkeypatch, ModelAccessError("no."), "batch-0000", "batch-0001", "batch-0002")
    run_refresh()
    (told,) = verdicts(webhook)
    assert ": night fail, data nothing new. " in told


@pytest.mark.parametrize(
    "notifiers",
    [
        {"no.such.Notifier": {}},
        {HTTP_NOTIFIER: {"no_such_argument": 1}},
        {HTTP_NOTIFIER: {"http_conn_id": "nobody_made_it"}},
        {HTTP_NOTIFIER: {"http_conn_id": "on_call", "json": {"text": "{{ message "}}},
    ],
    ids=["no class", "wrong argument", "no connection", "broken template"],
)
def test_a_broken_notifier_changes_nothing_and_keeps_no_other_from_telling(
    webhook, lake, monkeypatch, caplog, notifiers
):
    working = {"airflow.providers.http.notifications.http.HttpNotifier": {"http_conn_id": "on_call", "json": {"a": 1}}}
    notify(monkeypatch, notifiers | working)
    on_failure(context_of(DeadChunksError("too many.")))
    assert webhook.received == [{"a": 1}]


def test_a_notifier_that_is_refused_leaves_the_run_as_it_was(lake, run_refresh, webhook, monkeypatch):
    webhook.status = 500
    failing(monkeypatch, ModelAccessError("no."), "batch-0001")
    red = run_refresh()
    states = {(ti.task_id, ti.map_index): str(ti.state) for ti in red.get_task_instances()}
    assert (states["generate_batch", 1], states["commit_version", -1]) == ("failed", "success")
    assert len(webhook.received) == 2, "the failure, and the verdicts"


def context_of(error, **ti):
    fields = {"dag_id": "d", "run_id": "r", "task_id": "t", "map_index": -1, "log_url": "http://here/log"} | ti
    return {"ti": SimpleNamespace(**fields), "dag_run": SimpleNamespace(clear_number=0), "exception": error}


def test_a_cleared_run_notifies_again(lake, webhook):
    context = context_of(DeadChunksError("too many."))
    for clear_number in (0, 0, 1):
        on_failure(context | {"dag_run": SimpleNamespace(clear_number=clear_number)})
    assert len(webhook.received) == 2


def test_without_a_lake_to_remember_it_in_the_first_of_many_tells(webhook, monkeypatch):
    monkeypatch.setattr("ownvoice.airflow.notifiers.open_lake", out_of_reach)
    for index in range(3):
        on_failure(context_of(StorageUnavailableError("the lake is away."), map_index=index))
    assert len(webhook.received) == 1


def out_of_reach():
    raise StorageUnavailableError("the lake is away.")


def test_the_text_of_a_librarys_error_goes_into_no_message_and_ours_stays_one_line():
    assert "hunter2" not in cause(context_of(ValueError("password=hunter2")))
    for article in HOSTILE_ARTICLES:
        line = cause(context_of(ModelAccessError(f"{article.article_id}\nno.")))
        assert line.isprintable()
        assert len(line) < 1100


def test_a_killed_task_has_a_cause_too_and_tells(lake, webhook):
    killed = {"ti": context_of(None)["ti"]}
    on_failure(killed)
    assert "it was killed" in webhook.received[0]["text"]
    assert "it was killed, or its worker was lost" in cause(context_of(None))
