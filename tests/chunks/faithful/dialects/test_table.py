"""What of each dialect's marks a reader is shown, and words that only look like marks."""

from __future__ import annotations

import pytest

from ownvoice.chunks import clean, cleaning_version, render
from ownvoice.chunks.sentences import sentences

TEMPLATES = [
    ('The crane, {{< ref "/a" >}} an old one.', "The crane, an old one."),
    ('Before.\n\n{{< figure\n  src="a.png"\n  title="A }} crane. It stands." >}}\n\nAfter.', "Before.\n\nAfter."),
    ("{{% notice tip %}}\nWe listen.\n{{% /notice %}}", "We listen."),
    ("{{< quote >}}We listen.{{< /quote >}}", "We listen."),
    ("{{< highlight go >}}\nfmt.Println()\n{{< /highlight >}}\nAfter.", "After."),
    ("{{< tabs >}}\n{{% tab %}}\nOne.\n{{% /tab %}}\n{{< /tabs >}}", "One."),
    ("Plums, {% cite books %} and pears.", "Plums, and pears."),
    ('{%- include a.html alt="The wasps arrive." -%}\nText.', "Text."),
    ("{% highlight python %}\nfor tree in orchard: pass\n{% endhighlight %}\n\nText.", "Text."),
    ("{% raw %}Text.{% endraw %}", "Text."),
    ("{% if a %}One.{% else %}Two.{% endif %}", "One.Two."),
    ("It stands at {{ site.address }}.", "It stands at."),
    ("Hello {{ name | capitalize }}, come in.", "Hello, come in."),
    ("{{#if a}}One.{{/if}}", "One."),
    ("Text <%= link_to 'a' %> goes on.", "Text goes on."),
    ("[caption id=\"a\" width='3']The first answer.[/caption]", "The first answer."),
    ('[gallery ids="4,5,6"]\n\nText.', "Text."),
    ("[gallery]\n\nText.", "Text."),
    ("[vc_row][vc_column width=”1/2″]Text.[/vc_column][/vc_row]", "Text."),
    ('[su_box title="A [box]"]Text.[/su_box]', "Text."),
    ("[contact-form-7 id=“5” title=“The form”]\n\nText.", "Text."),
    ("[embed]https://a.b/c[/embed]\n\nText.", "Text."),
    ("[table id=1 /]\n\n[product sku=A1 /]\n\nText.", "Text."),
    ('[code lang="js"]let a = 1[/code]\n\nText.', "Text."),
    ('\\[caption id="a\\_1" width=3\\] The first.\\[/caption\\]\n\n\\[gallery ids=4,5\\]', "The first."),
    ("[quote]Text.[/quote] [url=https://a.b]More.[/url]", "Text. More."),
]
ATTRIBUTES = [
    ("A lead.{: .lead}", "A lead."),
    ("A lead.\n{: .lead #top data-a='b c'}\n\nMore.", "A lead.\n\nMore."),
    ("# Title {#title}\n\nText.", "Title\n\nText."),
    ("# Title {#title .unnumbered}\n\n## Part {-}\n\nText.", "Title\n\nPart\n\nText."),
    ("* contents\n{:toc}\n\nText.", "contents\n\nText."),
    ("A [link](u){:target=\"_blank\" rel='a'} here.", "A link here."),
    ("A picture ![a](b.png){width=50%} here.", "A picture here."),
    ("Set in [small capitals]{.smallcaps}, always.", "Set in small capitals, always."),
    ("{:ab: .b}\n\nA lead.\n{: ab}\n\n*[CSS]: Sheets\n\nText `x`{=html} here.", "A lead.\n\nText x here."),
    ("{::options parse_block_html='true' /}\n\nText.", "Text."),
    ("He said so [@smith2020, p. 7].", "He said so."),
    ("He said so [see @smith2020; @jones1999] twice.", "He said so twice."),
    ("He said so.^[In a letter, and [elsewhere](u).] Twice.", "He said so. Twice."),
    ("He said so [^1], and [^note] left [^2].\n\n[^1]: By me.", "He said so, and left.\n\nBy me."),
]
FOOTNOTES = [
    ("A.[^1]\n\n[^1]: One.\n[^2]: Two.\n[^long]: Three.", "A.\n\nOne.\n\nTwo.\n\nThree."),
    ("A.[^1]\n[^1]: One\ngoes on.\n[^2]: Two\n    goes on.", "A.\n\nOne goes on.\n\nTwo goes on."),
    ("[^1]: One.\n\n    More of it.\n\n    And more.\n\nText.", "One.\n\nMore of it.\n\nAnd more.\n\nText."),
    ("[^1]:\n    One.\n[^2]:    Two.", "One.\n\nTwo."),
    ("> A.[^1]\n>\n> [^1]: One\n> goes on.\n> [^2]: Two.", "A.\n\nOne goes on.\n\nTwo."),
]
VAULTS = [
    (
        "As in [[Cranes]], [[Cranes|the piece]] and [[Cranes#Old|old ones]].",
        "As in Cranes, the piece and old ones.",
    ),
    ("As in [[Cranes#Costs]], [[#Costs]] and [[Cranes#^a1]].", "As in Cranes, Costs and Cranes."),
    ("Text.\n\n![[crane.png|300]]\n\nMore ![[Note#^a]] text.", "Text.\n\nMore text."),
    ("[[_TOC_]]\n\n[TOC]\n\nText.", "Text."),
    ("The ==weather of *tomorrow*== and ==wind==.", "The weather of tomorrow and wind."),
    ("这是==重点==内容。", "这是重点内容。"),
    ("Nobody asked. ^accounts\n\nMore.\n^a1b2c3\n\n- An item ^item-1", "Nobody asked.\n\nMore.\n\nAn item"),
    ("> [!note] On ropes\n> He counted\n> ropes.", "On ropes\nHe counted ropes."),
    (">[!NOTE]- On ropes\n>He counted.", "On ropes\nHe counted."),
    ("> [!warning]\n> He counted.", "He counted."),
    ("> > [!tip|wide]+ Two\n> > He counted.", "Two\nHe counted."),
    ("> [!faq]- Why?\n> He asked.\n> > [!todo] Ask\n> > Her.", "Why?\nHe asked.\n\nAsk\nHer."),
    ("See [[#^a1]] there.", "See there."),
    ("> [!note] On ropes\n>\n> - One rope.\n> - Two.", "On ropes\n\nOne rope.\nTwo."),
]
COMPONENTS = [
    ('import { Chart } from "../chart"\nexport const year = 1931\n\nText.', "Text."),
    ("import Chart, {\n  Line,\n  Dot,\n} from '../chart';\nimport './a.css'\n\nText.", "Text."),
    ("import * as d3 from 'd3'\nimport type { A } from 'a'\nText.", "Text."),
    ("export const meta = {\n  title: 'A (b',\n\n  tags: ['a', `b}`],\n}\n\nText.", "Text."),
    ("export default function Layout({ children }) {\n  return <div>{children}</div>\n}\n\nText.", "Text."),
    ("export default ({ children }) => <Page>{children}</Page>\n\nText.", "Text."),
    ("export { a } from 'b'\nexport * from 'c'\n\nText.", "Text."),
    ('Before.\n\n<Chart year={year > 3 ? "a" : b} title="The wasps > arrive." />\n\nAfter.', "Before.\n\nAfter."),
    ("<Chart\n  data={[\n    { a: 1 },\n\n    { b: '}' },\n  ]}\n/>\n\nText.", "Text."),
    ('<Callout type="info">\nProse inside.\n</Callout>', "Prose inside."),
    (
        "<Tabs>\n  <Tabs.Item value='a'>\n    Prose inside.\n\n    And more.\n  </Tabs.Item>\n</Tabs>",
        "Prose inside.\n\nAnd more.",
    ),
    ("<>\nProse <Kbd>inside</Kbd>, <Icon/> here.\n</>", "Prose inside, here."),
    ("<sl-button variant='a'>Press it.</sl-button>", "Press it."),
    ("import { a } from 'b' // a note\n\n<C render={() => <b>x > y</b>} />\nText.", "Text."),
    ('One{" "}\ntwo {/* not shown */}here.', "One two here."),
]
DIRECTIVES = [
    (":::note\nProse inside.\n:::\n\nText.", "Prose inside.\n\nText."),
    (":::tip My title\nProse inside.\n:::", "My title\nProse inside."),
    (":::tip[My title]{.a}\nProse inside.\n:::", "My title\n\nProse inside."),
    ("::: {.warning #a}\nProse inside.\n:::", "Prose inside."),
    (":::{note} My title\n:class: wide\n\nProse inside.\n:::", "My title\n\nProse inside."),
    (":::{figure} a.png\n:width: 50%\n\nA caption.\n:::", "A caption."),
    ("```{warning} My title\nProse inside.\n```\n\nText.", "My title\nProse inside.\n\nText."),
    ("````{note}\nProse.\n```python\nno = 1\n```\nMore.\n````", "Prose.\n\nMore."),
    ('::::tabs\n:::tab{title="a"}\nProse.\n:::\n::::', "Prose."),
    ("::: warning ::::\nProse.\n:::", "Prose."),
    ("```{tip}\n:class: a\nProse.\n```", "Prose."),
    ("(a-label)=\n# Title\n\nText.", "Title\n\nText."),
    (".. code-block:: python\n\n   no = 1\n\nText.", "Text."),
    ("::youtube{#abc}\n\nText.", "Text."),
    ('!!! note "My title"\n    Prose inside.\n\n    More.\n\nText.', "My title\n\nProse inside.\n\nMore.\n\nText."),
    (
        "??? tip\n    Prose.\n\n    !!! note\n        Inner.\n\n    Outer.\n\nText.",
        "Prose.\n\nInner.\n\nOuter.\n\nText.",
    ),
    (".. note:: Prose here\n   goes on.\n\n.. image:: a.png\n   :alt: b\n\nText.", "Prose here goes on.\n\nText."),
    ("See {ref}`the docs <docs>` and {term}`crane` {cite:p}`smith`.", "See the docs and crane."),
    ("See :doc:`the docs <docs>` here.", "See the docs here."),
]


