"""Every measure on text of any kind: a number that makes sense, or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.style.classifier import VoiceClassifier
from ownvoice.style.copying import CopyIndex
from ownvoice.style.description import describe
from ownvoice.style.distances import cosine_delta, jensen_shannon, measured, word_counts
from ownvoice.style.log_odds import over_used
from ownvoice.style.words import function_words

ENGLISH = [f"I look at it again, and then number {number} is here." for number in range(12)]
KINDS = {
    "nothing": [""] * 12,
    "one text": ["A single text, about nothing."],
    "emoji alone": ["😀👩‍👩‍👧 🎉!"] * 12,
    "numbers alone": ["1,024 + 3 = 1,027"] * 12,
    "Chinese": ["我们今天学习模型，然后写一篇文章。"] * 12,
    "Japanese": ["今日はモデルについて書きます。とても楽しいです！"] * 12,
    "Arabic": ["نتعلم اليوم عن النماذج، ثم نكتب مقالا؟"] * 12,
    "Hindi": ["आज हम मॉडल के बारे में सीखते हैं।"] * 12,
    "Thai": ["วันนี้เราเรียนรู้เกี่ยวกับโมเดล"] * 12,
    "halves of characters": ["\ud83d and \udc00 stand alone"] * 12,
    "controls": ["a\x00b\x1b[31m\u202e c\ufeff"] * 12,
    "Markdown": ["**Bold** and *more*\n\n- one\n- two\n\n```python\nx = 1\n```"] * 12,
    "a hundred thousand words": ["the model of a graph " * 20_000],
    "one word without an end": ["a" * 100_000],
    "marks without an end": ["?!" * 50_000],
}


def check_every_measure(texts, language, author):
    """Measure `texts` against `author`, and `author` against `texts`."""
    kept = function_words(language, author)
    classifier = VoiceClassifier.fit(author, texts, kept)
    if classifier is not None:
        assert np.all((classifier.scores(texts) >= 0) & (classifier.scores(texts) <= 1))
    counts, own = word_counts(texts, kept), word_counts(author, kept)
    for distance in (cosine_delta(own, counts), jensen_shannon(own)):
        found = measured(distance, counts, own, [str(row) for row in range(len(own))])
        assert found is None or (found.distance >= -1e-9 and found.floor > 0)
    assert all(one.z > 0 and one.count > 0 for one in over_used(texts, author))
    copies = CopyIndex((str(place), text) for place, text in enumerate(author))
    assert all(0 <= copies.copied(text).share <= 1 for text in texts)
    found = describe(texts, language)
    assert found.words == counts.sum()
    assert (found.marks_per_100_words is None) == (found.words == 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "xx"])
def test_text_of_every_kind_is_measured_or_not_judged(kind, language):
    check_every_measure(KINDS[kind], language, ENGLISH)
    check_every_measure(ENGLISH, language, KINDS[kind])


@settings(max_examples=40)
@given(st.lists(st.text(max_size=60), max_size=14), st.lists(st.text(max_size=60), max_size=14))
def test_any_text_is_measured_or_not_judged(texts, author):
    check_every_measure(texts, "xx", author)


def test_a_script_without_spaces_has_a_voice_too():
    mine = [f"其实我觉得{topic}很好，对吧？不过呢，还是要看情况。" for topic in "书画车船山水花鸟鱼虫"]
    theirs = [f"{topic}是一个重要的概念。它被广泛使用于系统之中。" for topic in "书画车船山水花鸟鱼虫"]
    classifier = VoiceClassifier.fit(mine, theirs, function_words("zh", mine))
    assert min(classifier.scores(mine)) > 0.5 > max(classifier.scores(theirs))
