"""Books as EPUB."""

from __future__ import annotations

import pytest

from ownvoice.articles.article import Article, PassedOver
from stand_ins.exports import epub, xhtml, zipped
from stand_ins.source_objects import read, texts

BODY = "<h1>The platform</h1><p>We waited until the lamps were lit.</p>"
TEXT = "# The platform\n\nWe waited until the lamps were lit."
LOCKED = (
    '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:CipherData>'
    '<enc:CipherReference URI="{}"/></enc:CipherData></enc:EncryptedData></encryption>'
)


def test_a_chapter_is_an_article_with_what_the_book_says_of_itself():
    (article,) = read("a.epub", epub({"one.xhtml": BODY}, "<dc:rights>CC-BY-4.0</dc:rights>"))
    assert article == Article(
        "a.epub#one.xhtml", "urn:isbn:9#one.xhtml", "Ada Blau", "The platform", "en", TEXT, licence="CC-BY-4.0"
    )


@pytest.mark.parametrize("href", ["nav.xhtml", "cover.xhtml", "text/copyright.html", "part0000_title-page.xhtml"])
def test_what_is_no_chapter_is_passed_over_by_its_name(href):
    (found, chapter) = read("a.epub", epub({href: BODY, "one.xhtml": BODY.replace("until", "till")}))
    assert isinstance(found, PassedOver)
    assert isinstance(chapter, Article)


@pytest.mark.parametrize("kind", ["toc", "copyright-page", "dedication", "index"])
def test_what_is_no_chapter_is_passed_over_by_what_it_says(kind):
    data = epub(
        {
            "a.xhtml": f'<section epub:type="{kind}">{BODY}</section>',
            "b.xhtml": f'<section epub:type="chapter">{BODY}</section>',
        }
    )
    assert texts(read("a.epub", data)) == [kind, TEXT]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '<section epub:type="footnotes"><ol><li><p>A note.</p></li></ol></section>'),  # as Pandoc writes each
        ('<header><h2>II</h2><div epub:type="epigraph"><p>Somebody said.</p></div></header>', ""),
    ],
)
@pytest.mark.parametrize("marked", ['<section epub:type="bodymatter chapter">', "<section>"])
def test_a_chapter_with_notes_or_a_motto_of_its_own_is_a_chapter(before, after, marked):
    (article,) = read("a.epub", epub({"a.xhtml": f"{marked}{before}{BODY}{after}</section>"}))
    assert isinstance(article, Article)
    assert "lamps" in article.content


def test_chapters_come_in_the_order_in_which_they_are_read():
    found = read("a.epub", epub({"z.xhtml": BODY, "a%20b.xhtml": BODY}, **{"OEBPS/a b.xhtml": xhtml("<p>Then.</p>")}))
    assert texts(found) == [TEXT, "Then."]


def test_who_edited_a_book_did_not_write_it():
    creators = '<dc:creator id="e">Bo Rot</dc:creator><meta refines="#e" property="role">edt</meta>'
    (article,) = read("a.epub", epub({"one.xhtml": BODY}, creators))
    assert article.author_id == "Ada Blau"


def test_a_book_that_reserves_its_text_from_training_refuses_consent():
    (article,) = read("a.epub", epub({"one.xhtml": BODY}, '<meta property="tdm:reservation">1</meta>'))
    assert article.consent == "no"


def test_a_book_with_drm_is_refused_and_one_with_locked_fonts_is_read():
    encryption = "META-INF/encryption.xml"
    assert texts(read("a.epub", epub({"one.xhtml": BODY}, **{encryption: LOCKED.format("OEBPS/one.xhtml")}))) == [
        "encrypted"
    ]
    assert texts(read("a.epub", epub({"one.xhtml": BODY}, **{encryption: LOCKED.format("OEBPS/a.otf")}))) == [TEXT]


def test_a_chapter_that_is_missing_costs_only_itself():
    data = epub({"gone.xhtml": "", "one.xhtml": BODY})
    assert texts(read("a.epub", data.replace(b"OEBPS/gone.xhtml", b"OEBPS/away.xhtml"))) == ["bad_archive", TEXT]


@pytest.mark.parametrize("members", [{}, {"META-INF/container.xml": "<a/>"}, {"META-INF/container.xml": "<a"}])
def test_a_zip_without_a_package_is_no_book(members):
    assert texts(read("a.epub", zipped({"b.txt": "x", **members})))[0] in ("bad_archive", "bad_xml")
