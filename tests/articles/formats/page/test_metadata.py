"""What a page says of itself."""

from __future__ import annotations

import pytest

from ownvoice.articles.article import PassedOver
from stand_ins.source_objects import read

PAGE = "<html lang=en><head>{0}</head><body><article><h1>On waiting</h1><p>We waited on the platform.{1}</p></article>"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<meta name=Author content='Ida Blau'>", ""),
        ("<meta property='article:author' content='Ida Blau'>", ""),
        ('<script type="application/ld+json">{"author": {"@type": "Person", "name": "Ida Blau"}}</script>', ""),
        ('<script type="application/ld+json">{"@graph": [{}, {"author": ["Ida Blau", {"@id": 7}]}]}</script>', ""),
        ('<script type="application/ld+json">{broken</script>', "<a rel=author href=/ida>Ida Blau</a>"),
        ("", "<span class='author vcard'>by Ida Blau</span>"),
        ("", "<span itemprop=author>Ida Blau</span>"),
    ],
)
def test_the_author_is_found_where_pages_name_one(head, body):
    (article,) = read("a.html", PAGE.format(head, body))
    assert (article.author_id, article.language, article.title) == ("Ida Blau", "en", "On waiting")


def test_title_and_licence_are_those_that_the_page_states():
    head = "<title>On waiting | A blog</title><meta property=og:title content='Waiting'><link rel=\"license\" href=https://cc>"
    (article,) = read("a.html", PAGE.format(head, ""))
    assert (article.title, article.licence) == ("Waiting", "https://cc")


@pytest.mark.parametrize(
    "meta",
    [
        "name=robots content='index, noai'",
        "name=Robots content=NOIMAGEAI",
        "name=tdm-reservation content=1",
        "name=consent content=no",
        "name=consent content=yes><meta name=consent content=no",
        "name=robots content=index><meta name=robots content=noai",
    ],
)
def test_a_page_that_refuses_training_refuses_consent(meta):
    (article,) = read("a.html", PAGE.format(f"<meta {meta}>", ""), sidecar={"consent": "yes"})
    assert article.consent == "no"


def test_other_marks_for_robots_are_no_refusal():
    (article,) = read(
        "a.html", PAGE.format("<meta name=robots content='noindex, nofollow'><meta name=id content=7>", "")
    )
    assert (article.consent, article.metadata_id) == ("", None)


def test_a_page_may_say_that_it_is_a_draft():
    assert isinstance(read("a.html", PAGE.format("<meta name=draft content=true>", ""))[0], PassedOver)
