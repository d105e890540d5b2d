"""Which part of a page is its main text."""

from __future__ import annotations

import pytest

from stand_ins.source_objects import read, texts

WORDS = "We waited on the platform until the lamps were lit, and nobody told us why the train had not come. "
MENU = "<ul><li><a href=/>Start</a><li><a href=/all>All texts</a><li><a href=/me>About me</a></ul>"


@pytest.mark.parametrize(
    "around",
    [
        "<nav>Beside it</nav>{0}",
        "<header>Beside it</header>{0}<footer>Beside it</footer>",
        "<div role=navigation>Beside it</div><main>{0}</main>",
        "<article>{0}</article><aside>Beside it</aside>",
        "<div id=sidebar>Beside it</div>{0}",
        "<div class='site-nav'>Beside it</div><div>{0}</div><div id='comments'><article>Beside it</article></div>",
        "<div>" + MENU.replace("Start", "Beside it") + "</div>{0}",
        "<article>{0}</article><p>Beside it</p>",
        "<div><div class=entry-content>{0}</div>Beside it</div>",
        "<td>{0}</td><noscript>Beside it</noscript><template>Beside it</template>",
    ],
)
def test_what_is_beside_the_main_text_is_left_out(around):
    (article,) = read("a.html", f"<html><body>{around.format('<p>' + WORDS * 3)}</body></html>")
    assert article.content == (WORDS * 3).strip()


@pytest.mark.parametrize(
    "page",
    [
        "<article><p>{0}</article><article><p>{1}</article>",
        "<article><p>{0}</article><p>{1}",
        "<main><p>{0}</main><section><p>{1}</section>",
        "<div class=has-sidebar><div id=main-menu-open><p>{0}</div><p>{1}</div>",
        "<article class='post sidebar'><header><p>{0}</header><p>{1}</article>",
        "<form><table><tr><td>{0}<tr><td>{1}</table></form>",
        "<center><font>{0}</font></center><br>{1}",
        "{0}<p>{1}",
    ],
)
def test_text_is_never_left_out_for_the_shape_of_a_page(page):
    (article,) = read("a.html", page.format(WORDS + "First.", WORDS + "Second."))
    assert article.content == f"{WORDS}First.\n\n{WORDS}Second."


@pytest.mark.parametrize(
    "page",
    [
        MENU,
        f"<main>{MENU}<p>Here</p></main>",
        f"<article>{MENU * 40}</article>",
        f"<nav>{WORDS}</nav>",
        "<frameset><frame>",
        "<!-- only a comment -->",
        "<p>…</p>",
        "<svg><text>Words</text></svg>",
        "<html><body><img src='a.png'></body></html>",
    ],
)
def test_a_page_of_navigation_alone_is_no_article(page):
    assert texts(read("a.html", page)) == ["no_main_text"]


def test_a_list_of_links_with_words_to_each_is_text():
    reading = "".join(f"<li><a href=/{n}>Book {n}</a>: {WORDS}" for n in range(5))
    (article,) = read("a.html", f"<ul>{reading}</ul>")
    assert article.content.count("nobody told us why") == 5
