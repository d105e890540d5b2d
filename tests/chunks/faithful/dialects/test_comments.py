"""What an author keeps from readers reaches no model, in either cleaning."""

from __future__ import annotations

import pytest

from ownvoice.chunks import clean

COMMENTS = [
    "%% secret %%",
    "%%secret%%",
    "%%\nsecret\n%%",
    "%%\nsecret\n\n- secret\n\n    secret\n%%",
    "%% secret\n\nsecret %%",
    "%% secret `a %% b",
    "<!-- secret -->",
    "<!--\nsecret\n\nsecret\n-->",
    "{% comment %}secret\n\nsecret{% endcomment %}",
    "{%- comment -%} secret {%- endcomment -%}",
    "{{/* secret */}}",
    "{{< comment >}}\nsecret\n{{< /comment >}}",
    "{{!-- secret {{a}} --}}",
    "{# secret #}",
    "{/* secret\n\n secret */}",
    "{::comment}\nsecret\n{:/comment}",
    "{>> secret <<}",
]


@pytest.mark.parametrize("cleaning", ["faithful", "chapter"])
@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize(
    "frame", ["One.\n\n{}\n\nTwo.", "One {} Two.", "> One. {}\n\nTwo.", "- One\n- {}\n\nTwo.", "{}Two."]
)
def test_a_comment_reaches_no_model_wherever_it_stands(frame, comment, cleaning):
    text = clean(frame.replace("{}", comment), cleaning).text
    assert "secret" not in text
    assert "Two." in text


@pytest.mark.parametrize("cleaning", ["faithful", "chapter"])
@pytest.mark.parametrize("opening", ["%%", "%% ", "<!--", "> %% ", "Then %%"])
def test_a_comment_that_stays_open_reaches_to_the_end(opening, cleaning):
    assert "secret" not in clean(f"One.\n\n{opening}secret\n\nMore secret.", cleaning).text


@pytest.mark.parametrize(
    ("article", "reading"),
    [
        ("In 1931 %% secret %% he left.", "In 1931 he left."),
        ("In 1931%%secret%% he left.", "In 1931 he left."),
        ("%% born in 1931%% He left.", "He left."),
        ("One %% secret.\n\nTwo.", "One\n\nTwo."),
        ("%%%%%%%%%%\n\nOne.\n\n%%%%%%%%%%\n\nTwo.", "One.\n\nTwo."),
        ("One.\n\n    %% of an indented block\n    code()\n\nTwo.", "One.\n\nTwo."),
        ("- One.\n\n    %% secret\n    secret %%\n\n- Two.", "One.\nTwo."),
        ("He paid $5 %% secret %% or US$.", "He paid $5 or US$."),
        ("- One ` of\n- them %% secret %% ` is.", "One ` of\nthem ` is."),
        ("100%% sure, and 50%% of it.", "100%% sure, and 50%% of it."),
        ("A `<!--` opens, and `-->` closes.", "A <!-- opens, and --> closes."),
    ],
)
def test_percent_signs_of_comments_are_told_from_others(article, reading):
    assert clean(article, "faithful").text == reading


def test_the_chapters_cleaning_of_a_text_without_comments_is_the_chapters_own():
    assert clean("100%% of <b>it</b> {x}.", "chapter").text == "100 of b it b x ."
