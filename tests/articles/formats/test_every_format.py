"""Every form of a source, packed and unpacked, whole and broken: what cannot be read costs nobody else anything."""

from __future__ import annotations

import gzip
import io
import json
import re
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from ownvoice.articles.article import Article, Quarantined, Reason
from ownvoice.articles.formats.read import format_of, parse_object
from ownvoice.config.source_rules import SourceRules

REPOSITORY = Path(__file__).parent.parent.parent.parent
PAGE = """<!DOCTYPE html><html lang="de-AT"><head><meta charset="utf-8"><title>Vom Warten</title>
<meta name="author" content="Ida Blau"></head><body><nav><a href="/">Start</a> <a href="/alle">Alle Texte</a></nav>
<article><h1>Vom Warten</h1><p>{0}</p><p>{1}</p></article><footer>Impressum</footer></body></html>"""
PARAGRAPHS = (
    "Wer wartet, hat <em>nichts</em> zu tun &amp; doch keine Zeit: so kam es mir an jenem Bahnsteig vor, als der Zug "
    "nicht kam und niemand sagte, warum.",
    "Später las ich, eine Kuh habe auf dem Gleis gestanden. Ich glaube das bis heute, denn eine bessere Erklärung für "
    "eine verlorene Stunde hat mir noch keiner gegeben.",
)


def parse(key, data, rules=None, sidecar=None):
    return list(parse_object(key, data if isinstance(data, bytes) else data.encode(), rules, sidecar))


def lines(*items):
    return "\n".join(item if isinstance(item, str) else json.dumps(item) for item in items)


def parquet(columns, **options):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


def texts(found):
    return [one.content if isinstance(one, Article) else str(one.reason) for one in found]


def zeros(packed, size):
    """Pack `size` zero bytes."""
    buffer = io.BytesIO()
    with packed(buffer) as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    return buffer.getvalue()


def gz(buffer):
    return gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1)


def zst(buffer):
    return zstandard.ZstdCompressor().stream_writer(buffer, closefd=False)


def test_json_lines_are_articles_one_a_line():
    found = parse("all.jsonl", lines({"id": "1", "content": "One."}, "", {"content": "Two.", "title": "T"}) + "\n")
    assert found == [
        Article("all.jsonl#0", "1", "unknown", "", "", "One."),
        Article("all.jsonl#2", None, "unknown", "T", "", "Two."),
    ]


def test_a_broken_line_costs_that_line_alone():
    good, bad = json.dumps({"content": "Good."}).encode(), b'{"content": "b\xe4d"}'
    found = parse("all.ndjson", b"\n".join([good, b"{", bad, b"[]", b'{"content": " "}', b'{"x": 1}', good]))
    assert texts(found) == ["Good.", "bad_json", "not_utf8", "wrong_shape", "empty", "missing_field", "Good."]
    assert [one.source_key for one in found][1:3] == ["all.ndjson#1", "all.ndjson#2"]


def test_a_json_object_is_an_article_and_a_list_holds_many():
    assert texts(parse("a.json", json.dumps({"content": "One."}))) == ["One."]
    assert texts(parse("a.json", json.dumps([{"content": "One."}, 7, {"content": "Two."}]))) == [
        "One.",
        "wrong_shape",
        "Two.",
    ]


@pytest.mark.parametrize("compression", ["snappy", "zstd", "gzip", None])
def test_parquet_rows_are_articles(compression):
    columns = {"content": ["One.", None, "", "Two."], "id": [1, 2, 3, 4], "views": [9, 9, 9, 9]}
    found = parse("all.parquet", parquet(columns, compression=compression))
    assert texts(found) == ["One.", "missing_field", "empty", "Two."]
    assert [one.metadata_id for one in found if isinstance(one, Article)] == ["1", "4"]


def test_a_column_of_bytes_that_says_it_is_text_costs_its_rows_alone():
    content = pa.array([b"Good.", b"b\xe4d", b"Good."]).view(pa.string())
    assert texts(parse("all.parquet", parquet({"content": content}))) == ["Good.", "not_utf8", "Good."]


def test_html_is_its_main_text_and_what_the_page_says_of_itself():
    (article,) = parse("warten.html", PAGE.format(*PARAGRAPHS))
    assert (article.title, article.author_id, article.language) == ("Vom Warten", "Ida Blau", "de-AT")
    assert "*nichts* zu tun & doch keine Zeit" in article.content
    assert "eine Kuh habe auf dem Gleis gestanden" in article.content
    assert "Impressum" not in article.content
    assert "Alle Texte" not in article.content
    assert "<" not in article.content


