"""Articles as HTML pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import Article, PassedOver, Quarantined
from stand_ins.source_objects import read, texts

PAGE = """<!DOCTYPE html><html lang="de-AT"><head><meta charset="utf-8"><title>Vom Warten</title>
<meta name="author" content="Ida Blau"></head><body><nav><a href="/">Start</a> <a href="/alle">Alle Texte</a></nav>
<article><h1>Vom Warten</h1><p>{0}</p><p>{1}</p></article><footer>Impressum</footer></body></html>"""
PARAGRAPHS = (
    "Wer wartet, hat <em>nichts</em> zu tun &amp; doch keine Zeit: so kam es mir an jenem Bahnsteig vor, als der Zug "
    "nicht kam und niemand sagte, warum.",
    "Später las ich, eine Kuh habe auf dem Gleis gestanden. Ich glaube das bis heute, denn eine bessere Erklärung für "
    "eine verlorene Stunde hat mir noch keiner gegeben.",
)


def test_html_is_its_main_text_and_what_the_page_says_of_itself():
    (article,) = read("warten.html", PAGE.format(*PARAGRAPHS))
    assert (article.title, article.author_id, article.language) == ("Vom Warten", "Ida Blau", "de-AT")
    assert "nichts zu tun & doch keine Zeit" in article.content
    assert "eine Kuh habe auf dem Gleis gestanden" in article.content
    assert "Impressum" not in article.content
    assert "Alle Texte" not in article.content
    assert "<" not in article.content


def test_html_is_read_in_the_encoding_it_declares_and_in_no_other():
    page = PAGE.replace("utf-8", "windows-1252").format(*PARAGRAPHS)
    (article,) = read("warten.htm", page.encode("windows-1252"))
    assert "Später las ich" in article.content
    assert texts(read("warten.htm", PAGE.format(*PARAGRAPHS).encode("windows-1252"))) == ["not_utf8"]
    assert texts(read("warten.htm", page.replace("windows-1252", "klingon").encode("windows-1252"))) == ["not_utf8"]


@pytest.mark.parametrize("page", ["<html><body><img src='a.png'></body></html>", "<nav></nav>", "<script>x</script>"])
def test_a_page_without_main_text_is_named_so(page):
    assert texts(read("a.html", page)) == ["no_main_text"]


TAGS = (
    "p /p q /q br table><tr><td td th /table ul><li ol/start=9 li pre code /pre blockquote /div div/class=sidebar aside"
    " footer article sup><a/href=#f p/id=f a/href=#r a/id=r /a /sup h1 h2 dl><dt dd main script /script !-- title svg"
    " meta/charset=punycode meta/charset=utf-16 frameset plaintext textarea template form select><option ruby><rt"
    " html/lang=de"
)
WORDS = "words &amp; &lt; &#0; &#xD800; &#147; \0 \x1e \r\n \xa0 \xad “ é 字 { | ` * _ [^1]: # 1. < > \" ' = --> <p"
PIECES = [f"<{tag.replace('/', ' ', 1) if '=' in tag else tag}>" for tag in TAGS.split()]
PIECES += [*WORDS.split(" "), " ", "---\n", "k: !!bool maybe\n"]
PAGES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(PAGES, st.binary(max_size=8))
def test_whatever_a_page_holds_it_becomes_an_article_or_a_reason(page, odd):
    for data in (page.encode(), page.encode() + odd, odd + page.encode("utf-16")):
        for found in read("a.html", data):
            assert isinstance(found, (Article, Quarantined, PassedOver))


@given(PAGES)
def test_no_page_of_broken_html_becomes_other_words(page):
    paragraph = "We waited on the platform until the lamps were lit. "
    found = texts(read("a.html", f"<body><p>{paragraph * 5}</p>{page}"))
    assert all(paragraph.strip() in text or text in ("lost_text", "not_utf8", "no_main_text") for text in found)
