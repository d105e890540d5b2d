"""Articles as Markdown and plain text."""

from __future__ import annotations

from ownvoice.articles.article import Article
from stand_ins.source_objects import read


def test_markdown_takes_its_metadata_from_front_matter_and_counts_from_below_it():
    (article,) = read("post.md", "---\nid: x\nauthor_id: a\ntitle: 'T: t'\nlanguage: de\n---\n# Hallo\n\nText.\n")
    assert article == Article("post.md", "x", "a", "T: t", "de", "# Hallo\n\nText.\n")


def test_markdown_without_front_matter_and_plain_text_are_read_as_they_are():
    assert read("post.md", "# Hello\n") == [Article("post.md", None, "unknown", "", "", "# Hello\n")]
    assert read("note.txt", "---\nA rule, then text.") == [
        Article("note.txt", None, "unknown", "", "", "---\nA rule, then text.")
    ]


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert read("a.txt", b"\xef\xbb\xbfText.")[0].content == "Text."


def test_a_text_that_is_not_utf_8_is_named_so():
    for encoding in ("latin-1", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        (found,) = read("a.txt", "Wer wartet, hat nichts zu tun – später.".replace("–", "-").encode(encoding))
        assert (found.reason, "save the file as UTF-8" in found.detail) == ("not_utf8", True)
