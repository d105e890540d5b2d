"""What the demo's processes find around them."""

from __future__ import annotations

import json
import socket
import stat

import environment
import pytest
from environment import demo_environment, free_port, has_model, prepared_password, stand_in_environment


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "HOME", tmp_path / "home")
    monkeypatch.setattr(environment, "_PASSWORDS", tmp_path / "home" / "passwords.json")
    return tmp_path / "home"


def test_the_settings_of_another_airflow_are_left_behind():
    inherited = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://production", "AIRFLOW_CONN_LLM_API": "http://a"}
    env = demo_environment(inherited, 8080)
    assert not inherited.keys() & env.keys()


def test_what_does_not_speak_of_airflow_is_passed_on():
    env = demo_environment({"PATH": "/bin", "OPENAI_API_KEY": "mine", "OWNVOICE_TEST_SHARE": "0.2"}, 8080)
    assert (env["PATH"], env["OPENAI_API_KEY"], env["OWNVOICE_TEST_SHARE"]) == ("/bin", "mine", "0.2")


def test_bytecode_is_written_even_where_the_shell_forbids_it():
    assert "PYTHONDONTWRITEBYTECODE" not in demo_environment({"PYTHONDONTWRITEBYTECODE": "1"}, 8080)


def test_the_api_listens_on_loopback_and_tasks_find_it_there():
    env = demo_environment({}, 4321)
    assert (env["AIRFLOW__API__HOST"], env["AIRFLOW__API__PORT"]) == ("127.0.0.1", "4321")
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:4321/execution/"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_loopback_is_reached_without_the_proxy_that_others_need(name):
    env = demo_environment({name: "intranet"}, 8080)
    assert env["NO_PROXY"] == env["no_proxy"] == "intranet,127.0.0.1"
    assert demo_environment({}, 8080)["no_proxy"] == "127.0.0.1"


def test_every_demo_signs_with_a_secret_of_its_own_that_is_long_enough():
    first, second = (demo_environment({}, 8080)["AIRFLOW__API_AUTH__JWT_SECRET"] for _ in range(2))
    assert first != second
    assert len(first) >= 64


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_a_key_or_an_address_names_a_model_and_an_empty_one_does_not(name):
    assert has_model({name: "x"})
    assert not has_model({name: ""})
    assert not has_model({})


def test_the_stand_in_is_asked_by_its_own_name():
    env = stand_in_environment(4321)
    assert env["OPENAI_BASE_URL"] == "http://127.0.0.1:4321/v1"
    assert env["OWNVOICE_RECIPE__MODEL"] == "ownvoice-offline-stand-in"


def test_the_password_is_made_once_and_only_its_owner_can_read_it(home):
    password = prepared_password()
    assert prepared_password() == password
    assert json.loads((home / "passwords.json").read_text()) == {"admin": password}
    assert stat.S_IMODE((home / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_preferred_port_is_taken_where_nothing_listens():
    port = free_port()
    assert free_port(preferred=port) == port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_someone_listens_on_is_left_to_them(host):
    with socket.socket() as server:
        server.bind((host, 0))
        server.listen()
        port = server.getsockname()[1]
        assert free_port(preferred=port) != port
