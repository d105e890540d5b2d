"""The main text of a page as Markdown."""

from __future__ import annotations

import pytest

from stand_ins.source_objects import read

FIRST = "We waited on the platform until the lamps were lit, and nobody told us why the train had not come."
LAST = "Later I heard of a cow on the track, and I have never been given a better reason for that evening."


def between(content: str, language: str = "en") -> str:
    """Return what is written of `content` between two paragraphs of an article."""
    page = f'<html lang="{language}"><article><p>{FIRST}</p>{content}<p>{LAST}</p></article>'
    (article,) = read("a.html", page)
    assert article.content.startswith(FIRST), article
    assert article.content.endswith(LAST)
    return article.content.removeprefix(FIRST).removesuffix(LAST).strip("\n")


@pytest.mark.parametrize(
    ("content", "markdown"),
    [
        ("<h2>Noon</h2><h6>Six <em>o’clock</em></h6>", "## Noon\n\n###### Six o’clock"),
        ("<p>One line<br>another<br/>a third</p>", "One line\\\nanother\\\na third"),
        ("One<br><br>paragraph<br>\nafter another", "One\n\nparagraph\\\nafter another"),
        ("Loose <b>te</b>xt<div>in <span>a</span> div</div>tail", "Loose text\n\nin a div\n\ntail"),
        ("<ul><li>one<ul><li>in it</ul><li><p>two</p><p>more</p></ul>", "- one\n- in it\n- two\n\nmore"),
        ("<ol start=3><li>three<li>four<li value=9>nine</ol>", "3. three\n4. four\n9. nine"),
        ("<ol start=9999><li>far</ol><ol start=x><li>one</ol><li>alone", "- far\n1. one\n- alone"),
        ("<dl><dt>Lamp<dd>What is lit.<dd>At dusk.</dl>", "Lamp\n\nWhat is lit.\n\nAt dusk."),
        ("<blockquote><p>A<p>B<blockquote>C</blockquote></blockquote>", "> A\n>\n> B\n>\n> > C"),
        ("<blockquote>Wait. <footer>— <cite>Ida</cite></footer></blockquote>", "> Wait.\n>\n> — Ida"),
        ("<figure><img alt=cow><figcaption>The cow.</figcaption></figure>", "The cow."),
        ("<details><summary>More</summary>of it</details>", "More\n\nof it"),
        ("<header><p>A lead</p></header><aside>A note</aside>", "A lead\n\nA note"),
        ("<hr>", "***"),
        ("<pre>roses\n\n  are <i>red</i>,\nviolets</pre>", "roses\n\nare red,\\\nviolets"),
        ("<pre><code>if a &lt; b:\n    ```</code></pre>", "````\nif a < b:\n    ```\n````"),
        (
            "<div class=highlight><table><tr><td><pre>1\n2</pre><td><pre>a\nb</pre></table></div>",
            "```\n1\n2\n```\n\n```\na\nb\n```",
        ),
        (
            "<p>See<span class=screen-reader-text> (opens a tab)</span> <span class=katex-html>x</span>it.</p>",
            "See it.",
        ),
        ("<pre class=screen>$ ls<br>a</pre>", "```\n$ ls\na\n```"),
        (
            "<table><caption>Times<tr><th>From<th>To<tr><td>a|b<td>1 <tr><td>c</table>",
            "Times\n\n| From | To |\n|---|---|\n| a\\|b | 1 |\n| c |  |",
        ),
        ("<table><tr><td><p>Laid</p><td>out</table>", "Laid\n\nout"),
        ("<table><tr><td>One<tr><td>column</table>", "One\n\ncolumn"),
        (f"<table><tr><td>a<td>b<tr><td>c<td>{'long ' * 60}</table>", f"a\n\nb\n\nc\n\n{'long ' * 59}long"),
        ("<table><tr><td>a<td>b</tr>lost?<tr><td>c<td>d</table>", "a\n\nb\n\nlost?\n\nc\n\nd"),
        ("<p>H<sub>2</sub>O, 1<sup>st</sup>, <ruby>漢<rp>(<rt>kan<rp>)</ruby></p>", "H2O, 1st, 漢"),
        ("<p>so\xadft, a\xa0b, 2 * 3 _x_ &lt;b> {{ y }}</p>", "soft, a\xa0b, 2 \\* 3 \\_x\\_ &lt;b> \\{\\{ y }}"),
        ("<p>&ldquo;A&rdquo; &#147;b&#148; &amp;amp;</p>", "“A” “b” &amp;amp;"),
        ("<x-note>Its own element</x-note>", "Its own element"),
        (f"<p>{FIRST}</p><p>Yes.</p><p>Yes.</p><p>{LAST}</p>", f"{FIRST}\n\nYes.\n\nYes.\n\n{LAST}"),
        ("<p>Press <button>OK</button>.<script>x</script><p hidden>y<p style='display: none'>z", "Press ."),
        ("<p><a href='/a'>A link</a> alone</p><p><a href='/b'>One</a></p>", "A link alone\n\nOne"),
        ("<p>Text¶<a class=headerlink href='#x'>¶</a> and <svg><text>z</text></svg>more", "Text¶ and more"),
    ],
)
def test_each_part_of_a_page_keeps_its_words_in_their_order(content, markdown):
    assert between(content) == markdown


@pytest.mark.parametrize(
    ("language", "quoted"),
    [("en", "“so ‘he’”"), ("de-AT", "„so ‚he‘“"), ("fr", "«so “he”»"), ("ja", "「so 『he』」"), ("xx", "“so ‘he’”")],
)
def test_a_quotation_has_the_marks_that_a_browser_shows_in_its_language(language, quoted):
    assert between("<p>She said <q>so <q>he</q></q>, once.</p>", language) == f"She said {quoted}, once."
