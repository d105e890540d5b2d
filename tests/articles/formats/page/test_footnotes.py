"""Footnotes of a page, as blogs write them."""

from __future__ import annotations

import pytest

from ownvoice.chunks.faithful.clean import clean
from stand_ins.source_objects import read

SENTENCE = "We waited on the platform until the lamps were lit{0}, and nobody told us why the train had not come."
SHAPES = {
    "hugo": (
        '<sup id="fnref:1"><a href="#fn:1" class="footnote-ref" role="doc-noteref">1</a></sup>',
        '<div class="footnotes" role="doc-endnotes"><hr><ol><li id="fn:1"><p>{0}&#160;<a href="#fnref:1" '
        'class="footnote-backref" role="doc-backlink">&#x21a9;&#xfe0e;</a></p></li></ol></div>',
    ),
    "pandoc": (
        '<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a>',
        '<section><ol><li id="fn1">{0}<a href="#fnref1" class="footnote-back">↩︎</a></li></ol></section>',
    ),
    "an encyclopaedia": (
        '<sup id="cite_ref-1" class="reference"><a href="#cite_note-1">[1]</a></sup>',
        '<ol class="references"><li id="cite_note-1"><a href="#cite_ref-1">^</a> <span>{0}</span></li></ol>',
    ),
    "by hand": (
        '<a name="r1"></a><sup><a href="#f1">1</a></sup>',
        '<p><a name="f1"></a><sup><a href="#r1">1</a></sup> {0}</p>',
    ),
    "a footer": (
        '<sup id="r"><a href="#f">1</a></sup>',
        '<footer><p id="f"><a href="#r">1</a>. {0}</p></footer>',
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_mark_is_no_part_of_its_sentence_and_a_definition_is_a_paragraph(shape):
    mark, definition = SHAPES[shape]
    note = "A cow had stood on the track, as I heard much later from the man who drove it home."
    page = f"<article><p>{SENTENCE.format(mark)}</p><p>The end.</p>{definition.format(note)}</article>"
    (article,) = read("a.html", page)
    assert "lit[^1], and" in article.content
    assert "\n\n[^1]: " in article.content
    paragraphs = [line for line in clean(article.content).text.split("\n") if line]
    assert paragraphs[:2] == [SENTENCE.format(""), "The end."]
    assert paragraphs[2].removeprefix(". ") == note


def test_words_in_a_footnote_that_link_within_the_page_stay():
    note = "See <a href='#x'>above</a>. <a href='#r' class=reversefootnote>Jump up</a>"
    page = f"<article><p id=x>{SENTENCE.format('<sup id=r><a href=#f>1</a></sup>')}<p id=f>{note}</article>"
    (article,) = read("a.html", page)
    assert article.content.endswith("\n\n[^1]: See above.")


def test_a_page_of_marks_that_all_lead_to_one_place_takes_no_longer_than_another():
    links = "<b>" * 500 + '<a href="#f">1</a>' * 50_000
    (article,) = read("a.html", f"<article id=f><p>{SENTENCE * 200}</p>{links}</article>")
    assert article.content.endswith("11111")


def test_a_link_within_the_page_that_is_no_mark_stays_text():
    page = f"<article><p>{SENTENCE.format('')} See <a href='#b'>part 2</a>.</p><h2 id=b>Part 2</h2><p>So.</p></article>"
    (article,) = read("a.html", page)
    assert article.content.endswith("See part 2.\n\n## Part 2\n\nSo.")
