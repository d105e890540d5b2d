"""Run the image's scripts on this machine, with stand-ins for the programs that they call."""

from __future__ import annotations

import os
from pathlib import Path

from stand_ins.places import REPOSITORY

IMAGE = REPOSITORY / "docker" / "airflow"


def program(folder: Path, name: str, text: str) -> None:
    """Put a program into a folder that stands before all others in PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{text}\n")
    (folder / name).chmod(0o755)


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return an environment with no variable of Airflow but these."""
    kept = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name}
    return kept | {"PATH": f"{folder}:{os.environ['PATH']}"} | variables
