"""Documents of Word."""

from __future__ import annotations

import gzip

import pytest

from ownvoice.articles.article import Article
from ownvoice.articles.formats.exports import docx as reader
from stand_ins.exports import docx, paragraph, zipped
from stand_ins.source_objects import read, texts

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CORE = "<dc:title>On waiting</dc:title><dc:creator>Ada Blau; Bo Rot</dc:creator><dc:language>en-GB</dc:language>"


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def test_a_document_has_the_title_authors_and_language_of_its_properties():
    (article,) = read("a.docx", docx(paragraph("We waited."), core=CORE))
    assert article == Article("a.docx", None, "Ada Blau, Bo Rot", "On waiting", "en-GB", "We waited.")


def test_headings_quotes_and_notes_are_kept_and_contents_are_not():
    note = paragraph("Until nine.", inside="").replace("<w:p>", '<w:footnote w:id="2"><w:p>') + "</w:footnote>"
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = paragraph("The platform", "Heading1") + paragraph("The platform 3", "TOC1")
    body += paragraph("We waited.", inside=mark) + paragraph("Nobody came.", "Quote")
    (article,) = read("a.docx", docx(body, note))
    assert article.content == "# The platform\n\nWe waited.[^1]\n\n> Nobody came.\n\n[^1]: Until nine."
    assert article.title == "The platform"


def test_changes_are_read_as_accepted_and_comments_not_at_all():
    changed = f'<w:del w:id="1"><w:r><w:delText> never</w:delText></w:r></w:del><w:ins w:id="2">{run(" long")}</w:ins>'
    moved = f'<w:moveFrom w:id="3">{run(" away")}</w:moveFrom><w:moveTo w:id="4">{run(" here")}</w:moveTo>'
    comment = '<w:r><w:commentReference w:id="1"/></w:r>'
    assert texts(read("a.docx", docx(paragraph("We waited", inside=changed + moved + comment)))) == [
        "We waited long here"
    ]


def test_a_locked_document_and_an_old_one_are_named_so():
    assert texts(read("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"))) == ["encrypted"]
    assert texts(read("a.docx.gz", gzip.compress(OLE + b"Word.Document.8"))) == ["wrong_shape"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"{\\rtf1 We waited.}", "bad_archive"),
        (zipped({"a.txt": "x"}), "wrong_shape"),
        (docx(paragraph("a"))[:-40], "bad_archive"),
        (docx(paragraph("a"), **{"word/document.xml": "<w:document"}), "bad_xml"),
        (docx(paragraph("a"), **{"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "bad_xml"),
        (docx(""), "no_main_text"),
    ],
)
def test_what_is_no_whole_document_is_quarantined(data, reason):
    assert texts(read("a.docx", data)) == [reason]


def test_parts_are_counted_before_they_are_parsed(monkeypatch):
    monkeypatch.setattr(reader, "MAX_DOCX_ELEMENTS", 50)
    assert texts(read("a.docx", docx(paragraph("a") * 30))) == ["too_large"]
