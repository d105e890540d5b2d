"""The table of formats, and the page of the documentation that is written from it."""

from __future__ import annotations

import re
import runpy

import pytest

from ownvoice.articles.article import Article, Reason
from ownvoice.articles.formats.table import FORMATS, format_of, stem_of
from ownvoice.config.source_rules import SourceRules
from stand_ins.places import DOCS
from stand_ins.source_objects import read


def test_the_end_of_a_key_tells_its_format_whatever_it_is_packed_in():
    keys = ("A.MD", "b/c.json.gz", "d.txt.zst")
    assert [format_of(key).suffixes[0] for key in keys] == [".md", ".json", ".md"]


@pytest.mark.parametrize("key", ["e.png", "f.gz", "g.tar.gz", "h.md.7z", "notes"])
def test_a_key_in_no_format_is_passed_over(key):
    assert format_of(key) is None


@pytest.mark.parametrize("key", ["b/A.MD", "b/A.txt.zst", "b/A.Json.GZ"])
def test_a_sidecar_is_named_like_its_object_without_suffixes(key):
    assert stem_of(key) == "b/A"


def test_no_suffix_leads_to_two_formats():
    suffixes = [suffix for one in FORMATS for suffix in one.suffixes]
    assert len(set(suffixes)) == len(suffixes)


NO_TEXT = (".parquet", ".zip", ".epub", ".docx", ".docm")
EXAMPLES = [
    (f"a{suffix}", example.replace("\\n", "\n"))
    for one in FORMATS
    for example in one.examples.values()
    for suffix in one.suffixes
    if suffix not in NO_TEXT
]


@pytest.mark.parametrize(("key", "example"), EXAMPLES)
def test_the_examples_of_the_documentation_are_read(key, example):
    rules = SourceRules(own_addresses=("ada@example.org",))
    (article,) = (one for one in read(key, example, rules) if isinstance(one, Article))
    assert article.content.removeprefix("# On waiting").strip() == "Text."
    assert (article.metadata_id or "").strip("<>") == ("a7" if "a7" in example else "")


def test_the_documentation_shows_the_table_as_it_is():
    page = runpy.run_path(str(DOCS / "write_formats.py"))["page"]
    assert (DOCS / "sources.md").read_text(encoding="utf-8") == page(), "run `make docs`"


def test_the_documentation_names_every_reason():
    text = (DOCS / "sources.md").read_text(encoding="utf-8")
    rows = text.split("| reason | what was found |")[1].split("\n\n")[0].splitlines()[2:]
    reasons = [reason for row in rows for reason in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(reasons) == sorted(Reason)
