"""The command line in processes of its own: what a person types, sees, and gets as an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ownvoice.cli.main import COMMANDS, load_command, module_name
from stand_ins.night import article
from stand_ins.places import SAMPLES

# An endpoint that is away is given up at once, not after the two minutes that a night would wait.
MAIN = """
import functools
from ownvoice.cli import main as cli
from ownvoice.llm import endpoints
endpoints.ModelAccess = functools.partial(endpoints.ModelAccess, patience_s=0.1)
cli.main()
"""


def command_on(folder):
    """Return a function that runs a command with a lake in `folder`; no key, no setting from outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OWNVOICE_", "OPENAI_", "AWS_"))}

    def run(*arguments, **environment):
        lake = {"OWNVOICE_LAKE": (folder / "lake").as_uri()}
        command = [sys.executable, "-c", MAIN, *arguments]
        return subprocess.run(
            command, env=kept | lake | environment, capture_output=True, text=True, timeout=60, cwd=folder
        )

    return run


@pytest.fixture
def ownvoice(tmp_path):
    """Run a command with a lake of its own."""
    return command_on(tmp_path)


HEAVY = {
    "aiohttp",
    "boto3",
    "deltalake",
    "httpx2",
    "numpy",
    "obstore",
    "openai",
    "pyarrow",
    "pydantic",
    "pydantic_settings",
}


def test_help_lists_every_command_and_imports_none():
    script = f"import atexit, sys\natexit.register(lambda: print(*sys.modules))\n{MAIN.splitlines()[2]}\ncli.main()"
    done = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    shown, imported = done.stdout.rstrip().rpartition("\n")[::2]
    assert all(f" {name} " in shown for name in COMMANDS)
    modules = set(imported.split())
    assert modules & {f"ownvoice.cli.{module_name(name)}" for name in COMMANDS} == set()
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_the_module_of_its_name_with_the_line_of_help_that_the_list_shows(name):
    command = load_command(name)
    assert command.name == name
    assert command.help == COMMANDS[name]
    assert len(COMMANDS[name]) <= 110


def test_a_mistyped_command_is_told_the_nearest_one(ownvoice):
    done = ownvoice("verfy")
    assert done.returncode == 2
    assert "'verify'" in done.stderr


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """Run a command on the lake of one refresh, which its tests share: they change nothing."""
    run = command_on(tmp_path_factory.mktemp("refreshed"))
    done = run("refresh", "--articles", SAMPLES.as_uri(), "--offline")
    assert done.returncode == 0, done.stderr
    return run


def test_a_refresh_tells_what_it_did_and_a_second_one_finds_nothing(ownvoice):
    first = ownvoice("refresh", "--articles", SAMPLES.as_uri(), "--offline")
    assert first.returncode == 0, first.stderr
    assert "11 appeared, 1 copied" in first.stdout
    assert "version     1, digest" in first.stdout
    second = ownvoice("refresh", "--articles", SAMPLES.as_uri(), "--offline", "--json")
    report = json.loads(second.stdout)
    assert report["articles"] == {"unchanged": 12, "quarantined": 0}
    assert report["version"] is None


def test_output_fits_a_terminal(refreshed):
    for arguments in (["report"], ["show", "--count", "5"], ["verify"], ["versions"], ["chunks"]):
        for line in refreshed(*arguments).stdout.splitlines():
            assert len(line) <= 130, line


def test_versions_show_verify_and_report_speak_json(refreshed):
    (version,) = json.loads(refreshed("versions", "--json").stdout)
    assert version["number"] == 1
    pairs = json.loads(refreshed("show", "--count", "2", "--json").stdout)
    assert [sorted(pair) for pair in pairs] == [sorted(pairs[0])] * 2
    assert json.loads(refreshed("verify", "--json").stdout)["passed"] is True
    assert json.loads(refreshed("report", "--json").stdout)["version"]["digest"] == version["digest"]


def test_both_sides_of_the_split_are_filled_by_the_samples(refreshed):
    for split in ("train", "test"):
        (pair,) = json.loads(refreshed("show", "--split", split, "--count", "1", "--json").stdout)
        assert pair["split"] == split


def test_an_export_says_what_it_wrote(refreshed, tmp_path):
    done = refreshed("export", str(tmp_path / "out"), "--format", "conversational")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "train.parquet").is_file()
    assert "test.parquet" in done.stdout


