"""Front matter and sidecars."""

from __future__ import annotations

import pytest

from stand_ins.source_objects import read, texts


def test_front_matter_comes_before_the_sidecar_and_a_refusal_before_both():
    sidecar = {"title": "Sidecar", "author": "jane", "consent": False}
    (article,) = read("a.md", "---\ntitle: Matter\nconsent: yes\n---\nText.", sidecar=sidecar)
    assert (article.title, article.author_id, article.consent) == ("Matter", "jane", "no")


@pytest.mark.parametrize("matter", ["date: 2026-13-45", "a: " + "[" * 5000, "a: 'x"])
def test_front_matter_that_no_reader_reads_is_quarantined(matter):
    assert texts(read("a.md", f"---\n{matter}\n---\nText.")) == ["bad_front_matter"]


def test_aliases_cannot_swell_front_matter():
    laughs = "\n".join(["l0: &l0 [lol]"] + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)])
    assert texts(read("a.md", f"---\n{laughs}\ntitle: *l29\nconsent: *l29\n---\nText.")) == ["wrong_shape"]
