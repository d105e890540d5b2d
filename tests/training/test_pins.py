"""The image and the environment of these tests: two files that must not drift apart."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stand_ins.places import REPOSITORY

IMAGE = REPOSITORY / "docker" / "trainer"
TEST_PINS = REPOSITORY / "requirements-trainer-test.txt"
UNSLOTH_PINS = REPOSITORY / "requirements-unsloth-test.txt"
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


def pins(path):
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["trl", "transformers", "datasets", "peft", "accelerate", "huggingface-hub"])
def test_the_tests_run_on_the_training_libraries_of_the_image(name):
    assert pins(TEST_PINS)[name] == pins(IMAGE / "requirements.txt")[name]


@pytest.mark.parametrize("name", ["deltalake", "obstore", "pyarrow", "pydantic", "pydantic-settings", "boto3"])
def test_the_lake_is_read_with_the_same_libraries(name):
    assert pins(TEST_PINS)[name] == pins(IMAGE / "requirements.txt")[name]


@pytest.mark.parametrize("name", ["unsloth", "unsloth-zoo"])
def test_unsloth_is_tested_in_the_release_of_the_image(name):
    assert pins(UNSLOTH_PINS)[name] == pins(IMAGE / "requirements.txt")[name]


def test_unsloth_is_tested_beside_the_libraries_of_the_other_tests():
    assert pins(TEST_PINS).items() <= pins(UNSLOTH_PINS).items()


@pytest.mark.parametrize("path", [TEST_PINS, UNSLOTH_PINS], ids=lambda path: path.name)
def test_torch_and_its_cuda_come_from_a_file_of_their_own(path):
    assert not [name for name in pins(path) if name in ("torch", "torchvision") or re.match("nvidia-|cuda-", name)]


def test_the_image_holds_what_its_requirements_ask_for_and_no_airflow():
    image = pins(IMAGE / "requirements.txt")
    assert pins(IMAGE / "requirements.in").items() <= image.items()
    assert "apache-airflow" not in image


@pytest.mark.skipif(UV is None, reason="uv is not installed here")
def test_the_pins_of_the_image_resolve_together(tmp_path):
    command = [
        UV,
        "pip",
        "compile",
        "--quiet",
        "--generate-hashes",
        "--python-version",
        "3.12",
        "--python-platform",
        "x86_64-manylinux_2_28",
    ]
    command += [
        "-c",
        str(IMAGE / "requirements.txt"),
        str(IMAGE / "requirements.in"),
        "-o",
        str(tmp_path / "again.txt"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if "Failed to fetch" in done.stderr or "error sending request" in done.stderr:
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stderr
    assert pins(tmp_path / "again.txt") == pins(IMAGE / "requirements.txt")
