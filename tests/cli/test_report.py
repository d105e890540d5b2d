"""`ownvoice report` in a process of its own: as text, as JSON, as a page."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ownvoice.reports.html import read_page
from ownvoice.reports.report import write_report
from stand_ins.night import Night

# The browser is a command that writes down what it is asked to open; %s is what webbrowser puts the address in for.
BROWSER = f"{sys.executable} -c \"import sys, pathlib; pathlib.Path('opened').write_text(sys.argv[1])\" %s"


@pytest.fixture
def ownvoice(lake, offline_model, tmp_path):
    """Run a command against a lake with one night in it."""
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    night.run("one")
    write_report(lake, "one")

    def run(*arguments, **environment):
        command = [sys.executable, "-c", "from ownvoice.cli.main import main; main()", "report", *arguments]
        env = os.environ | {"OWNVOICE_LAKE": lake.uri, "TMPDIR": str(tmp_path)} | environment
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


def test_html_writes_the_page(ownvoice, lake, tmp_path):
    done = ownvoice("--html", "here.html")
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "here.html") in done.stdout
    assert (tmp_path / "here.html").read_bytes() == read_page(lake, "one")


def test_open_opens_the_page_in_the_browser(ownvoice, lake, tmp_path):
    done = ownvoice("one", "--open", BROWSER=BROWSER)
    assert done.returncode == 0, done.stderr
    assert "is open in a browser" in done.stdout
    uri = (tmp_path / "opened").read_text()
    assert uri.startswith("file:///")
    assert (tmp_path / uri.removeprefix(f"file://{tmp_path}/")).read_bytes() == read_page(lake, "one")


def test_where_there_is_no_browser_it_says_where_the_page_stands(ownvoice, tmp_path):
    done = ownvoice("--open", "--html", "here.html", BROWSER="no-such-browser", PATH="")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{tmp_path / 'here.html'} holds the report; open it in a browser"


def test_a_file_that_cannot_be_written_is_one_sentence(ownvoice):
    done = ownvoice("--html", "/no/such/folder/page.html")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Name another file with --html." in done.stderr


def test_without_a_flag_it_prints_text(ownvoice):
    assert "audit      " in ownvoice().stdout
