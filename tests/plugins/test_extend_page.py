"""The recipe for a page in docs/extend.md: three files with one name, followed as it is written."""

from __future__ import annotations

import re
import sys

import pytest
from jinja2 import FileSystemLoader

from stand_ins.places import DOCS


@pytest.fixture
def added_page(tmp_path, monkeypatch):
    """Put the three files of the recipe where the packages and the templates are looked for."""
    import ownvoice.pages
    from ownvoice_monitor import rendering, routes

    section = (DOCS / "extend.md").read_text(encoding="utf-8").split("\n## A page\n")[1]
    content, route, template = re.findall(r"```(?:python|html)\n(.*?)```", section, re.DOTALL)
    for package, code in ((ownvoice.pages, content), (routes, route)):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / "authors.py").write_text(code)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    (tmp_path / "authors.html").write_text(template)
    loader = FileSystemLoader([rendering._TEMPLATES, tmp_path])
    monkeypatch.setattr(rendering._environment(), "loader", loader)
    yield
    for name in ("ownvoice.pages.authors", "ownvoice_monitor.routes.authors"):
        sys.modules.pop(name, None)


def test_a_page_that_is_added_is_found_by_the_app_and_shows_what_its_query_found(added_page, get, nights):
    answer = get(nights, "/authors")
    assert answer.status_code == 200, answer.text
    assert "<caption>Pairs of the newest version.</caption>" in answer.text
    assert re.search(r'<a href="/pairs\?author_id=[^"]+"><bdi>', answer.text)
