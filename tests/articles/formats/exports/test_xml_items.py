"""Items of a large XML document."""

from __future__ import annotations

import io

import pytest

from ownvoice.articles.article import UnreadableError
from ownvoice.articles.formats.exports import xml_items
from ownvoice.articles.formats.exports.xml_items import XmlItems


def items(text: str | bytes) -> list[str]:
    found = XmlItems(io.BytesIO(text if isinstance(text, bytes) else text.encode()))
    return [item.markup or item.fault for item in found]


def test_items_end_where_they_end_and_not_in_quoted_text_or_comments():
    quoted, hidden = "<item>a<![CDATA[</item> <item>]]></item>", "<item>b<!-- </item> --></item>"
    assert items(f"<rss><channel>{quoted}\n{hidden}</channel></rss>") == [quoted, hidden]


def test_an_item_without_end_costs_itself_and_a_document_that_breaks_off_says_so():
    assert items("<rss><item>a<item>b</item></rss>") == ["it has no end: another one begins in it", "<item>b</item>"]
    for cut in (
        "<rss><item>a</item><item>b",
        "<rss><item>a</item>\n",
        "<rss><item>a</item><item><![CDATA[</item></rss>",
    ):
        assert items(cut) == ["<item>a</item>", "the document breaks off here; export it again"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
def test_a_document_is_read_in_the_encoding_that_it_declares(encoding):
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><rss><item>“é”</item></rss>'
    assert items(text.encode(encoding)) == ["<item>“é”</item>"]


def test_an_encoding_that_nobody_knows_is_named():
    with pytest.raises(UnreadableError, match="klingon"):
        items('<?xml version="1.0" encoding="klingon"?><rss></rss>')


def test_an_item_beyond_its_bound_is_passed_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(xml_items, "MAX_ITEM_CHARS", 1000)
    monkeypatch.setattr(xml_items, "_READ_BYTES", 300)
    monkeypatch.setattr(xml_items, "_KEPT_CHARS", 100)
    large = f"<item>{'x' * 5000}</item>"
    found = items(f"<rss>{'<item>a</item>' * 30}{large}<item>b</item></rss>")
    assert found == ["<item>a</item>"] * 30 + ["it is larger than 1,000 characters", "<item>b</item>"]
    with pytest.raises(UnreadableError, match="no item begins"):
        items(f"<rss>{'y' * 5000}<item>b</item></rss>")