def test_html_is_read_in_the_encoding_it_declares_and_in_no_other():
    page = PAGE.replace("utf-8", "windows-1252").format(*PARAGRAPHS)
    (article,) = parse("warten.htm", page.encode("windows-1252"))
    assert "Später las ich" in article.content
    assert texts(parse("warten.htm", PAGE.format(*PARAGRAPHS).encode("windows-1252"))) == ["not_utf8"]
    assert texts(parse("warten.htm", page.replace("windows-1252", "klingon").encode("windows-1252"))) == ["not_utf8"]


@pytest.mark.parametrize("page", ["<html><body><img src='a.png'></body></html>", "<nav></nav>", "<script>x</script>"])
def test_a_page_without_main_text_is_named_so(page):
    assert texts(parse("a.html", page)) == ["no_main_text"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("a.md", b"---\nid: x\n---\nText."),
        ("a.jsonl", b'{"id": "x", "content": "Text."}'),
        ("a.json", b'{"id": "x", "content": "Text."}'),
        ("a.parquet", parquet({"id": ["x"], "content": ["Text."]})),
    ],
)
def test_every_form_may_be_packed(key, data, pack):
    packed = f"{key}.{'gz' if pack is gzip.compress else 'zst'}"
    (article,) = parse(packed, pack(data))
    assert (article.metadata_id, article.content) == ("x", "Text.")
    assert parse(packed, pack(data[:5]) + pack(data[5:])) == [article]  # packed in two goes, as logs are


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_what_breaks_off_half_way_keeps_the_articles_before_it(pack):
    import random

    noise = random.Random(1)
    items = [{"content": f"Number {number}: {noise.randbytes(400).hex()}."} for number in range(10_000)]
    data = pack(lines(*items).encode())
    found = parse(f"a.jsonl.{'gz' if pack is gzip.compress else 'zst'}", data[: len(data) // 2])
    assert 1000 < sum(isinstance(one, Article) for one in found) < 10_000
    assert [one.reason for one in found if isinstance(one, Quarantined)] == ["bad_archive"]


@pytest.mark.parametrize("key", ["a.md.gz", "a.jsonl.zst", "a.html.gz", "a.parquet.zst"])
def test_what_is_not_packed_though_its_name_says_so_is_named_so(key):
    assert texts(parse(key, "Text.")) == ["bad_archive"]


@pytest.mark.parametrize("key", ["a.md", "a.json", "a.jsonl", "a.html", "a.parquet"])
@pytest.mark.parametrize("pack", [gz, zst])
def test_a_bomb_is_put_aside_before_it_goes_off(key, pack):
    data = zeros(pack, 300 << 20)
    tracemalloc.start()
    (found,) = parse(f"{key}.{'gz' if pack is gz else 'zst'}", data)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.reason in ("zip_bomb", "too_large")
    assert peak_bytes < 160 << 20


def test_a_parquet_file_may_be_a_bomb_too():
    columns = {"content": ["x" * 10_000_000] * 30}
    assert texts(parse("a.parquet", parquet(columns, compression="zstd", use_dictionary=False))) == ["zip_bomb"]


@pytest.mark.parametrize(
    ("key", "most", "instead"),
    [
        ("a.md", 50 << 20, "cut it into articles"),
        ("a.json", 50 << 20, "write JSON Lines instead, which is read line by line"),
        ("a.html", 5 << 20, "cut it into articles"),
    ],
)
def test_what_is_read_whole_has_a_bound_and_says_what_to_do_instead(key, most, instead):
    (found,) = parse(key, b"x" * (most + 1))
    assert (found.reason, found.detail) == ("too_large", f"it is larger than {most:,} bytes; {instead}")


def test_a_line_of_more_than_fifty_megabytes_costs_that_line_alone():
    good = json.dumps({"content": "Good."}).encode()
    assert texts(parse("a.jsonl", b"\n".join([good, b"x" * (60 << 20), good]))) == ["Good.", "too_large", "Good."]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no parquet at all", parquet({"content": ["Text."]})[:-9]])
def test_what_is_no_parquet_is_named_so(data):
    assert texts(parse("a.parquet", data)) == ["bad_parquet"]


def test_a_parquet_file_without_the_columns_says_which_it_has():
    (found,) = parse("a.parquet", parquet({"body": ["Text."], "views": [1]}))
    assert found.reason == "missing_field"
    assert found.detail == "no 'content'; the fields are body, views. Name yours in OWNVOICE_SOURCE__FIELDS"


def test_a_million_broken_lines_are_counted_and_not_listed():
    found = parse("a.jsonl", b"{\n" * 1000 + b'{"content": "Good."}')
    assert texts(found)[20:] == ["Good.", "bad_json"]
    assert sum(one.articles for one in found if isinstance(one, Quarantined)) == 1000


def test_a_blogs_own_names_lead_to_ours():
    rules = SourceRules(
        fields={"body": "content", "meta.writer": "author_id", "slug": "id", "meta.rights.spdx": "licence"},
        default_author="the house",
    )
    item = {"slug": "s", "body": "Text.", "meta": {"writer": "jane", "rights": {"spdx": "CC0-1.0"}}}
    meta = pa.array([item["meta"]])
    for key, data in [
        ("a.jsonl", json.dumps(item)),
        ("a.json", json.dumps([item])),
        ("a.parquet", parquet({"slug": ["s"], "body": ["Text."], "meta": meta})),
    ]:
        (article,) = parse(key, data, rules)
        assert (article.metadata_id, article.content) == ("s", "Text.")
        assert (article.author_id, article.licence) == ("jane", "CC0-1.0")
    (article,) = parse("a.json", json.dumps({"body": "Text.", "meta": None}), rules)
    assert (article.author_id, article.licence) == ("the house", "")


def test_a_name_with_a_dot_in_it_is_tried_as_it_is():
    (article,) = parse("a.json", json.dumps({"post.body": "Text."}), SourceRules(fields={"post.body": "content"}))
    assert article.content == "Text."


def test_a_field_that_is_no_plain_value_is_not_guessed_at():
    (found,) = parse("a.json", json.dumps({"content": "Text.", "author": {"name": "jane"}}))
    assert (found.reason, found.detail[:35]) == ("wrong_shape", "the author_id is no plain value; le")


@pytest.mark.parametrize(
    ("stated", "consent"),
    [("yes", "yes"), (True, "yes"), ("Granted", "yes"), (False, "no"), ("no", "no"), ("pending", "no"), (None, "")],
)
def test_consent_that_is_no_clear_yes_is_a_no(stated, consent):
    (article,) = parse("a.json", json.dumps({"content": "Text.", "consent": stated}))
    assert article.consent == consent


def test_an_authors_terms_hold_for_all_articles_but_an_articles_own_licence_comes_first():
    rules = SourceRules(authors={"jane": {"licence": "CC-BY-4.0", "consent": "no"}})
    (article,) = parse("a.json", json.dumps({"content": "T.", "author": "jane", "consent": "yes"}), rules)
    assert (article.licence, article.consent) == ("CC-BY-4.0", "no")
    (article,) = parse("a.md", "---\nauthor: jane\nlicense: MIT\n---\nText.", rules)
    assert article.licence == "MIT"


def test_front_matter_comes_before_the_sidecar_and_a_refusal_before_both():
    sidecar = {"title": "Sidecar", "author": "jane", "consent": False}
    (article,) = parse("a.md", "---\ntitle: Matter\nconsent: yes\n---\nText.", sidecar=sidecar)
    assert (article.title, article.author_id, article.consent) == ("Matter", "jane", "no")


@pytest.mark.parametrize("matter", ["date: 2026-13-45", "a: " + "[" * 5000, "a: 'x"])
def test_front_matter_that_no_reader_reads_is_quarantined(matter):
    assert texts(parse("a.md", f"---\n{matter}\n---\nText.")) == ["bad_front_matter"]


def test_aliases_cannot_swell_front_matter():
    laughs = "\n".join(["l0: &l0 [lol]"] + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)])
    assert texts(parse("a.md", f"---\n{laughs}\ntitle: *l29\nconsent: *l29\n---\nText.")) == ["wrong_shape"]


