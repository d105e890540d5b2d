"""Objects that are passed over by their keys: by whose they are, and by the form they have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.passed_over import ending_of, most_frequent, pattern_that_matches
from ownvoice.config.settings import Settings
from ownvoice.config.source_rules import PASSED_OVER


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        (".trash/old.md", ".*"),
        ("notes/.obsidian/plugins/readme.md", ".*"),
        (".git/description.txt", ".*"),
        ("posts/._harbour.md", ".*"),
        (".DS_Store", ".*"),
        (".Trash-1000/files/a.md", ".*"),
        ("node_modules/left-pad/README.md", "node_modules"),
        ("site/Node_Modules/x/y.md", "node_modules"),
        ("vendor/theme/README.md", "vendor"),
        ("vendor/bundle/ruby/3.2.0/gems/x/README.md", "vendor"),
        ("lib/python3.13/site-packages/x/NOTICE.txt", "site-packages"),
        ("__MACOSX/posts/a.md", "__macosx"),
        ("posts/@eaDir/a.md/SYNO@.txt", "@eadir"),
        ("#recycle/a.md", "#recycle"),
        ("$RECYCLE.BIN/S-1-5/a.txt", "?recycle.bin"),
        ("Trash/a.md", "trash"),
        ("pictures/Thumbs.db", "thumbs.db"),
        ("_drafts/idea.md", "_drafts"),
        ("_site/2024/a.html", "_site"),
    ],
)
def test_what_is_hidden_vendored_or_thrown_away_is_found_at_any_depth(key, pattern):
    assert pattern_that_matches(key, PASSED_OVER) == pattern


@pytest.mark.parametrize(
    "key",
    [
        *("posts/a.md", "_posts/2024-05-01-a.md", "vendors/a.md", "posts/trash-day.md", "posts/vendor.md"),
        *("posts/../a.md", "posts/./a.md", "posts//a.md", "/a.md", "posts/.../a.md", "a.node_modules.md", "posts/ .md"),
    ],
)
def test_what_only_looks_like_it_is_read(key):
    assert pattern_that_matches(key, PASSED_OVER) is None


def test_a_setting_names_other_patterns_or_none(monkeypatch):
    monkeypatch.setenv("OWNVOICE_SOURCE__PASS_OVER", "[]")
    assert pattern_that_matches(".trash/a.md", Settings().source.pass_over) is None
    monkeypatch.setenv("OWNVOICE_SOURCE__PASS_OVER", '["themes", "*.bak.*"]')
    assert pattern_that_matches("themes/x/README.md", Settings().source.pass_over) == "themes"
    assert pattern_that_matches("a.BAK.md", Settings().source.pass_over) == "*.bak.*"
    assert pattern_that_matches(".trash/a.md", Settings().source.pass_over) is None


@pytest.mark.parametrize(
    ("key", "ending"),
    [
        ("a.rst", ".rst"),
        ("b/a.MDX", ".mdx"),
        ("a.xml.gz", ".xml.gz"),
        ("a.tar.bz2", ".tar.bz2"),
        ("a.b.org", ".org"),
        ("a.md~", ".md~"),
        ("NOTICE", "of other names"),
        ("v1.2/NOTICE", "of other names"),
        ("a.", "of other names"),
        ("a.md ", "of other names"),
        ("a.\x1b[31m", "of other names"),
        ("a.an-ending-without-an-end", "of other names"),
    ],
)
def test_a_form_that_nobody_reads_is_named_by_its_ending(key, ending):
    assert ending_of(key) == ending


def test_endings_are_bounded_in_number_and_none_is_lost_from_the_count():
    counts = {f".{number}": 100 - number for number in range(60)}
    shown = most_frequent(counts)
    assert len(shown) == 21
    assert sum(shown.values()) == sum(counts.values())
    assert next(iter(shown)) == ".0"


@given(key=st.text(max_size=60))
def test_every_key_has_an_ending_that_can_be_shown(key):
    assert ending_of(key).isprintable()
    assert len(ending_of(key)) <= 20
    pattern_that_matches(key, PASSED_OVER)
