from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.content.numbers import numbers, values


def lacking(quote: str, instruction: str, language: str | None = "en") -> list[str]:
    there = values(instruction, language)
    return [one.written for one in numbers(quote, language) if not any(way <= there for way in one.ways)]


@pytest.mark.parametrize(
    ("quote", "instruction"),
    [
        ("1,000 users", "1000 users"),
        ("1000 users", "1,000 users"),
        ("1 000 users", "1000 users"),
        ("1’000 users", "1,000 users"),
        ("1.000 Leute", "1000 Leute"),
        ("1,234.56 euros", "1.234,56 Euro"),
        ("3.5 hours", "3,5 Stunden"),
        ("0.50 dollars", "0.5 dollars"),
        ("50% of it", "50 percent of it"),
        ("50 % of it", "fifty percent of it"),
        ("fifty of them", "50 of them"),
        ("two of them", "2 of them"),
        ("2 of them", "two of them"),
        ("1 of them", "one of them"),
        ("twenty-one pages", "21 pages"),
        ("two hundred and fifty pages", "250 pages"),
        ("250 pages", "two hundred and fifty pages"),
        ("1.5 million rows", "1,500,000 rows"),
        ("1,500,000 rows", "1.5 million rows"),
        ("from 2 to 3 million", "2 million to 3 million"),
        ("two million rows", "2,000,000 rows"),
        ("7B parameters", "7 billion parameters"),
        ("8k tokens", "8,000 tokens"),
        ("10x faster", "10 times faster"),
        ("the 3rd try", "the third try"),
        ("the third try", "try number 3"),
        ("1st of all", "first of all"),
        ("the 19th century", "century: 19th"),
        ("the 1990s", "the 1990s"),
        ("on 12 May 2024", "on 2024-05-12"),
        ("on 2024-05-12", "on May 12, 2024"),
        ("at 10:30", "at half past 10 (10:30)"),
        ("version 3.11.2", "release 3.11.2"),
        ("from 3–5 days", "3 to 5 days"),
        ("$5 and €6", "5 dollars, 6 euros"),
        ("٣٤ كتاب", "34 كتاب"),
        ("５０ points", "50 points"),
        ("10² metres", "10^2 metres"),
        ("½ a pound", "1/2 a pound"),
        ("2½ cups", "cups: 2.5"),
        ("¾ done", "0.75 done"),
        ("100 servers", "a hundred servers"),
        ("1000 users", "a thousand users"),
        ("24 eggs", "two dozen eggs"),
        ("in the 90s", "in the nineties"),
        ("50 cent", "50 cents"),
    ],
)
def test_a_number_is_there_in_whatever_form_it_is_written(quote, instruction):
    assert numbers(quote, "en")
    assert lacking(quote, instruction) == []


@pytest.mark.parametrize(
    ("quote", "instruction", "missing"),
    [
        ("1,000 users", "100 users", ["1,000"]),
        ("3.5 hours", "35 hours", ["3.5"]),
        ("3.5 hours", "3 hours and 5 apples", ["3.5"]),
        ("two or three", "two or many", ["three"]),
        ("50%", "half", ["50"]),
        ("1.5 million", "15 million", ["1.5"]),
        ("1.5 million", "1.5 billion", ["1.5"]),
        ("1 million", "1.5 million", ["1"]),
        ("two hundred", "two hundred and fifty", ["two hundred"]),
        ("two and three", "five", ["two", "three"]),
        ("in 2023 and 2024", "in 2024", ["2023"]),
        ("1,500 and 1.5", "1,500 alone", ["1.5"]),
    ],
)
def test_a_number_that_is_another_one_or_none_is_lacking(quote, instruction, missing):
    assert lacking(quote, instruction) == missing


@pytest.mark.parametrize(
    "text",
    ["one of them", "at first", "a second later", "GPT-4o, H100 and e5", "a hundred times", "said [3] and [4, 5]"],
)
def test_words_that_are_mostly_no_number_and_digits_of_names_are_not_asked_for(text):
    assert numbers(text, "en") == []


@pytest.mark.parametrize(
    ("language", "quote", "instruction"),
    [("de", "zwei Wege", "2 Wege"), ("fr", "trois jours", "3 jours"), ("es", "cinco libros", "5 libros")],
)
def test_small_numbers_in_words_are_known_in_four_languages(language, quote, instruction):
    assert numbers(quote, language)
    assert lacking(quote, instruction, language) == []
    assert numbers(quote, None) == []


WRITTEN = st.one_of(
    st.from_regex(r"[0-9]{1,4}([.,][0-9]{1,3}){0,2}( ?%|k|th)?", fullmatch=True),
    st.sampled_from(
        ["two", "fifty-one", "the third", "two hundred and six", "1.5 million", "2 000", "12 May 2024", "٣٤"]
    ),
)


@given(st.lists(WRITTEN), st.randoms())
def test_numbers_are_found_back_in_any_order(written, random):
    quote = ", ".join(written)
    random.shuffle(written)
    assert lacking(quote, "; ".join(written)) == []


@given(st.integers(0, 10**12))
def test_a_number_with_and_without_separators_is_the_same(number):
    assert Decimal(number) in values(f"{number:,}", "en") & values(str(number), "en") & values(
        f"{number:,}".replace(",", " "), "en"
    )
