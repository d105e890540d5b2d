"""What every Dockerfile has to keep: pins and hashes, a context that holds what is copied, no leftovers, no keys."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest

from stand_ins.places import REPOSITORY

DOCKERFILES = sorted((REPOSITORY / "docker").glob("*/Dockerfile"))
REQUIREMENTS = sorted([*REPOSITORY.glob("requirements*.txt"), *(REPOSITORY / "docker").glob("*/requirements.txt")])
WITHOUT_HASHES = "requirements-torch.txt"

every_dockerfile = pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda file: file.parent.name)


def instructions(dockerfile):
    """Return (name, the rest) of each instruction, comments and line ends taken out."""
    lines = [line for line in dockerfile.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line]


def rest_of(dockerfile, name):
    return [rest for instruction, rest in instructions(dockerfile) if instruction == name]


def sources_in_context(dockerfile):
    """Return every path of the repository that a build reads: COPY, and mounts of the context."""
    for rest in rest_of(dockerfile, "COPY"):
        if "--from=" not in rest:
            yield from [word for word in rest.split()[:-1] if not word.startswith("--")]
    for rest in rest_of(dockerfile, "RUN"):
        for mount in re.findall(r"--mount=type=bind,(\S+)", rest):
            options = dict(option.split("=") for option in mount.split(","))
            if "from" not in options:
                yield options["source"]


def is_let_in(path):
    rules = [line for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    let_in = True
    for rule in rules:
        pattern = rule.removeprefix("!").strip("/")
        if any(fnmatch(part, pattern) for part in [path.strip("/"), path.split("/")[0], *parents(path)]):
            let_in = rule.startswith("!")
    return let_in


def parents(path):
    parts = path.strip("/").split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]


def test_there_are_two_images():
    assert [file.parent.name for file in DOCKERFILES] == ["airflow", "trainer"]


@every_dockerfile
def test_pip_installs_nothing_from_an_index_without_a_hash(dockerfile):
    installs = [part for run in rest_of(dockerfile, "RUN") for part in run.split("&&") if "pip install" in part]
    assert installs
    assert all("--require-hashes" in part or "/wheels/" in part for part in installs)
    # The files are complete; older releases of pip refuse `celery[redis]` beside the hash of celery.
    assert all("--no-deps" in part for part in installs)
    wheels = [part for run in rest_of(dockerfile, "RUN") for part in run.split("&&") if "pip wheel" in part]
    assert all("--no-build-isolation" in part and "--no-deps" in part for part in wheels)


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_has_one_version_and_a_hash(path):
    requirements = [line for line in path.read_text().replace("\\\n", "").splitlines() if re.match(r"[a-zA-Z]", line)]
    assert requirements
    assert all("==" in line for line in requirements)
    assert path.name == WITHOUT_HASHES or all("--hash=sha256:" in line for line in requirements)


def test_make_installs_by_hash_but_for_torch_and_the_project_itself():
    lines = (REPOSITORY / "Makefile").read_text().splitlines()
    installs = [line for line in lines if re.search(r"\$\(PIP\)|uv pip install", line) and not line.startswith("PIP")]
    assert len(installs) >= 5
    for line in installs:
        itself = "--no-deps --no-build-isolation --editable ." in line
        assert itself or "--require-hashes" in line or line.endswith(f"-r {WITHOUT_HASHES}"), line


def test_the_airflow_image_holds_the_versions_that_are_tested():
    def pins(path):
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), re.MULTILINE))

    image, tested = pins(REPOSITORY / "docker/airflow/requirements.txt"), pins(REPOSITORY / "requirements.txt")
    assert tested.items() <= image.items()
    development = pins(REPOSITORY / "requirements-dev.txt")
    assert {name for name in image.keys() & development.keys() if image[name] != development[name]} == set()
    assert {"celery", "redis", "statsd", "psycopg", "apache-airflow-providers-fab"} <= image.keys()


@every_dockerfile
def test_everything_that_is_copied_exists_and_is_let_in(dockerfile):
    sources = list(sources_in_context(dockerfile))
    assert "pyproject.toml" in sources
    assert [path for path in sources if not (REPOSITORY / path).exists()] == []
    assert [path for path in sources if not is_let_in(path)] == []


@pytest.mark.parametrize(
    "path", [".git", ".env", ".venv", ".ownvoice", ".airflow", "tests", "samples", "wheels", "a.pem"]
)
def test_nothing_else_goes_to_the_builder(path):
    assert not is_let_in(path)


@every_dockerfile
def test_the_base_and_its_digest_are_arguments(dockerfile):
    arguments = rest_of(dockerfile, "ARG")
    assert re.fullmatch(r"BASE=\S+:\S+", arguments[0])
    assert arguments[1] == 'BASE_DIGEST=""'
    bases = [rest.split()[0] for rest in rest_of(dockerfile, "FROM")]
    assert set(bases) == {"${BASE}${BASE_DIGEST:+@${BASE_DIGEST}}", "base"}


@every_dockerfile
def test_no_key_or_index_is_kept_in_a_layer(dockerfile):
    words = " ".join(rest for name in ("ARG", "ENV", "COPY") for rest in rest_of(dockerfile, name)).lower()
    assert not re.search(r"secret|password|token|index_url|pip_cert|proxy|\.pem|\.crt", words)
    asking = [run for run in rest_of(dockerfile, "RUN") if "--require-hashes" in run]
    assert all("type=secret,id=pip" in run and "type=secret,id=ca" in run for run in asking)


@every_dockerfile
def test_downloads_stay_in_the_builders_cache_and_bytecode_in_the_image(dockerfile):
    for run in rest_of(dockerfile, "RUN"):
        assert "--require-hashes" not in run or "--mount=type=cache,target=/root/.cache/pip" in run
        assert "apt-get install" not in run or re.search("type=cache,(id=.*,)?target=/var/lib/apt/lists", run)
    final = dockerfile.read_text().rpartition("\nFROM ")[2]
    assert final.count("pip install --compile") == final.count("pip install")
    assert "PYTHONDONTWRITEBYTECODE" not in dockerfile.read_text()
    assert "/tmp" not in " ".join(rest_of(dockerfile, "COPY"))


@every_dockerfile
def test_a_user_without_rights_runs_it_under_an_init_process(dockerfile):
    user = rest_of(dockerfile, "USER")[-1]
    assert re.fullmatch(r"[1-9]\d*:\d+", user)
    assert rest_of(dockerfile, "ENTRYPOINT")[-1].startswith('["/usr/bin/tini", "--"')
