"""/entrypoint of the Airflow image: the command that it becomes, what it waits for, and its errors."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess

import pytest

from stand_ins.image_scripts import IMAGE, environment, program

# Stands for airflow: notes each call, does not reach the database for the first $DOWN_FOR calls, and waits if told to.
AIRFLOW = """
[ "$1" != waits ] || trap 'echo "TERM" >> "$CALLS"; [ -z "$!" ] || kill $!; exit 143' TERM
echo "airflow $*" >> "$CALLS"
if [ "$*" = "db check" ]; then
  [ "$(grep -c 'db check' "$CALLS")" -gt "${DOWN_FOR:-0}" ] && exit 0
  echo 'Traceback (most recent call last):' >&2
  echo '  File "x.py", line 1' >&2
  echo "${FAULT:-sqlalchemy.exc.OperationalError: connection to server at db, port 5432 failed: Connection refused}" >&2
  echo '(Background on this error at: https://sqlalche.me/e/21/e3q8)' >&2
  exit 1
fi
if [ "$1" = waits ]; then sleep 30 & wait; fi
exit "${CODE:-0}"
"""


# Stands for the other programs, and for the broker that python asks.
PYTHON = """
echo "NAME $*" >> "$CALLS"
[ -z "${BROKER:-}" ] || { echo "kombu.exceptions.OperationalError: Error 111 connecting to redis:6379" >&2; exit 1; }
"""


class Image:
    """The entrypoint beside programs that note their calls."""

    def __init__(self, folder):
        self.programs, self.calls_file = folder / "programs", folder / "calls"
        program(self.programs, "airflow", AIRFLOW)
        for name in ("ownvoice", "python", "python3"):
            program(self.programs, name, PYTHON.replace("NAME", name))
        self.variables = {
            "AIRFLOW_HOME": str(folder),
            "CALLS": str(self.calls_file),
            "CONNECTION_CHECK_SLEEP_TIME": "0",
        }

    def start(self, *words, **variables):
        env = environment(self.programs, **self.variables | variables)
        command = ["bash", IMAGE / "entrypoint", *words]
        return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *words, **variables):
        process = self.start(*words, **variables)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err

    def calls(self):
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []


@pytest.fixture
def image(tmp_path):
    return Image(tmp_path)


@pytest.mark.parametrize(
    ("words", "becomes"),
    [
        (["api-server"], "airflow api-server"),
        (["airflow", "api-server"], "airflow api-server"),
        (["db", "migrate"], "airflow db migrate"),
        (["airflow", "jobs", "check", "--job-type", "SchedulerJob", "--local"],
         "airflow jobs check --job-type SchedulerJob --local"),
        (["users", "create", "--lastname", "two words"], "airflow users create --lastname two words"),
        (["bash", "-c", "exec airflow dag-processor"], "airflow dag-processor"),
        (["sh", "-c", "exec airflow triggerer"], "airflow triggerer"),
        (["python", "-m", "airflow.sdk.execution_time.execute_workload", "--json-string", "{}"],
         "python -m airflow.sdk.execution_time.execute_workload --json-string {}"),
        (["/bin/bash", "-c", "airflow version"], "airflow version"),
        ([], "airflow "),
    ],
)  # fmt: skip
def test_it_becomes_the_command(image, words, becomes):
    assert image.run(*words)[0] == 0
    assert image.calls() == ["airflow db check", becomes]


def test_ownvoice_needs_no_database_of_airflow(image):
    assert image.run("ownvoice", "verify", DOWN_FOR="99")[0] == 0
    assert image.calls() == ["ownvoice verify"]


def test_the_exit_code_is_that_of_the_command(image):
    assert image.run("db", "migrate", CODE="3")[0] == 3
    assert image.run("bash", "-c", "exit 7")[0] == 7


def test_it_waits_for_the_database(image):
    assert image.run("scheduler", DOWN_FOR="3")[0] == 0
    assert image.calls()[:5] == ["airflow db check"] * 4 + [image.calls()[4]]
    assert image.calls()[-1] == "airflow scheduler"


def test_a_database_that_never_answers_ends_it_with_one_sentence(image):
    code, out, err = image.run("scheduler", DOWN_FOR="99", CONNECTION_CHECK_MAX_COUNT="3")
    assert (code, out) == (1, "")
    fault = "sqlalchemy.exc.OperationalError: connection to server at db, port 5432 failed: Connection refused"
    assert err.splitlines() == [
        f"entrypoint: waiting for the metadata database: {fault}",
        f"entrypoint: the metadata database did not answer in 3 tries, 0 s apart: {fault}",
    ]
    assert image.calls() == ["airflow db check"] * 3


@pytest.mark.parametrize(
    "fault",
    [
        "ModuleNotFoundError: No module named 'MySQLdb'",
        "RuntimeError: You do not have `mysqlclient` package installed.",
        "ValueError: not enough values to unpack (expected 2, got 1)",
        "sqlalchemy.exc.NoSuchModuleError: Can't load plugin: sqlalchemy.dialects:postgres",
        "sqlalchemy.exc.ArgumentError: Could not parse SQLAlchemy URL from given URL string",
    ],
)
def test_an_address_that_can_never_work_is_not_waited_for(image, fault):
    code, _, err = image.run("scheduler", DOWN_FOR="99", FAULT=fault)
    assert (code, err) == (1, f"entrypoint: the metadata database cannot be reached as it is configured: {fault}\n")
    assert image.calls() == ["airflow db check"]


def test_a_probe_of_the_chart_waits_for_nothing(image):
    assert image.run("airflow", "jobs", "check", DOWN_FOR="99", CONNECTION_CHECK_MAX_COUNT="0")[0] == 0
    assert image.calls() == ["airflow jobs check"]


@pytest.mark.parametrize("words", [["scheduler"], ["celery", "worker"], ["airflow", "celery", "worker", "-q", "gpu"]])
def test_what_needs_the_broker_waits_for_it(image, words):
    code, _, err = image.run(*words, BROKER="1", CONNECTION_CHECK_MAX_COUNT="2")
    assert code == 1
    assert "entrypoint: the Celery broker did not answer in 2 tries" in err
    assert not [call for call in image.calls() if "worker" in call or "scheduler" in call]


@pytest.mark.parametrize("words", [["api-server"], ["triggerer"], ["db", "migrate"], ["celery", "flower"]])
def test_what_needs_no_broker_does_not_wait_for_it(image, words):
    assert image.run(*words, BROKER="1")[0] == 0


def test_a_signal_reaches_the_command_itself(image):
    process = image.start("waits")
    while "airflow waits" not in image.calls():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 143
    assert image.calls()[-1] == "TERM"


def test_it_migrates_and_makes_a_user_where_asked_to(image):
    asked = {
        "_AIRFLOW_DB_MIGRATE": "true",
        "_AIRFLOW_WWW_USER_CREATE": "true",
        "_AIRFLOW_WWW_USER_PASSWORD_CMD": "echo pw",
    }
    assert image.run("version", **asked)[0] == 0
    check, migrate, create, version = image.calls()
    assert (check, migrate, version) == ("airflow db check", "airflow db migrate", "airflow version")
    assert create.startswith("airflow users create --username admin --password pw ")


def test_a_failed_migration_starts_nothing(image):
    assert image.run("scheduler", CODE="1", _AIRFLOW_DB_MIGRATE="true")[0] == 1
    assert image.calls() == ["airflow db check", "airflow db migrate"]


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"CONNECTION_CHECK_MAX_COUNT": "many"}, 'CONNECTION_CHECK_MAX_COUNT is "many", not a number of tries'),
        ({"CONNECTION_CHECK_MAX_COUNT": "-1"}, 'CONNECTION_CHECK_MAX_COUNT is "-1", not a number of tries'),
        ({"CONNECTION_CHECK_MAX_COUNT": "08"}, 'CONNECTION_CHECK_MAX_COUNT is "08", not a number of tries'),
        ({"CONNECTION_CHECK_SLEEP_TIME": "3s"}, 'CONNECTION_CHECK_SLEEP_TIME is "3s", not a number of seconds'),
        (
            {"_PIP_ADDITIONAL_REQUIREMENTS": "pandas"},
            "_PIP_ADDITIONAL_REQUIREMENTS would install what no hash has proved",
        ),
        ({"_AIRFLOW_WWW_USER_CREATE": "true"}, "asks for a user without a password; set _AIRFLOW_WWW_USER_PASSWORD"),
        ({"AIRFLOW_HOME": "/proc/nothing"}, "cannot write /proc/nothing; run the image in group 0"),
    ],
)
def test_what_it_cannot_do_is_said_in_one_sentence(image, variables, sentence):
    code, _, err = image.run("scheduler", **variables)
    assert code == 1
    assert sentence in err
    assert err.count("\n") == 1
    assert "airflow scheduler" not in image.calls()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can take another user id")
def test_a_user_id_without_a_name_gets_a_home_and_shares_what_it_writes():
    script = (IMAGE / "entrypoint").read_text()  # that user may not read it where it stands
    command = ["setpriv", "--reuid=4242", "--regid=0", "--clear-groups", "bash", "-c", script, "entrypoint"]
    env = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": "/tmp", "CONNECTION_CHECK_MAX_COUNT": "0"}
    show = ["bash", "-c", 'echo "$HOME" "$USER" "$(umask)"']
    done = subprocess.run([*command, *show], env=env, cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "/tmp airflow 0002\n", "")