def test_what_is_read_is_told_by_the_end_of_the_key():
    forms = {
        key: format_of(key) for key in ("A.MD", "b/c.json.gz", "d.txt.zst", "e.png", "f.gz", "g.tar.gz", "h.md.zip")
    }
    assert forms == {"A.MD": ".md", "b/c.json.gz": ".json", "d.txt.zst": ".txt"} | dict.fromkeys(
        ("e.png", "f.gz", "g.tar.gz", "h.md.zip"), ""
    )


def documented():
    """The examples of docs/sources.md: a key and what stands under it."""
    rows = (REPOSITORY / "docs" / "sources.md").read_text(encoding="utf-8").splitlines()
    for row in rows:
        cells = [re.findall(r"`([^`]+)`", cell) for cell in row.split(" | ")]
        if row.startswith("| `.") and cells[0] != [".parquet"]:
            yield from ((f"a{suffix}", cells[2][0].replace("\\n", "\n")) for suffix in cells[0])


def documented_reasons():
    text = (REPOSITORY / "docs" / "sources.md").read_text(encoding="utf-8")
    rows = text.split("| reason | what was found |")[1].split("\n\n")[0].splitlines()[2:]
    return [reason for row in rows for reason in re.findall(r"`(\w+)`", row.split("|")[1])]


@pytest.mark.parametrize(("key", "example"), documented())
def test_the_examples_of_the_documentation_are_read(key, example):
    (article,) = parse(key, example)
    assert article.content.removeprefix("# On waiting").strip() == "Text."
    assert article.metadata_id == ("a7" if "a7" in example else None)


def test_the_documentation_names_every_reason():
    assert sorted(documented_reasons()) == sorted(Reason)
