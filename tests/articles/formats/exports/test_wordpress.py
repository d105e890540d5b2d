"""Exports of WordPress."""

from __future__ import annotations

import gzip

import pytest

from ownvoice.articles.article import Article, PassedOver, Quarantined
from ownvoice.config.source_rules import SourceRules
from stand_ins.exports import WXR_HEAD, wxr, wxr_item, zipped
from stand_ins.source_objects import read, texts

BODY = "<!-- wp:paragraph -->\n<p>We waited on the platform.</p>\n<!-- /wp:paragraph -->"
COMMENT = "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content><![CDATA[Nonsense.]]></wp:comment_content>"
META = "<wp:postmeta><wp:meta_key>{}</wp:meta_key><wp:meta_value><![CDATA[{}]]></wp:meta_value></wp:postmeta>"


def test_a_post_has_the_id_author_title_and_language_of_its_blog():
    (article,) = read("blog.xml", wxr(wxr_item(1, BODY, title="Waiting &amp; <em>hope</em>")))
    assert article == Article(
        "blog.xml#https://ada.example/?p=1",
        "https://ada.example/?p=1",
        "Ada Blau",
        "Waiting & hope",
        "en-GB",
        "We waited on the platform.",
        published_at="2026-03-02T12:00:00",
    )


@pytest.mark.parametrize("name", ["Ada Blau", "ada"])
def test_terms_of_an_author_are_found_by_the_shown_name_and_by_the_login(name):
    (article,) = read("blog.xml", wxr(wxr_item(1, BODY)), SourceRules(authors={name: {"consent": "no"}}))
    assert article.consent == "no"


@pytest.mark.parametrize("status", ["draft", "pending", "future", "private", "trash", "auto-draft", "acf-disabled"])
def test_what_is_not_published_is_passed_over(status):
    assert texts(read("blog.xml", wxr(wxr_item(1, BODY, status=status)))) == ["draft"]


def test_a_post_behind_a_password_is_a_draft():
    assert texts(read("blog.xml", wxr(wxr_item(1, BODY, password="x")))) == ["draft"]


@pytest.mark.parametrize("kind", ["page", "attachment", "revision", "nav_menu_item", "feedback"])
def test_what_is_no_post_is_passed_over_by_its_type(kind):
    assert read("b.xml", wxr(wxr_item(7, BODY, post_type=kind))) == [
        PassedOver("b.xml#https://ada.example/?p=7", kind, "https://ada.example/?p=7")
    ]


def test_comments_are_counted_and_in_no_article():
    article, comment = read("blog.xml", wxr(wxr_item(1, BODY, f"{COMMENT}</wp:comment>")))
    assert "Nonsense" not in article.content
    assert comment.reason == "comment"


def test_a_post_without_words_is_no_fault():
    assert texts(read("blog.xml", wxr(wxr_item(1, ""), wxr_item(2, '<img src="a.png"/>')))) == ["without text"] * 2


def test_a_refusal_in_a_field_of_the_author_is_heard():
    (article,) = read("blog.xml", wxr(wxr_item(1, BODY, META.format("consent", "no"))))
    assert article.consent == "no"


def test_a_broken_post_costs_only_itself():
    broken = "<item><title>Waiting & hope</title></item>\n"
    found = read("blog.xml", wxr(wxr_item(1, BODY), broken, wxr_item(2, BODY.replace("waited", "sang"))))
    assert texts(found) == ["We waited on the platform.", "bad_xml", "We sang on the platform."]
    assert found[1].source_key == "blog.xml#1"


def test_a_byte_of_no_encoding_costs_one_post_and_a_control_character_none():
    data = wxr(wxr_item(1, "We \x0bwaited."), wxr_item(2, "We s@@ng."), wxr_item(3, "We left."))
    assert texts(read("blog.xml", data.replace(b"@@", b"\xff"))) == ["We waited.", "not_utf8", "We left."]


def test_an_export_that_breaks_off_keeps_what_was_whole():
    data = wxr(wxr_item(1, BODY), wxr_item(2, BODY))
    assert texts(read("blog.xml", data[: len(data) - 200])) == ["We waited on the platform.", "bad_xml"]


def test_an_entity_of_the_export_is_read_from_nowhere(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    doctype = f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY b "{"lol" * 99}">]>'
    item = wxr_item(1, BODY).replace("<![CDATA[Post 1]]>", "&a;&b;")
    (found,) = read("blog.xml", (WXR_HEAD.replace("<rss", f"{doctype}<rss", 1) + item + "</channel></rss>").encode())
    assert "secret" not in repr(found)
    assert "lollol" not in repr(found)


@pytest.mark.parametrize(
    ("key", "packed"), [("b.xml.gz", gzip.compress), ("b.zip", lambda data: zipped({"x.xml": data}))]
)
def test_an_export_may_be_packed(key, packed):
    assert texts(read(key, packed(wxr(wxr_item(1, BODY))))) == ["We waited on the platform."]


def test_xml_of_another_kind_is_passed_over_by_its_ending():
    assert texts(read("sitemap.xml", "<urlset><url/></urlset>")) == [".xml"]
    assert texts(read("a.xml", "Dear Bo,")) == [".xml"]
    assert isinstance(read("a.xml", " \n")[0], Quarantined)
