"""Feeds: RSS and Atom."""

from __future__ import annotations

import pytest

from ownvoice.articles.article import Article, LatestOnly
from stand_ins.exports import atom, atom_entry
from stand_ins.source_objects import read, texts

BODY = "<p>We waited on the platform.</p>"
RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title><language>de</language><item>'
    "<title>A &amp;amp; B</title><dc:creator>Ada Blau</dc:creator>"
    '<guid isPermaLink="false">g1</guid>{}</item></channel></rss>'
)
RSS_1 = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><items><rdf:Seq/></items></channel>'
    '<item rdf:about="https://x/1"><title>T</title><link>https://x/1</link>'
    "<content:encoded>&lt;p&gt;We waited on the platform.&lt;/p&gt;</content:encoded></item></rdf:RDF>"
)
XHTML = (
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>We <b>waited</b> on the platform.</p></div>'
    "</content>"
)
WHOLE = {
    "a.rss": RSS.format(
        f"<link>https://x/1</link><description>Short.</description><content:encoded><![CDATA[{BODY}]]></content:encoded>"
    ),
    "b.rss": RSS.format(f"<description><![CDATA[{BODY}]]></description>"),  # no link: complete in itself
    "c.rdf": RSS_1,
    "d.atom": atom(atom_entry(1, BODY)),
    "e.xml": atom(f"<entry><id>e</id><link href='https://x/1'/><summary>Short.</summary>{XHTML}</entry>"),
    "f.xml": atom("<entry><id>f</id><content>We waited on the platform.</content></entry>"),
}
SUMMARIES = {
    "rss": RSS.format("<link>https://x/1</link><description>We waited for a while, and then […]</description>"),
    "atom": atom("<entry><id>f</id><link href='https://x/1'/><summary>We waited.</summary></entry>"),
    "elsewhere": atom('<entry><id>f</id><content type="text/html" src="https://x/1"/></entry>'),
}


@pytest.mark.parametrize("key", WHOLE)
def test_an_entry_with_its_whole_text_is_an_article(key):
    assert texts(read(key, WHOLE[key])) == ["We waited on the platform."]


def test_an_entry_has_an_id_an_author_a_title_and_a_language():
    _, article = read("a.rss", WHOLE["a.rss"])
    assert article == Article("a.rss#g1", "g1", "Ada Blau", "A & B", "de", "We waited on the platform.")
    _, own, guest = read("d.xml", atom(atom_entry(1, BODY), atom_entry(2, BODY, "<author><name>Bo</name></author>")))
    assert (own.author_id, own.language, guest.author_id) == ("Ada Blau", "en", "Bo")


@pytest.mark.parametrize("kind", SUMMARIES)
def test_an_entry_that_only_sums_a_text_up_is_refused(kind):
    assert texts(read("a.xml", SUMMARIES[kind])) == ["summary_only"]


def test_comments_and_drafts_are_told_apart():
    reply, draft = '<thr:in-reply-to ref="tag:1"/>', "<app:control><app:draft>yes</app:draft></app:control>"
    kind = '<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#{}"/>'
    entries = [reply, draft, kind.format("comment"), kind.format("page"), kind.format("post")]
    found = texts(read("a.xml", atom(*(atom_entry(n, BODY, more) for n, more in enumerate(entries)))))
    assert found == ["comment", "draft", "comment", "page", "We waited on the platform."]
    of_comments = RSS.replace("g1", "https://x/?p=1#comment-7").format(f"<description>{'No. ' * 9}</description>")
    assert texts(read("comments.xml", of_comments)) == ["comment"]


def test_a_feed_holds_its_newest_articles_unless_it_says_that_it_is_complete():
    assert LatestOnly("a.xml") in read("a.xml", atom(atom_entry(1, BODY)))
    assert LatestOnly("a.xml") not in read("a.xml", atom(atom_entry(1, BODY), head="<fh:complete/>"))


def test_a_broken_entry_costs_only_itself():
    found = read("a.xml", atom(atom_entry(1, BODY), "<entry><id>x</id><content>a <b", atom_entry(2, BODY)))
    assert [type(one) for one in found[1::2]] == [Article, Article]
    assert texts(found)[1] == "bad_xml"


def test_an_entity_of_a_feed_is_read_from_nowhere(tmp_path):
    (tmp_path / "secret.txt").write_text("the secret")
    doctype = f'<!DOCTYPE feed [<!ENTITY a SYSTEM "{(tmp_path / "secret.txt").as_uri()}"><!ENTITY b "lollol">]>'
    data = atom(atom_entry(1, f"{BODY}@")).replace(b"<feed", doctype.encode() + b"<feed", 1).replace(b"@", b"&a;&b;")
    assert "secret" not in repr(read("a.xml", data))
