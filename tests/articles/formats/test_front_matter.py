"""Front matter in every language and with every fence that blogs write, and texts that only begin like it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import Article, PassedOver, Quarantined
from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import read, texts

YAML = "id: 007\nauthor: ada\nconsent: no"
TOML = 'id = "007"\nauthor = "ada"\nconsent = false'
JSON = '"id": "007",\n"author": "ada",\n"consent": false'


@pytest.mark.parametrize(
    "matter",
    [
        f"---\n{YAML}\n---\n",
        f"---\n{YAML}\n...\n",
        f"--- \n\n{YAML}\n\n---  \n",
        f"---yaml\n{YAML}\n---\n",
        f"--- # of this text\n{YAML}\n---\n",
        f"---\n# a comment\n{YAML}\n---\n",
        "---\n{id: '007', author: ada, consent: no}\n---\n",
        "---\n'id': '007'\n\"author\": ada\nconsent: !!bool no\n---\n",
        "---\nID: 007\nAuthor: ada\nCONSENT: No\n---\n",
        "---\n\u200bid: 007\nauthor: ada\n'consent\xa0': no\n---\n",
        "---\nid: 007\nauthor: ada\nconsent: yes\nconsent: no\n---\n",
        "---\nid: 007\nauthor: ada\nconsent: yes\nConsent: no\n---\n",
        "---\nterms: &terms {consent: no, id: other}\n<<: *terms\nid: 007\nauthor: ada\n---\n",
        "---\nterms: &terms {consent: no}\n<<: [*terms, {author: ada}]\nid: 007\n---\n",
        f"+++\n{TOML}\n+++\n",
        f"---toml\n{TOML}\n---\n",
        '+++\nid = "007"\n[extra]\nauthor = "ada"\nconsent = "no"\n+++\n',
        '+++\nid = "007"\n[taxonomies]\nauthors = ["ada"]\n[params]\nConsent = "no"\n+++\n',
        "---\nid: 007\nparams:\n  author: ada\n  consent: no\n---\n",
        f"{{{JSON}}}\n",
        f"{{\n{JSON}\n}}\n\n",
        f";;;\n{{{JSON}}}\n;;;\n",
        f"---json\n{{{JSON}}}\n---\n",
        '{"id": "007", "author": "ada", "consent": "no", "consent": "yes"}\n',
    ],
)
@pytest.mark.parametrize("before", ["", "\n", "\ufeff", "\ufeff \r\n\n", "\n\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_id_an_author_and_a_refusal_are_heard_in_every_kind_of_front_matter(matter, before, line_end):
    data = (before + matter + "Text.").replace("\n", line_end)
    (article,) = read("a.md", data)
    assert (article.metadata_id, article.author_id, article.consent) == ("007", "ada", "no")
    assert article.content.strip() == "Text."


@pytest.mark.parametrize(
    "text",
    [
        "---\nA rule, then text.",
        "---\n\nShe said: nothing ever lasts.\n\n---\n\nAnd more.",
        "---\n\nThe harbour was dark.\nAnd the crew: asleep.\n\n---\n",
        "---\n\n- an item\n- another\n\n---\n",
        "---\n\n![a picture](a.png)\n\n---\n",
        "---\n\n{% include figure.html %}\n\n---\n",
        "---\n[A link](b.md) at 12:30, see https://example.org\n---\n",
        "----\nAnd the crew: asleep.\n----\n",
        "—\nShe said: nothing.",
        "{{< figure >}}\nText.",
        "{% include a %}\nText.",
        "{braces} in prose",
        "+++ all in one line +++",
        "title: no fence above",
    ],
)
def test_a_text_that_begins_with_a_rule_or_a_brace_keeps_every_word(text):
    assert texts(read("a.md", text)) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\nconsent: no\n\nText without the line that ends the front matter.",
        "---\n\ntitle: x\n\nText.",
        "---\nA stray line\nconsent: no\nText.",
        "---\nA stray line\nConsent: 'no\n---\nText.",
        "---\ntitle: x\n\nText.\n\n---\n\nMore text.",
        "---\ndraft:true\n---\nText.",
        '---\nconsent = "no"\n---\nText.',
        "---\n- consent: no\n---\nText.",
        "---\n- x\n---\nText.",
        "---\n? [a, b]\n: c\n---\nText.",
        "---\na: {{ site.title }}\n---\nText.",
        "---\na: 'x\n---\nText.",
        "---\na: b\n<<: c\n---\nText.",
        "---\na: *nowhere\n---\nText.",
        '---\na: "\\UFFFFFFFF"\n---\nText.',
        "---\na: \x00\n---\nText.",
        "---\n%YAML 2.0\n---\nText.",
        "+++\ntitle = \n+++\nText.",
        "+++\ntitle = 'x'\nText.",
        "+++\na = 1\na = 2\n+++\nText.",
        f"+++\na = {'1' * 5000}\n+++\nText.",
        '{"title": "x"\nText.',
        "{\n  title: x,\n  consent: 'no'\n}\nText.",
        ';;;\n{"title": }\n;;;\nText.',
        ";;;\n[1]\n;;;\nText.",
        "---\nconsent：no\n---\nText.",
        '{"content": "One."}\n{"content": "Two."}',
    ],
)
def test_what_begins_like_front_matter_and_cannot_be_read_is_quarantined(text):
    (found,) = read("a.md", text)
    assert (type(found), found.reason) == (Quarantined, "bad_front_matter")
    assert found.detail.startswith("the text begins like front matter in ")


@pytest.mark.parametrize("fence", ["----", "—", "–-", "===", "++", "~~~"])
def test_metadata_below_another_fence_is_quarantined(fence):
    (found,) = read("a.md", f"{fence}\rConsent: no\r{fence}\rText.")
    assert found.reason == "bad_front_matter"
    assert repr(fence) in found.detail


@pytest.mark.parametrize("value", ["!!bool maybe", "!!timestamp x", "!!int ''", "!!float ''", "!!binary ''", "!new {}"])
def test_tags_are_no_matter(value):
    assert texts(read("a.md", f"---\nk: {value}\n---\nText.")) == ["Text."]
    (article,) = read("a.md", f"---\nk: {value}\nconsent: {value}\n---\nText.")
    assert article.consent in ("no", "")
    assert read("a.md", f"---\ndraft: !!bool maybe\nk: {value}\n---\nText.") == [PassedOver("a.md", "draft")]


@pytest.mark.parametrize("named", ["010", "12:30", "7", "7.0", "0x10", "1e3", "1_000", "2026-13-45", "on", "true"])
def test_an_id_is_what_was_typed(named):
    (article,) = read("a.md", f"---\nid: {named}\n---\nText.")
    assert article.metadata_id == named


@pytest.mark.parametrize("named", ["~", "null", "", "''"])
def test_an_id_of_nothing_is_none(named):
    (article,) = read("a.md", f"---\nid: {named}\n---\nText.")
    assert article.metadata_id is None


def test_empty_front_matter_is_no_part_of_the_text():
    assert texts(read("a.md", "---\n---\nText.")) == ["Text."]
    assert texts(read("a.md", "---\n# nothing\n---\nText.")) == ["Text."]


def test_front_matter_comes_before_the_sidecar_and_a_refusal_before_both():
    sidecar = {"title": "Sidecar", "author": "jane", "consent": False}
    (article,) = read("a.md", "---\ntitle: Matter\nconsent: yes\n---\nText.", sidecar=sidecar)
    assert (article.title, article.author_id, article.consent) == ("Matter", "jane", "no")


def test_a_page_may_have_front_matter_too():
    page = "<html><body><article><p>" + "A long enough paragraph, I should say. " * 9 + "</p></article></body></html>"
    (article,) = read("a.html", f"---\n{YAML}\n---\n{page}")
    assert (article.metadata_id, article.author_id, article.consent) == ("007", "ada", "no")
    assert article.content.startswith("A long enough paragraph")
    assert read("a.html", f"---\npublished: false\n---\n{page}") == [PassedOver("a.html", "draft")]
    assert texts(read("a.html", f"---\nconsent: 'no\n---\n{page}")) == ["bad_front_matter"]


def test_a_blogs_own_name_for_consent_marks_what_may_hold_a_refusal():
    text = "---\nOf the usage of this text\nmay be used: no\nText."
    assert texts(read("a.md", text)) == [text]
    rules = SourceRules(fields={"may be used": "consent"})
    assert texts(read("a.md", text, rules)) == ["bad_front_matter"]


LINES = st.sampled_from(
    (
        *(
            "---",
            "...",
            "+++",
            ";;;",
            "",
            "consent: no",
            "a: &a [x]",
            "b: [*a, *a]",
            "<<: *a",
            "k: !!int ''",
            "'",
            '"',
            "{",
        ),
        *(
            "- x",
            "? y",
            "[t]",
            "k = 1",
            '{"a": 1}',
            "}",
            "\ufeff",
            "# c",
            "|",
            "%YAML 1.1",
            "k: >",
            "  x",
            "\t",
            "Text.",
        ),
    )
)


@given(
    st.one_of(
        st.lists(LINES, max_size=12).map("\n".join),
        st.lists(st.one_of(LINES, st.text(max_size=12)), max_size=8).map("\r\n".join),
        st.builds("{}\n{}\n{}\nText.".format, st.sampled_from(["---", "+++", ";;;", "{"]), st.text(), LINES),
    )
)
def test_no_text_can_break_the_reading_of_front_matter(text):
    (found,) = read("a.md", text.encode(errors="replace"))
    assert isinstance(found, (Article, Quarantined, PassedOver))


SCALARS = st.one_of(st.text(max_size=8), st.booleans(), st.none(), st.integers(), st.floats(allow_nan=False))
NESTED = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=4), inner)), max_leaves=10
)


@given(st.dictionaries(st.sampled_from(["consent", "author", "id", "draft", "title", "status", "params", "x"]), NESTED))
def test_no_value_of_a_field_can_break_the_reading(fields):
    (found,) = read("a.md", f"{json.dumps(fields)}\nText.")
    assert isinstance(found, (Article, Quarantined, PassedOver))