def read(article: str) -> str:
    return clean(article, "faithful").text


@pytest.mark.parametrize(("article", "reading"), TEMPLATES)
def test_tags_of_templates_go_and_what_they_stand_around_stays(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(("article", "reading"), ATTRIBUTES)
def test_attributes_citations_and_marks_of_notes_go(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(("article", "reading"), FOOTNOTES)
def test_each_footnote_is_a_paragraph_of_its_own(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(("article", "reading"), VAULTS)
def test_marks_of_vaults_go_and_what_a_reader_is_shown_stays(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(("article", "reading"), COMPONENTS)
def test_imports_exports_and_components_go_and_prose_inside_them_stays(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(("article", "reading"), DIRECTIVES)
def test_directives_and_roles_go_and_their_prose_stays(article, reading):
    assert read(article) == reading


@pytest.mark.parametrize(
    "prose",
    [
        "50%% of them, and 60%% of us; 50 %% of them and 60 %% of us.",
        "If a == b and c==d, then a ==> c.",
        "Use {x}, {name} and {:d} or {:.2f}, {1, 2} or {a: b}.",
        "A {{ that stays open. A {% too.",
        "[Image by the Author], [sic], [1], [a=b and c.",
        "That was fun [/s].",
        "The tokens [INST] and [/INST], [x for x in y if x==0], [a + b <= c].",
        "Dear <Name>, a List<String> and <TOOLS> stay. So do 1 < 2 and <Your Name>.",
        "import duties rose, and export sales fell.",
        "export default is a phrase.",
        "He paid $5 and I paid $7.",
        "The sum $a_{i} * b_{i} == {{x}}$ and $$x*y*z$$ stay.",
        "Ten to the ^2 and x^2 and a^b.",
        "Write to me@example.org, or to @jane [or @].",
        "Note: see :smile: and a::b.",
        "A [[ bracket and ]] another.",
        "!!! Attention, please.",
        "Then a%%b was printed.",
        "What??? Yes!!! No.",
    ],
)
def test_words_that_only_look_like_marks_stay(prose):
    assert read(prose) == prose


@pytest.mark.parametrize(
    "mark", ["{{< a >}}", "{% a %}", "%% a %%", "[[a|b]]", "==a==", "[gallery]", "{: .a}", "<A a=1 />", "[^1]", "[@a]"]
)
def test_a_mark_in_code_is_what_the_author_writes_about(mark):
    assert read(f"Write `{mark}` or `` ` {mark} `` here.") == f"Write {mark} or  ` {mark} here.".replace("  ", " ")
    assert read(f"Text.\n\n```\n{mark}\n```\n\n~~~\n{mark[:2]}\n~~~\n\nMore.") == "Text.\n\nMore."


def test_a_sign_in_code_opens_nothing_outside_of_it():
    assert read("```mermaid\n%% a\n```\n\nText.\n\n```\n%% b\n```\n\n    %% c\n\nMore.") == "Text.\n\nMore."


def test_the_name_of_a_link_is_no_citation():
    assert read("Ask [@jane].\n\n[@jane]: https://a.b") == "Ask [@jane]."


@pytest.mark.parametrize(("article", "reading"), TEMPLATES + ATTRIBUTES + FOOTNOTES + VAULTS + COMPONENTS + DIRECTIVES)
def test_line_breaks_of_windows_change_nothing(article, reading):
    assert read(article.replace("\n", "\r\n")) == reading


@pytest.mark.parametrize(("article", "reading"), TEMPLATES + ATTRIBUTES + FOOTNOTES + VAULTS + COMPONENTS + DIRECTIVES)
def test_what_is_read_is_rendered_again_from_its_place_in_the_original(article, reading):
    cleaned = clean(article, "faithful")
    for start, end in sentences(cleaned.text):
        span = cleaned.original_span(start, end)
        assert render(article, [span], cleaning_version("faithful")) == cleaned.text[start:end]
