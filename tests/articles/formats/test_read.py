import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.article import Article, Quarantined
from ownvoice.articles.formats.read import MANY_FORMS, SINGLE_FORMS, parse_object


def parse(key, data):
    return list(parse_object(key, data if isinstance(data, bytes) else data.encode()))


def book(*items):
    return json.dumps({"artifact_data": list(items)})


def test_the_books_form_is_read_with_content_as_plain_text():
    item = {"id": "1", "content": "Some text.", "author_id": "a", "platform": "blog", "link": "https://example.org"}
    (article,) = parse("all.json", book(item))
    assert article == Article("all.json#0", "1", "a", "", "", "Some text.")


@pytest.mark.parametrize("spell", [lambda fields: fields, repr, json.dumps])
def test_the_books_form_is_read_with_content_as_a_dict_or_the_text_of_one(spell):
    fields = {"Title": "T", "Subtitle": None, "Content": "Don't\n'stop' it.", "language": "en"}
    (article,) = parse("all.json", book({"id": "1", "content": spell(fields)}))
    assert (article.title, article.language, article.content) == ("T", "en", "Don't\n'stop' it.")


def test_prose_that_only_looks_like_a_dict_stays_prose():
    (article,) = parse("all.json", book({"content": "{Content} is a placeholder that I never liked."}))
    assert article.content == "{Content} is a placeholder that I never liked."


def test_one_broken_item_leaves_the_others_whole():
    found = parse("all.json", book({"content": "One."}, 7, {"content": ""}, {"content": "Two."}))
    assert [type(one) for one in found] == [Article, Quarantined, Quarantined, Article]
    assert [one.reason for one in found if isinstance(one, Quarantined)] == ["wrong_shape", "empty"]


def test_markdown_takes_its_metadata_from_front_matter_and_counts_from_below_it():
    (article,) = parse("post.md", "---\nid: x\nauthor_id: a\ntitle: 'T: t'\nlanguage: de\n---\n# Hallo\n\nText.\n")
    assert article == Article("post.md", "x", "a", "T: t", "de", "# Hallo\n\nText.\n")


def test_markdown_without_front_matter_and_plain_text_are_read_as_they_are():
    assert parse("post.md", "# Hello\n") == [Article("post.md", None, "unknown", "", "", "# Hello\n")]
    assert parse("note.txt", "---\nA rule, then text.") == [
        Article("note.txt", None, "unknown", "", "", "---\nA rule, then text.")
    ]


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert parse("a.txt", b"\xef\xbb\xbfText.")[0].content == "Text."


@pytest.mark.parametrize(
    ("key", "data", "reason"),
    [
        ("a.md", b"\xff\xfe", "not_utf8"),
        ("a.md", b"  \n", "empty"),
        ("a.md", b"---\nid: x\n---\n", "empty"),
        ("a.md", b"---\nid: [x\n---\nText.", "bad_front_matter"),
        ("a.md", b"---\n- x\n---\nText.", "bad_front_matter"),
        ("a.json", b"{", "bad_json"),
        ("a.json", b"[" * 100_000, "bad_json"),
        ("a.json", b"[1]", "wrong_shape"),
        ("a.json", b"7", "wrong_shape"),
        ("a.json", b'{"articles": []}', "missing_field"),
        ("a.json", b'{"artifact_data": [{"content": "\\ud800"}]}', "not_utf8"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_its_reason(key, data, reason):
    (found,) = parse(key, data)
    assert isinstance(found, Quarantined)
    assert found.reason == reason
    assert found.detail


@given(
    st.binary(max_size=200),
    st.sampled_from([f"a{form}{pack}" for form in (*SINGLE_FORMS, *MANY_FORMS) for pack in ("", ".gz", ".zst")]),
)
def test_no_bytes_can_break_the_reader(data, key):
    assert all(isinstance(one, (Article, Quarantined)) for one in parse_object(key, data))


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["artifact_data", "content", "Content", "id"]), inner), max_leaves=12))  # fmt: skip
def test_no_json_can_break_the_reader(value):
    assert all(isinstance(one, (Article, Quarantined)) for one in parse_object("a.json", json.dumps(value).encode()))
