"""Which objects of a listing describe which others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.sidecars import sidecars_by_key


def test_sidecars_are_found_by_name_in_any_capitals_and_packing():
    keys = ["p/a.md", "p/a.YAML", "p/a.json.gz", "p/a.toml", "p/b.txt.zst", "p/b.Json", "q/a.yml", "p/ab.yml", "p/c.md"]
    assert sidecars_by_key(keys) == {"p/a.md": ["p/a.YAML", "p/a.json.gz", "p/a.toml"], "p/b.txt.zst": ["p/b.Json"]}


def test_a_json_describes_objects_of_other_formats_and_is_described_by_other_languages():
    assert sidecars_by_key(["a.json", "a.yaml"]) == {"a.json": ["a.yaml"]}
    assert sidecars_by_key(["a.json", "a.jsonl"]) == {"a.jsonl": ["a.json"]}
    assert sidecars_by_key(["a.json", "a.JSON", "a.json.gz"]) == {}


def test_a_key_of_endings_alone_is_no_trouble():
    assert sidecars_by_key(["p/.md", "p/.yaml", ".json", "", "/", ".gz"]) == {"p/.md": ["p/.yaml"]}


@given(st.lists(st.text(st.sampled_from("aİ./\n\u2028jsonmdyalgz"), max_size=12), unique=True))
def test_no_key_can_break_the_search(keys):
    found = sidecars_by_key(keys)
    assert all(name in keys and name != key for key, names in found.items() for name in names)
