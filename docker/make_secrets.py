"""Makes the secrets of compose.yaml, one file each, from the system's random numbers. What is there is kept.

Run as: make compose-secrets (python3 docker/make_secrets.py [FOLDER])
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"

_JWT_BYTES = 64  # Airflow signs with HS512
_FERNET_BYTES = 32
_STORE = "http://s3:9000"
_MODEL = "http://offline-model:8321/v1"


def make_secrets(folder: Path) -> list[str]:
    """Write every secret that `folder` lacks; return their file names.

    Only the folder is closed to other users of this machine. Compose mounts each file as it stands, and in a container
    it is read by another user id, so the files themselves are readable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = []
    for name, value in _SECRETS.items():
        path = folder / name
        if not path.exists():
            whole = folder / f".{name}"  # so that an interrupted run leaves no empty secret, which would be kept
            whole.write_text(value(folder))
            whole.chmod(0o644)  # whatever the umask
            whole.replace(path)
            made.append(name)
    return made


def _metadata_url(folder: Path) -> str:
    return f"postgresql+psycopg2://airflow:{_read(folder, 'postgres_password')}@postgres:5432/airflow"


def _connections(folder: Path) -> str:
    store = {
        "conn_type": "aws",
        "login": _read(folder, "s3_access_key"),
        "password": _read(folder, "s3_secret_key"),
        "extra": {"endpoint_url": _STORE, "region_name": "us-east-1"},
    }
    model = {"conn_type": "http", "host": _MODEL, "password": "offline"}
    return json.dumps({"aws_articles": store, "aws_lake": store, "llm_api": model}, indent=2)


def _aws_credentials(folder: Path) -> str:
    access, secret = _read(folder, "s3_access_key"), _read(folder, "s3_secret_key")
    return f"[default]\naws_access_key_id = {access}\naws_secret_access_key = {secret}\n"


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text().strip()


def _random(_: Path) -> str:
    return secrets.token_urlsafe(24)


# In this order: a later one is made of earlier ones.
_SECRETS: dict[str, Callable[[Path], str]] = {
    "postgres_password": _random,
    "redis_password": _random,
    "admin_password": _random,
    "api_secret_key": _random,
    "s3_access_key": lambda _: secrets.token_hex(10),
    "s3_secret_key": _random,
    "jwt_secret": lambda _: secrets.token_urlsafe(_JWT_BYTES),
    "fernet_key": lambda _: base64.urlsafe_b64encode(os.urandom(_FERNET_BYTES)).decode(),
    "metadata_url": _metadata_url,
    "broker_url": lambda folder: f"redis://:{_read(folder, 'redis_password')}@redis:6379/0",
    "aws_credentials": _aws_credentials,
    "connections.json": _connections,
}


def main() -> int:
    """Make the secrets in the folder that the command names, else in docker/secrets; return the exit code."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    try:
        made = make_secrets(folder)
    except OSError as fault:
        print(f"the secrets could not be made: {fault}. Correct that, or name another folder.", file=sys.stderr)
        return 1
    print(f"{folder}: {len(made)} secrets made, {len(_SECRETS) - len(made)} kept. The login is admin, its password in")
    print(f"{folder / 'admin_password'}; keys of a model or another store go into {folder / 'connections.json'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
