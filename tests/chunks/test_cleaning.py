"""Rendering a pair's spans, from the original alone."""

from __future__ import annotations

import pytest

from ownvoice.chunks import clean, cleaning_version, render
from ownvoice.chunks.cleaning import RENDERINGS, cleaning_versions
from ownvoice.errors import OwnvoiceError


def test_spans_are_rendered_without_markup_and_joined_by_one_space():
    content = "I **don’t** mind. Skip this. But _you_ may."
    spans = [(0, content.index(" Skip")), (content.index("But"), len(content))]
    assert render(content, spans, cleaning_version("faithful")) == "I don’t mind. But you may."


def test_every_cleaning_has_a_version():
    assert (cleaning_version("faithful"), cleaning_version("chapter")) == ("faithful-2", "chapter-2")


def test_an_unknown_version_is_refused_with_what_to_do():
    with pytest.raises(OwnvoiceError, match=r"'faithful-9' is unknown here .*render these pairs with"):
        render("Text.", [(0, 5)], "faithful-9")


def test_any_reading_can_be_asked_for():
    assert clean("It’s *so*.", "faithful").text == "It’s so."
    assert clean("It’s *so*.", "chapter").text == "It s so ."


def test_a_pair_is_rendered_by_the_version_that_it_names():
    content = "It is ==so== {{< ref >}} today."
    assert render(content, [(0, len(content))], "faithful-1") == content
    assert render(content, [(0, len(content))], "faithful-2") == "It is so today."


@pytest.mark.parametrize("cleaning", ["faithful", "chapter"])
def test_every_version_of_a_cleaning_can_be_rendered(cleaning):
    assert set(cleaning_versions(cleaning)) <= RENDERINGS.keys()