def test_an_export_says_which_file_it_did_not_write(ownvoice, tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").write_text(article("a"), encoding="utf-8")
    done = ownvoice("refresh", "--articles", folder.as_uri(), "--offline")
    assert done.returncode == 0, done.stderr
    done = ownvoice("export", str(tmp_path / "out"))
    assert "test.parquet: not written, since no article with a pair is on the test side of the split" in done.stdout
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["train.parquet"]


def test_try_prompt_shows_verdicts_and_commits_nothing(ownvoice):
    done = ownvoice("try-prompt", "--articles", SAMPLES.as_uri(), "--offline", "--chunks", "2")
    assert done.returncode == 0, done.stderr
    assert "[kept]" in done.stdout
    assert ownvoice("versions", "--json").stdout.strip() == "[]"


def test_try_prompt_asks_about_no_article_without_consent(ownvoice, tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").write_text(f"---\nconsent: no\n---\n{article('a')}", encoding="utf-8")
    (folder / "b.md").write_text(article("b"), encoding="utf-8")
    done = ownvoice("try-prompt", "--articles", folder.as_uri(), "--offline", "--json")
    assert {tried["source_key"] for tried in json.loads(done.stdout)} == {"b.md"}


def test_a_dry_run_needs_no_key(ownvoice):
    done = ownvoice("refresh", "--articles", SAMPLES.as_uri(), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "dry run" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "sentence"),
    [
        (["refresh", "--offline"], {}, 2, "pass --articles URI, or set OWNVOICE_ARTICLES"),
        (["refresh", "--articles", SAMPLES.as_uri()], {}, 2, "or pass --offline to ask the bundled offline model"),
        (["refresh", "--articles", SAMPLES.as_uri(), "--recipe", 'rejected_by={"model": "m", "endpoint": "llm_sft"}'],
         {"OPENAI_API_KEY": "any"}, 2, "set LLM_SFT_API_KEY, and LLM_SFT_BASE_URL"),
        (["refresh", "--articles", "samples", "--offline"], {}, 2, "write s3://bucket/prefix"),
        (["refresh", "--articles", "file:///no/such/place", "--offline"], {}, 3, "there is no such folder"),
        (["refresh", "--articles", SAMPLES.as_uri(), "--offline", "--limit-articles", "0"], {}, 2, "limit_articles"),
        (["refresh", "--articles", SAMPLES.as_uri(), "--offline", "--recipe", "temperature=9"], {}, 2, "temperature"),
        (["refresh", "--articles", SAMPLES.as_uri(), "--offline", "--recipe", "prompt_version=9"], {}, 2, "prompt"),
        (["refresh", "--articles", SAMPLES.as_uri(), "--offline", "--recipe", "heat=9"], {}, 2, "heat"),
        (["refresh", "--articles", "s3://bucket", "--offline"], {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/x"}, 3,
         "no AWS credentials were found"),
        (["refresh", "--articles", SAMPLES.as_uri(), "--recipe", "model=none"], "offline endpoint", 4, "no model"),
        (["verify"], {}, 3, "holds no dataset version"),
        (["verify", "--version", "7"], {}, 3, "no dataset version 7"),
        (["report", "nope"], {}, 3, "no report of run 'nope'"),
        (["verify"], {"OWNVOICE_TEST_SHARE": "x"}, 2, "OWNVOICE_TEST_SHARE"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_an_exit_code(ownvoice, offline_model, arguments, environment, code, sentence):
    if environment == "offline endpoint":
        environment = {"OPENAI_BASE_URL": offline_model.base_url, "OPENAI_API_KEY": "any"}
    done = ownvoice(*arguments, **environment)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert sentence in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("ownvoice: ")


def test_an_endpoint_that_is_not_there_ends_red_and_loses_nothing(ownvoice):
    away = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "any"}
    red = ownvoice("refresh", "--articles", SAMPLES.as_uri(), "--recipe", "model=ownvoice-offline-stand-in", **away)
    assert red.returncode == 5
    assert "Traceback" not in red.stderr
    green = ownvoice("refresh", "--articles", SAMPLES.as_uri(), "--offline")
    assert green.returncode == 0, green.stderr
    assert ownvoice("verify").returncode == 0


def test_dead_chunks_are_listed_and_a_retry_asks_about_them_alone_without_naming_the_articles(refreshed):
    listed = refreshed("chunks", "--state", "dead")
    assert (listed.returncode, listed.stdout) == (0, "0 chunks are dead\n")
    answered = json.loads(refreshed("chunks", "--state", "answered", "--article", "names", "--json").stdout)
    assert {row["article_id"] for row in answered} == {"names"}
    again = refreshed("retry", "--only", "dead", "--offline")
    assert again.returncode == 0, again.stderr
    assert "0 retried" in again.stdout
    assert "version     no new one" in again.stdout
    assert refreshed("retry").returncode == 2
