"""`make images-check` where it cannot run; where it can, it takes too long for a test."""

from __future__ import annotations

import os
import subprocess

import pytest

from stand_ins.image_scripts import program
from stand_ins.places import REPOSITORY

SCRIPT = REPOSITORY / "docker" / "check_images.sh"


@pytest.mark.parametrize("missing", ["buildah", "debootstrap"])
def test_it_skips_with_a_reason_where_a_program_is_missing(tmp_path, missing):
    for name in {"buildah", "debootstrap"} - {missing}:
        program(tmp_path, name, "exit 9")
    done = subprocess.run(
        ["/bin/bash", SCRIPT], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0
    assert done.stdout.startswith(f"skipped: images-check, since {missing} is not installed")


def test_both_scripts_and_images_are_what_bash_can_read():
    for script in [SCRIPT, *(SCRIPT.parent / "airflow" / name for name in ("entrypoint", "clean-logs", "healthcheck"))]:
        assert subprocess.run(["bash", "-n", script]).returncode == 0
        assert os.access(script, os.X_OK)
