"""Exports in ZIP archives: those of Substack and Medium, and whatever an archive holds."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from ownvoice.articles.article import Article, Quarantined
from ownvoice.articles.formats.exports import archive
from ownvoice.config.source_rules import SourceRules
from stand_ins.exports import medium, substack, wxr, wxr_item, zipped
from stand_ins.source_objects import read, texts

BODY = "<p>We waited on the platform.</p>"
NOON = "2026-03-01T12:00:00+00:00"
ROWS = {"17.waiting": "true,newsletter,On waiting"}
HEADED = f'<section><h3 class="graf graf--title">On waiting</h3>{BODY}</section>'


def test_a_post_of_substack_has_the_id_and_title_of_its_list():
    (article,) = read("a.zip", substack(ROWS, {"17.waiting": BODY}))
    assert article == Article(
        "a.zip#posts/17.waiting.html",
        "substack:17",
        "unknown",
        "On waiting",
        "",
        "We waited on the platform.",
        published_at=NOON,
    )


def test_drafts_and_podcasts_of_substack_are_passed_over_and_what_is_in_no_list_is_refused():
    rows = {
        "1.a": "false,newsletter,A",
        "2.b": "true,podcast,B",
        "3.c": "false,newsletter,C",
        "4.d": "true,newsletter,D",
    }
    found = read("a.zip", substack(rows, dict.fromkeys(["1.a", "2.b", "5.e"], BODY)))
    assert texts(found) == ["draft", "podcast", "missing_field", "draft", "without text"]


def test_what_substack_puts_into_a_body_is_no_text():
    widget = (
        '<div class="subscription-widget-wrap"><p>Subscribe!</p></div><div class="embedded-post-wrap">Bo: no.</div>'
    )
    assert texts(read("a.zip", substack(ROWS, {"17.waiting": BODY + widget}))) == ["We waited on the platform."]


def test_a_story_of_medium_has_the_id_author_and_title_that_its_page_says():
    (article,) = read("a.zip", medium({"2026-03-01_On-waiting-0123456789ab.html": HEADED}))
    content = "### On waiting\n\nWe waited on the platform."
    key = "a.zip#posts/2026-03-01_On-waiting-0123456789ab.html"
    assert article == Article(key, "medium:0123456789ab", "Ada Blau", "On waiting", "", content, published_at=NOON)


def test_drafts_and_answers_of_medium_are_told_apart():
    stories = {"draft_Later-1123456789ab.html": HEADED, "2026-03-02_We-waited-on-2123456789ab.html": BODY}
    assert texts(read("a.zip", medium(stories))) == ["draft", "comment"]


def test_the_terms_of_an_author_are_found_by_the_name_at_medium():
    rules = SourceRules(authors={"ada": {"consent": "no"}})
    (article,) = read("a.zip", medium({"2026-03-01_On-waiting-0123456789ab.html": HEADED}), rules)
    assert article.consent == "no"


def test_a_damaged_member_costs_only_itself():
    stories = {f"2026-03-0{n}_On-waiting-{n}123456789ab.html": HEADED + str(n) for n in (1, 2)}
    data = bytearray(medium(stories))
    at = data.index(b"posts/2026-03-01") + 60
    data[at : at + 8] = bytes(8)
    assert texts(read("a.zip", bytes(data)))[0] == "bad_archive"
    assert texts(read("a.zip", bytes(data)))[1].endswith("2")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_an_archive_that_breaks_off_is_named_so(share):
    data = substack(ROWS, {"17.waiting": BODY})
    (found,) = read("a.zip", data[: int(len(data) * share)])
    assert isinstance(found, Quarantined)
    assert found.reason == ("bad_archive" if share else "empty")


def test_an_archive_of_anything_else_is_passed_over():
    assert texts(read("a.zip", zipped({"a.png": b"x", "../../etc/passwd": b"x"}))) == [".zip"]


def test_names_that_lead_out_of_an_archive_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert texts(read("a.zip", zipped({"../b.xml": wxr(wxr_item(1, BODY))}))) == ["We waited on the platform."]
    assert not list(tmp_path.parent.glob("b.xml"))


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "most_unpacked_bytes", lambda packed: 5000)
    pages = {f"{n}.p": BODY + " " * 2000 for n in range(4)}
    found = texts(read("a.zip", substack(dict.fromkeys(pages, "true,newsletter,T"), pages)))
    assert found[0] == "We waited on the platform."
    assert found[-1] == "zip_bomb"


def test_an_archive_with_a_password_is_named_so():
    data = bytearray(substack(ROWS, {"17.waiting": BODY}))
    for mark, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            data[start + at] |= 1
    assert texts(read("a.zip", bytes(data))) == ["encrypted"]


def test_a_packed_archive_is_read_too():
    assert texts(read("a.zip.gz", gzip.compress(substack(ROWS, {"17.waiting": BODY})))) == [
        "We waited on the platform."
    ]


def test_a_list_of_a_million_members_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was read"))
    with io.BytesIO(b"PK\5\6" + bytes(6) + b"\xff\xff" + bytes(10)) as file:
        assert texts(read("a.zip", file.getvalue())) == ["too_large"]
