"""What the faithful reading removes, and what it never touches."""

from __future__ import annotations

import pytest

from ownvoice.chunks import clean


def read(article: str) -> str:
    return clean(article, "faithful").text


@pytest.mark.parametrize(
    ("article", "reading"),
    [
        ("A **bold** and *slanted* word.", "A bold and slanted word."),
        ("A __bold__ and _slanted_ word.", "A bold and slanted word."),
        ("A ***very* bold** word, ~~gone~~.", "A very bold word, gone."),
        ("**Note:** read _every **single** line_.", "Note: read every single line."),
        ("He said “**stop**.” Then *left*!", "He said “stop.” Then left!"),
        ("un*believ*able", "unbelievable"),
        ("Call `clean(text)` or ``a`b``.", "Call clean(text) or a`b."),
        ("See [the docs](https://a.b/c_(d) 'title') now.", "See the docs now."),
        ("See [the **docs**][ref] now.\n\n[ref]: https://a.b", "See the docs now."),
        ("Proven[^1] and cited [1][2].\n\n[^1]: By me.", "Proven and cited [1][2].\n\nBy me."),
        ("Before ![a chart](c.png) after.", "Before after."),
        ("[![badge](b.svg)](https://ci)\n\nText.", "Text."),
        ("<https://example.org/a_b_c>", "https://example.org/a_b_c"),
        ("# Title #\n\nText.", "Title\n\nText."),
        ("Title\n=====\nText.\n\nPart\n----\nMore.", "Title\n\nText.\n\nPart\n\nMore."),
        ("One.\n\n* * *\n\nTwo.\n\n---\n\nThree.", "One.\n\nTwo.\n\nThree."),
        ("* one thing.\n* another.\n\n1. first.\n2) second.", "one thing.\nanother.\nfirst.\nsecond."),
        ("- [x] Wash the dog.\n- [ ] Dry it.", "Wash the dog.\nDry it."),
        ("> A quote\n> goes on.\n>\n> And on.", "A quote goes on.\n\nAnd on."),
        ("Salt &amp; pepper &lt;3 &hellip; &nosuch;", "Salt & pepper <3 … &nosuch;"),
        (r"Five \* three, \_literal\_, 1\. May.", "Five * three, _literal_, 1. May."),
        ("One line  \nbroken on purpose\\\ntwice.", "One line\nbroken on purpose\ntwice."),
        ("Two  spaces   and\ta tab.", "Two spaces and a tab."),
        ("Windows\r\nwraps.\r\n\r\nParagraphs.", "Windows wraps.\n\nParagraphs."),
    ],
)
def test_markdown_marks_go_and_words_stay(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(
    ("article", "reading"),
    [
        ("<h1>Title</h1><p>One <em>word</em>.</p><p>Two.</p>", "Title\n\nOne word.\n\nTwo."),
        ("<ul><li>one thing.</li><li>another.</li></ul>", "one thing.\nanother."),
        ("a<br>b", "a\nb"),
        ("A<!-- hidden -->B <!--\n\nmore\n\n--> C", "AB C"),
        ("<div>\n    <p>Indented, and prose.</p>\n</div>", "Indented, and prose."),
        ("x<script>let a = 1;</script>y", "x\n\ny"),
        ("<style>p { color: red }</style>\n\n<pre>code</pre>\n\nText.", "Text."),
        ("<nav><a href='/'>Home</a></nav><p>Text.</p>", "Text."),
        (
            "Put it between `<script>` and `</script>`, or in `<p>`.",
            "Put it between <script> and </script>, or in <p>.",
        ),
        ("If a < b and c > d, <TOOLS> stay.", "If a < b and c > d, <TOOLS> stay."),
    ],
)
def test_html_marks_go_and_words_stay(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(
    "prose",
    [
        "Don’t “quote” me—it’s ‘fine’… isn't it?",
        "snake_case and __dunder_name and a * b and 2*3 and x ** y",
        "Prices: $5–$7 (net), 50 % off; 3.14 ≈ π! § 5 ¶",
        "«Voilà» : c’est l’été ; n’est-ce pas ?",
        "他说：“你好。”然后走了！真的吗？",
        "שלום עולם, זה ‏טקסט.",
        "Emoji 👩‍🚀 🇩🇪 👍🏽 and 𝗯𝗼𝗹𝗱 letters.",
        "Zoë, Zoe\u0308, naïve\u00a0: A\u00a0B.",
        "[Image by the Author] and [1].",
        "1984. It was a bright cold day.",
    ],
)
def test_the_authors_typography_is_kept_exactly(prose):
    assert read(prose) == prose


def test_lines_that_were_only_wrapped_are_joined():
    assert read("A wrapped\nline, fine-\ntuning, pre-\nand post-\ntraining.") == (
        "A wrapped line, fine-tuning, pre- and post-training."
    )


def test_chinese_lines_are_joined_without_a_space():
    assert read("这是一个\n句子。") == "这是一个句子。"


def test_the_space_that_html2text_puts_after_emphasis_goes():
    assert read("  * **Loss** : it _falls_ , then stops.") == "Loss: it falls, then stops."


def test_a_french_space_before_a_colon_stays():
    assert read("**Définition** : un mot.") == "Définition : un mot."


@pytest.mark.parametrize(
    "code",
    [
        "```python\nprint('no')\n```",
        "~~~\nno\n\n# no\n~~~",
        "````md\n```\nno\n```\n````",
        "```\nno\n`````",
        "    <!-- no, it is code",
        "    no = 1\n\n    no = 2",
        "    \n    \n    import no\n    \n    # no\n    no()",
        "| a | b |\n|---|---|\n| no | no |",
        "a | b\n---|---\nno | no",
    ],
)
def test_code_and_tables_are_left_out(code):
    assert read(f"Before.\n\n{code}\n\nAfter.") == "Before.\n\nAfter."


def test_a_fence_that_never_closes_hides_no_prose():
    assert read("Before.\n\n```\n\nAfter.").endswith("After.")


def test_a_paragraph_inside_a_list_item_is_prose():
    assert read("1. First.\n\n    It goes on here.\n\n2. Second.") == "First.\n\nIt goes on here.\n\nSecond."


def test_a_heading_that_html2text_wrapped_is_one_heading():
    title = "#### How to implement a streaming pipeline to populate a vector DB for real-\ntime RAG?"
    reading = clean(f"{title}\n\nText.", "faithful")
    assert reading.text.startswith(
        "How to implement a streaming pipeline to populate a vector DB for real-time RAG?\n\n"
    )


def test_a_list_that_ends_in_an_image_leaves_a_paragraph_break():
    assert read("* One thing.\n* ![a chart](c.png)\n\nText.") == "One thing.\n\nText."


def test_marks_of_two_blocks_never_pair():
    assert read("A *star.\n\nAnother* [one.\n\nTwo](u) `tick.\n\nTick` [a](\n\nu)") == (
        "A *star.\n\nAnother* [one.\n\nTwo](u) `tick.\n\nTick` [a](\n\nu)"
    )


def test_a_control_character_that_the_author_typed_is_white_space():
    assert read("One\x1etwo.\x1e\x1eThree.") == "One two. Three."


def test_headings_say_where_their_paragraphs_start():
    reading = clean("Intro.\n\n# One\n\nText.\n\n<h2>Two</h2>\n\nThree\n---\n", "faithful")
    assert [reading.text[offset:].split("\n")[0] for offset in reading.headings] == ["One", "Two", "Three"]
