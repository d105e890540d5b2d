from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.content import carried, content_drop
from ownvoice.pairs.reasons import Drop

QUOTE = (
    "Last May I moved 1,500 photos from Dropbox to a Raspberry Pi 4 in the cellar, and it took me three evenings, two "
    "power cuts and most of my patience."
)
POINTS = """Write these points out:
- move of 1500 photos, in May of last year
- from Dropbox, to the cellar: Raspberry Pi 4
- duration: 3 evenings; power failed 2 times
- little patience left"""
PARAPHRASE = (
    "Say this in your own voice:\nIn May of last year, 1,500 photos went from Dropbox to a Raspberry Pi 4 that stands "
    "in the cellar. This required three evenings, during which there were two power cuts, and a lot of patience."
)


def drop(instruction: str, quote: str = QUOTE, language: str | None = "en") -> Drop | None:
    return content_drop(instruction, quote, quote, language)


def reason(instruction: str, quote: str = QUOTE, language: str | None = "en") -> str | None:
    found = drop(instruction, quote, language)
    return found and found.reason.name


@pytest.mark.parametrize(
    "instruction", [POINTS, PARAPHRASE, POINTS.replace("\n", " "), PARAPHRASE.replace(":\n", ". ")]
)
def test_points_and_a_paraphrase_that_say_what_the_quote_says_are_kept(instruction):
    assert drop(instruction) is None


@pytest.mark.parametrize(
    ("instruction", "carries"),
    [
        ("Write these out:\n- one\n- two", "- one\n- two"),
        ("Rewrite this: It rains.", "It rains."),
        ("请改写：今天下雨。", "今天下雨。"),
        ("Rewrite this in your voice. It rains.", "It rains."),
        ("Rewrite what follows in your voice\nIt rains.", "It rains."),
        ("Write about rain", ""),
        ("Write about rain.", ""),
        ("", ""),
    ],
)
def test_what_is_carried_stands_behind_the_ask(instruction, carries):
    assert carried(instruction) == carries


@pytest.mark.parametrize(
    "instruction",
    ["", "Write about photos.", "Rewrite this in your own voice:", "Write these out:\n- photos\n- a move from Dropbox"],
)
def test_an_ask_alone_and_a_title_carry_too_little(instruction):
    assert reason(instruction) == "prompt_carries_too_little"


def test_what_is_far_longer_than_the_quote_carries_too_much():
    found = drop(POINTS + "\n- and it was raining on the house all through those long nights" * 8)
    assert (found.reason.name, found.detail) == ("prompt_carries_too_much", "123 words for 30 of the quote")


@pytest.mark.parametrize(
    "copied",
    [
        "it took me three evenings, two power cuts",
        "IT TOOK ME THREE EVENINGS; TWO POWER CUTS",
        "it took me – three evenings – two “power” cuts",
        "it took\u00a0me three\u00adevenings two ｐｏｗｅｒ cuts".replace("\u00ad", " \u200b"),
    ],
)
def test_eight_words_in_a_row_are_a_copy_however_they_are_set(copied):
    found = drop(f"{POINTS}\n- {copied}")
    assert (found.reason.name, found.detail) == ("prompt_copies_quote", "it took me three evenings two power cuts")


def test_seven_words_in_a_row_are_none():
    assert drop(f"{POINTS}\n- it took me three evenings, two power failures") is None


def test_a_list_of_names_cannot_be_said_otherwise():
    quote = "We compared Kafka, RabbitMQ, Redis, Celery, Airflow, Prefect, Dagster and Luigi, and I would take none."
    points = (
        "Write out:\n- compared: Kafka, RabbitMQ, Redis, Celery, Airflow, Prefect, Dagster and Luigi\n- result: none"
    )
    assert drop(points, quote) is None


def test_a_quote_of_fewer_than_eight_words_is_copied_as_a_whole():
    quote = "Nobody reads manuals any more."
    assert reason(f"Say it again:\n{quote}", quote) == "prompt_copies_quote"
    assert drop("Say it again:\nManuals are not read by anybody now.", quote) is None


def test_in_a_script_without_spaces_sixteen_letters_are_a_copy():
    quote = "私たちは毎日記事を書きますが、本当に読まれているのは見出しだけです。"
    copied = "言い換えて:\n記事を書く毎日ですが、本当に読まれているのは見出しだけです、と言えます。"
    said_otherwise = "言い換えて:\n毎日のように記事を出していますが、実際に目を通されるのは見出しのみです。"
    assert reason(copied, quote, None) == "prompt_copies_quote"
    assert drop(said_otherwise, quote, None) is None


@pytest.mark.parametrize(
    ("gone", "detail"),
    [("1,500", "1,500"), ("three", "three"), ("two", "two"), ("1,500 photos", "1,500"), ("Pi 4", "4")],
)
def test_a_number_that_is_missing_is_named(gone, detail):
    found = drop(PARAPHRASE.replace(gone, "some"))
    assert (found.reason.name, found.detail) == ("prompt_lacks_number", detail)


@pytest.mark.parametrize(
    ("gone", "detail"), [("May", "May"), ("Dropbox", "Dropbox"), ("Raspberry Pi", "Raspberry, Pi")]
)
def test_a_name_that_is_missing_is_named(gone, detail):
    found = drop(PARAPHRASE.replace(gone, "it"))
    assert (found.reason.name, found.detail) == ("prompt_lacks_name", detail)


def test_what_the_ask_alone_says_is_not_carried():
    quote = "We lost 100 servers in Zürich and kept going until the lights came back on."
    ask = "Answer for Zurich in 100 words: machines failed, and they kept working until power returns."
    points = "Write: 100 machines failed in Zurich, and they kept working until power returns."
    assert content_drop(ask, quote, quote, "en").reason.name == "prompt_lacks_number"
    assert content_drop(points, quote, quote, "en") is None


def test_a_verb_that_is_spelt_like_a_month_is_no_number():
    quote = "We lost 5 servers and kept going until the lights came back on."
    drop = content_drop("Write: machines failed, and one may go on until power returns.", quote, quote, "en")
    assert drop.reason.name == "prompt_lacks_number"


def test_a_month_may_be_a_number():
    quote = "We opened the shop on 12 May 2019, and by the end of that week half of the street had been to see us once."
    rewritten = "Rewrite:\nThe shop was opened on 2019-05-12; within a week, half the street had paid it a visit."
    assert drop(rewritten, quote) is None


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["en", "de", None]))
def test_any_texts_are_compared(instruction, quote, language):
    assert drop(instruction, quote, language) is None or drop(instruction, quote, language).reason.name
