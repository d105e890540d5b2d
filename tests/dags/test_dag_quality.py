"""What every DAG of this repository keeps to, whichever it is."""

from __future__ import annotations

import ast
import datetime as dt
import runpy
import subprocess
import sys

import pytest

from ownvoice.airflow.retry_policy import RETRY_POLICY
from ownvoice.airflow.timetable import PunctualCronTimetable
from stand_ins.places import REPOSITORY

DAG_FILES = sorted((REPOSITORY / "dags").glob("*.py"))
TAGS = {"ownvoice", "dataset", "training"}
HEAVY = {"torch", "transformers", "datasets", "openai", "deltalake", "pyarrow", "boto3"}

each_dag_file = pytest.mark.parametrize("dag_file", DAG_FILES, ids=lambda file: file.stem)


@pytest.fixture(params=[file.stem for file in DAG_FILES])
def dag(request, dags):
    return dags[request.param]


def test_every_dag_has_the_name_of_its_file(dags):
    assert sorted(dags) == [file.stem for file in DAG_FILES]


@each_dag_file
def test_a_dag_file_is_read_in_one_sitting(dag_file):
    assert len(dag_file.read_text(encoding="utf-8").splitlines()) <= 150


@each_dag_file
def test_a_dag_shows_its_files_docstring_with_what_to_do_if_it_fails(dag_file, dags):
    docstring = ast.get_docstring(ast.parse(dag_file.read_text(encoding="utf-8")))
    assert docstring is not None
    assert docstring.startswith("# ")
    assert "If it fails" in docstring
    assert dags[dag_file.stem].doc_md.strip() == docstring


@each_dag_file
def test_reading_a_dag_file_imports_nothing_heavy(dag_file):
    script = "import runpy, sys; runpy.run_path(sys.argv[1]); print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", script, str(dag_file)]
    imported = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "airflow" in imported
    assert HEAVY.intersection(imported) == set()


def test_a_dag_has_an_owner_and_tags_from_the_closed_list(dag):
    from airflow.sdk.definitions._internal.abstractoperator import DEFAULT_OWNER

    assert DEFAULT_OWNER not in {task.owner for task in dag.tasks}
    assert dag.tags
    assert TAGS.issuperset(dag.tags)


def test_a_dag_has_one_run_at_a_time_and_makes_up_for_no_missed_night(dag):
    assert dag.max_active_runs == 1
    assert dag.catchup is False


def test_every_task_ends_in_time_and_is_retried_where_a_retry_may_help(dag):
    for task in dag.tasks:
        longest = task.execution_timeout or task.response_timeout  # the second where a person is waited for
        most = dt.timedelta(days=1 if task.execution_timeout else 14)
        assert dt.timedelta(0) < longest <= most, task.task_id
        assert task.retries >= 1, task.task_id
        assert task.retry_policy is RETRY_POLICY, task.task_id


def test_the_refresh_starts_every_night_at_two_o_clock_utc(dags):
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables.base import TimeRestriction

    evening = dt.datetime(2026, 11, 20, 19, tzinfo=dt.UTC)
    restriction = TimeRestriction(earliest=evening, latest=None, catchup=True)
    timetable = coerce_to_core_timetable(dags["refresh_preferences"].timetable)
    first = timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)
    second = timetable.next_dagrun_info(last_automated_data_interval=first.data_interval, restriction=restriction)
    assert first.run_after == dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC)
    assert second.run_after == dt.datetime(2026, 11, 22, 2, tzinfo=dt.UTC)


def test_the_refresh_makes_up_for_no_night_that_has_passed(dags):
    from airflow.serialization.serialized_objects import DagSerialization

    stored = DagSerialization.from_dict(DagSerialization.to_dict(dags["refresh_preferences"]))
    assert type(stored.timetable) is PunctualCronTimetable
    assert stored.timetable.summary == "0 2 * * *"


def test_the_page_about_the_dags_is_what_make_docs_writes():
    page = runpy.run_path(str(REPOSITORY / "docs" / "write_dags.py"))["page"]
    assert (REPOSITORY / "docs" / "dags.md").read_text(encoding="utf-8") == page(), "run `make docs`"


def test_the_page_about_the_dags_has_every_field_of_every_form(dags):
    page = (REPOSITORY / "docs" / "dags.md").read_text(encoding="utf-8")
    _, *forms = page.split("## The trigger form of ")
    assert {form.split("`")[1] for form in forms} == {name for name, dag in dags.items() if dag.params}
    for form in forms:
        named = [line.split("`")[1] for line in form.splitlines() if line.startswith("| `")]
        assert sorted(named) == sorted(dags[form.split("`")[1]].params)


def test_the_whole_repository_as_a_bundle_holds_the_same_dags(tmp_path):
    from airflow.utils.file import list_py_file_paths

    (tmp_path / ".airflowignore").write_bytes((REPOSITORY / ".airflowignore").read_bytes())
    for name in ("dags/one.py", "include/ownvoice/airflow/assets.py", "tests/dags/conftest.py", ".venv/lib/a.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("from airflow.sdk import dag")
    assert list_py_file_paths(tmp_path) == [str(tmp_path / "dags" / "one.py")]
