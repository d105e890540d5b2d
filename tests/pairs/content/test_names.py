from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.content.names import lacking, names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Yesterday we asked Ada Lovelace about it.", ["Ada", "Lovelace"]),
        ("The team at OpenAI’s office likes GPT-4o.", ["OpenAI", "GPT-4o"]),
        ("LangChain calls an LLM, or many LLMs.", ["LangChain", "LLM", "LLMs"]),
        ("We moved to Node.js, C++ and C# in Q3.", ["Node.js", "C++", "C#", "Q3"]),
        ("Our Kafka-based, RLHF-trained, non-English thing.", ["Kafka", "RLHF", "English"]),
        ("We tried Llama-3.1-8B and e5-large-v2 on an H100.", ["Llama-3.1-8B", "e5-large-v2", "H100"]),
        ("Set max_length and call it via AT&T.", ["max_length", "AT&T"]),
        ("He met O’Reilly and the McDonald’s clerk.", ["O’Reilly", "McDonald"]),
        ("On Monday, 3 May, it was NOT a DRILL.", ["Monday", "May", "DRILL"]),
        ("It was easy. Nobody knew why. “Really,” they said.", []),
        ("I think I’m right, and I’ve said so.", []),
        ("the 1st of 2 tries, the 3rd of the 1990s", []),
        ("One point: Data is what matters.\n- Clean it\n2. Use it", []),
        ("Le train va à Paris, chez l’Oréal.", ["Paris", "Oréal"]),
        ("Вчера мы спросили Анну о Python.", ["Анну", "Python"]),
        ("昨日OpenAIがGPT-4を発表した。", ["OpenAI", "GPT-4"]),
        ("私たちは毎日記事を書きます。", []),
        ("", []),
    ],
)
def test_names_are_told_by_their_capitals_digits_and_underscores(text, found):
    assert names(text, text, "en") == found


def test_a_word_that_begins_a_sentence_is_a_name_where_it_has_a_capital_elsewhere():
    quote = "Kafka keeps the log. Nothing else does."
    assert names(quote, quote, "en") == []
    assert names(quote, f"We run Kafka at night. {quote}", "en") == ["Kafka"]


def test_in_german_only_names_that_no_noun_looks_like_are_asked_for():
    text = "Gestern sprach der Kanzler in Berlin mit der NASA über OpenAI und GPT-4."
    assert names(text, text, "de") == ["NASA", "OpenAI", "GPT-4"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("GPT-4o", "the model gpt 4o"),
        ("GPT-4o", "GPT4o"),
        ("LLMs", "an LLM"),
        ("LLM", "all LLMs"),
        ("HuggingFace", "Hugging Face"),
        ("Node.js", "NodeJS"),
        ("Ada", "ADA’s notes"),
        ("AT&T", "at&t"),
        ("Llama-3.1-8B", "Llama 3.1 8B"),
        ("Ｋａｆｋａ", "Kafka"),
    ],
)
def test_case_hyphens_and_a_plural_do_not_hide_a_name(name, text):
    assert lacking([name], text, "en") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("GPT-4o", "GPT-4"), ("GPT-4", "GPT-3.5"), ("Ada", "Adam"), ("Austria", "Australia")],
)
def test_another_name_is_not_the_name(name, text):
    assert lacking([name], text, "en") == [name]


def test_endings_may_change_in_languages_that_decline_their_names():
    assert lacking(["Москву"], "Москва не отвечает", None) == []
    assert lacking(["Москву"], "Мост не отвечает", None) == ["Москву"]


WORDS = st.from_regex(
    r"[A-Z]?[a-z]{1,6}([A-Z][a-z]+)?(-?[0-9]{1,2}[a-z]?)?('s)?|[A-Z]{2,4}s?|ich|und|the", fullmatch=True
)


@given(st.lists(WORDS, min_size=1), st.randoms(), st.sampled_from(["en", "de", None]))
def test_names_are_found_back_in_any_order(words, random, language):
    quote = f"we {' '.join(words)}."
    found = names(quote, quote, language)
    random.shuffle(words)
    assert lacking(found, " - ".join(words), language) == []
