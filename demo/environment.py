"""The environment of the demo's processes: Airflow's home and settings, and the endpoint to ask.

All files are below the repository, and everything listens on 127.0.0.1 only.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
HOME = REPOSITORY / ".airflow"
ARTICLES = REPOSITORY / "samples" / "articles"
STATE = HOME / "demo.json"
LAKE = REPOSITORY / ".ownvoice" / "demo-lake"
TRAINER_PYTHON = REPOSITORY / ".venv-trainer" / "bin" / "python"
LOOPBACK = "127.0.0.1"
USER = "admin"

_PASSWORDS = HOME / "passwords.json"
_JWT_SECRET_BYTES = 64  # Airflow signs with HS512
_MAX_GENERATION_TASKS = 8  # on a laptop, starting a task takes longer than answering a chunk

# With these fields a toy model learns from a few hundred pairs on a CPU; the other fields are those of chapter 6.
_TOY_RECIPE = {
    "OWNVOICE_TRAINER_RECIPE__BACKEND": "trl",
    "OWNVOICE_TRAINER_RECIPE__BASE_MODEL": "lake:models/toy",
    "OWNVOICE_TRAINER_RECIPE__LEARNING_RATE": "1e-4",
    "OWNVOICE_TRAINER_RECIPE__WARMUP_STEPS": "2",
    "OWNVOICE_TRAINER_RECIPE__ACCUMULATION_STEPS": "4",
    "OWNVOICE_TRAINER_RECIPE__MERGE_DTYPE": "float32",
    "OWNVOICE_TRAINER_RECIPE__SAMPLE_TOKENS": "64",
}


def has_model(inherited: Mapping[str, str]) -> bool:
    """Say whether the environment names an endpoint to ask."""
    return bool(inherited.get("OPENAI_API_KEY") or inherited.get("OPENAI_BASE_URL"))


def stand_in_environment(port: int) -> dict[str, str]:
    """Return the variables by which the offline model, on `port`, is asked."""
    # Imported here so that `make demo-stop` works while the package does not import.
    from ownvoice.offline_model.server import OFFLINE_API_KEY, OFFLINE_MODEL

    return {
        "OPENAI_BASE_URL": f"http://{LOOPBACK}:{port}/v1",
        "OPENAI_API_KEY": OFFLINE_API_KEY,
        "OWNVOICE_RECIPE__MODEL": OFFLINE_MODEL,
    }


def demo_environment(inherited: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the environment of Airflow's processes, whose API listens on `port`.

    Inherited variables of another Airflow or trainer are left out: the demo must not touch its database, or ask its
    cluster for a GPU.
    """
    # Without bytecode every start takes two to four times the CPU time.
    foreign = ("AIRFLOW", "OWNVOICE_TRAINER_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in inherited.items() if not name.startswith(foreign)}
    no_proxy = ",".join(filter(None, [kept.get("no_proxy", kept.get("NO_PROXY")), LOOPBACK]))
    include = os.pathsep.join(filter(None, [str(REPOSITORY / "include"), kept.get("PYTHONPATH")]))
    return kept | {
        "AIRFLOW_HOME": str(HOME),
        "AIRFLOW__API__HOST": LOOPBACK,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(_JWT_SECRET_BYTES),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{LOOPBACK}:{port}/execution/",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_PASSWORDS),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "15",  # a task may start before the API listens
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",  # seconds until a worker sees that its task is over
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,  # programs differ in which of the two they read
        "OWNVOICE_ARTICLES": ARTICLES.as_uri(),
        "OWNVOICE_LAKE": LAKE.as_uri(),
        "OWNVOICE_MAX_GENERATION_TASKS": str(_MAX_GENERATION_TASKS),
        "OWNVOICE_TRAINER_PYTHON": str(TRAINER_PYTHON),
        **_TOY_RECIPE,
        "PYTHONPATH": include,  # Ownvoice is not installed in the trainer's environment
    }


def prepared_password() -> str:
    """Create Airflow's home, readable by its owner alone, unless it exists; return the password of the login."""
    HOME.mkdir(mode=0o700, exist_ok=True)
    if not _PASSWORDS.exists():
        _PASSWORDS.touch(mode=0o600)
        _PASSWORDS.write_text(json.dumps({USER: secrets.token_urlsafe(9)}))
    return str(json.loads(_PASSWORDS.read_text())[USER])


def free_port(preferred: int = 0) -> int:
    """Return `preferred` if nothing listens there on loopback, else a port that the system picks."""
    with socket.socket() as probe:
        taken = preferred and probe.connect_ex((LOOPBACK, preferred)) == 0
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the port of a demo that just ended is free again
        try:
            server.bind((LOOPBACK, 0 if taken else preferred))
        except OSError:
            server.bind((LOOPBACK, 0))
        return int(server.getsockname()[1])
