"""docker/compose.yaml, as far as it can be judged where no container engine runs."""

from __future__ import annotations

import copy
import re
import subprocess
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from airflow.configuration import conf

from stand_ins.docker_files import ROOT, airflow_option_problems, made_secrets, ownvoice_setting_problems
from stand_ins.recorded_keys import problems

COMPOSE = ROOT / "docker" / "compose.yaml"
_SECRET_PATH = re.compile(r"/run/secrets/([\w.-]+)")
_URL = re.compile(r"\bhttps?://[^\s\"'}]+")
_LOCAL = {"127.0.0.1", "localhost", "0.0.0.0"}


@pytest.fixture
def compose() -> dict[str, Any]:
    """The file as YAML reads it, its anchors resolved."""
    return yaml.safe_load(COMPOSE.read_text())


@pytest.fixture
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The services by name."""
    return compose["services"]


def test_every_key_and_type_is_one_of_the_compose_specification(compose):
    assert problems(compose, "compose_keys.yaml") == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("services", "postgres", "healthchek"), {}),
        (("services", "postgres", "healthcheck", "start"), "1s"),
        (("services", "postgres", "ports"), "8080:8080"),
        (("services", "scheduler", "depends_on"), {"migrate": {"condition": True}}),
        (("services", "migrate", "secrets"), [{"file": "x"}]),
        (("secrets", "fernet_key"), "secrets/fernet_key"),
        (("volumez",), {}),
    ],
)
def test_a_key_or_type_that_compose_does_not_know_is_found(compose, path, value):
    wrong = copy.deepcopy(compose)
    place = wrong
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    assert problems(wrong, "compose_keys.yaml")


def test_a_service_that_others_wait_for_can_be_waited_for(services):
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in services[other], f"{name} waits until {other} is healthy"
            if wait["condition"] == "service_completed_successfully":
                assert services[other]["restart"] == "no", f"{name} waits until {other} has ended"


def test_no_service_of_the_plain_stack_waits_for_one_of_a_profile(services):
    for name, service in services.items():
        for other in service.get("depends_on", {}):
            missing = set(services[other].get("profiles", [])) - set(service.get("profiles", []))
            assert not missing, f"{name} would start {other} without its profile"


def test_services_do_not_wait_in_a_circle(services):
    waits = {name: set(service.get("depends_on", {})) for name, service in services.items()}
    while waits:
        ready = {name for name, others in waits.items() if not others & waits.keys()}
        assert ready, f"these wait for each other: {sorted(waits)}"
        waits = {name: others for name, others in waits.items() if name not in ready}


def test_every_process_that_stays_has_a_health_check_and_comes_back(services):
    for name, service in services.items():
        if service["restart"] == "no":
            continue
        assert service["restart"] == "unless-stopped", name
        assert "healthcheck" in service, name


def test_every_secret_and_volume_that_is_used_is_declared_and_every_declared_one_is_used(compose, services):
    secrets, volumes = set(), set()
    for service in services.values():
        secrets |= {one if isinstance(one, str) else one["source"] for one in service.get("secrets", [])}
        volumes |= {one.split(":")[0] for one in service.get("volumes", []) if not one.startswith((".", "/"))}
    assert secrets == set(compose["secrets"])
    assert volumes == set(compose["volumes"])


def test_a_service_reads_only_secrets_that_are_mounted_in_it(services):
    for name, service in services.items():
        mounted = {one if isinstance(one, str) else one["target"] for one in service.get("secrets", [])}
        read = set(_SECRET_PATH.findall(yaml.safe_dump(service)))
        assert read <= mounted, f"{name} reads {sorted(read - mounted)}"


def test_every_file_and_folder_of_the_repository_that_it_names_is_there(services):
    for service in services.values():
        named = [one.split(":")[0] for one in service.get("volumes", []) if one.startswith(".")]
        build = service.get("build")
        named += [build["context"], f"{build['context']}/{build['dockerfile']}"] if build else []
        for one in named:
            assert (COMPOSE.parent / one).exists(), one


def test_every_airflow_variable_is_an_option_of_airflow(services):
    for name, service in services.items():
        assert airflow_option_problems(service.get("environment", {})) == [], name


def test_every_ownvoice_variable_is_a_setting(services):
    for name, service in services.items():
        assert ownvoice_setting_problems(service.get("environment", {})) == [], name


def test_every_address_names_a_service_of_the_file_at_a_port_where_it_listens(services):
    listens = {"api-server": 8080, "offline-model": 8321, "s3": 9000}
    for service in services.values():
        said = {key: service[key] for key in ("environment", "command") if key in service}
        for url in _URL.findall(yaml.safe_dump(said)):
            host, port = urlsplit(url).hostname, urlsplit(url).port
            assert host in _LOCAL or listens[str(host)] == port, url


def test_nothing_but_the_user_interface_is_published_and_that_on_loopback_only(services):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(published) == ["api-server"]
    assert all(port.startswith("127.0.0.1:") for port in published["api-server"])


def test_no_password_stands_in_the_file_and_none_has_a_default(compose, services):
    secret = re.compile("PASSWORD|(SECRET|ACCESS|FERNET)_KEY|JWT_SECRET|SQL_ALCHEMY_CONN|BROKER_URL|RESULT_BACKEND")
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if secret.search(variable):
                by_file = variable.endswith(("_FILE", "_CMD")) and "/run/secrets/" in str(value)
                assert by_file, f"{name}: {variable}={value}"
    assert not re.search(r"://[^/\s]*:[^/\s@$]+@", COMPOSE.read_text())
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_what_airflow_reads_by_a_command_it_reads_by_a_command(services):
    for variable in services["scheduler"]["environment"]:
        if variable.endswith("_CMD"):
            section, option = variable.removeprefix("AIRFLOW__").removesuffix("_CMD").lower().split("__")
            assert (section, option) in conf.sensitive_config_values, f"Airflow ignores {variable}"


def test_the_workers_of_profile_celery_refuse_another_executor_in_a_sentence(services):
    command = services["worker"]["command"][-1].replace("$$", "$")
    refused = subprocess.run(
        ["bash", "-c", command], env={"AIRFLOW__CORE__EXECUTOR": "LocalExecutor"}, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "EXECUTOR=CeleryExecutor" in refused.stderr
    assert services["worker"]["deploy"]["replicas"] == 2


def test_every_image_has_a_version(services):
    for name, service in services.items():
        if "build" not in service:
            assert re.search(r":\d", service["image"]), name


def test_shell_commands_are_valid_and_their_dollars_are_not_compose_s(services):
    for name, service in services.items():
        command = service.get("command", [])
        for script in [one for one in command if " " in one]:
            assert "$$" in script.replace("$$(", "$$") or "$" not in script, f"{name}: compose would fill in {script}"
            checked = subprocess.run(["bash", "-n", "-c", script.replace("$$", "$")], capture_output=True, text=True)
            assert checked.returncode == 0, f"{name}: {checked.stderr}"


def test_the_secrets_that_it_reads_are_those_that_make_secrets_writes(compose, tmp_path):
    written = {f"secrets/{name}" for name in made_secrets(tmp_path)}
    assert {secret["file"] for secret in compose["secrets"].values()} == written
    assert (COMPOSE.parent / ".gitignore").read_text().split() == ["secrets/", ".env"]
