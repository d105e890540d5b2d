"""Menus and buttons go; lists and lines that an author wrote stay."""

from __future__ import annotations

import pytest

from ownvoice.chunks import clean


def read(article: str) -> str:
    return clean(article, "faithful").text


@pytest.mark.parametrize(
    "navigation",
    [
        "Share this post\n\n#### A title\n\nblog.example.com\n\nCopy link\n\nFacebook\n\nEmail\n\nNote\n\nOther",
        "SubscribeSign in",
        "14\n\nShare this post\n\nShare",
        "#### Discussion about this post\n\nComments\n\nTop\n\nNo posts\n\nReady for more?\n\nSubscribe",
        "  * __LLM Course\n  * __Research\n  * __About",
        "* [Home](/)\n* [About](/about)",
        "[Home](/) | [About](/about) | [Contact](/contact)",
        "__",
    ],
)
def test_buttons_menus_and_link_lists_are_left_out(navigation):
    assert read(f"Before it.\n\n{navigation}\n\nAfter it.") == "Before it.\n\nAfter it."


def test_buttons_at_the_start_and_after_a_blank_line_of_spaces_are_left_out():
    assert read("SubscribeSign in\n\nBefore it.  \n  \nShare this post\n\nAfter it.") == "Before it.\n\nAfter it."


@pytest.mark.parametrize(
    "prose",
    [
        "Share this post with a friend who needs it.",
        "Email",
        "I read [this book](u).",
        "Note\n\nOther",
    ],
)
def test_words_that_only_look_like_buttons_stay(prose):
    assert read(f"Before it.\n\n{prose}\n\nAfter it.").count("\n\n") >= 2


def test_a_short_list_that_a_sentence_leads_to_stays():
    assert read("We compare three:\n\n* GPUs\n* CPUs\n* TPUs") == "We compare three:\n\nGPUs\nCPUs\nTPUs"


def test_a_list_with_one_sentence_in_it_stays_whole():
    assert read("* GPUs\n* CPUs\n* Whatever else you can afford to buy.").startswith("GPUs\nCPUs\n")
