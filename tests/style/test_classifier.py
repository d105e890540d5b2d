"""The classifier of a voice."""

from __future__ import annotations

import numpy as np
import pytest

from ownvoice.style.classifier import VoiceClassifier
from ownvoice.style.words import FUNCTION_WORDS

SUBJECTS = (
    "graphs",
    "models",
    "vectors",
    "prompts",
    "agents",
    "tokens",
    "layers",
    "pipelines",
    "queues",
    "trees",
    "maps",
)
MINE = [f"But I like {subject} - and so do you, don't you?" for subject in SUBJECTS]
THEIRS = [f"It is important that {subject} are used within a system." for subject in SUBJECTS]


@pytest.fixture(scope="module")
def classifier():
    return VoiceClassifier.fit(MINE, THEIRS, FUNCTION_WORDS)


def test_it_knows_a_voice_on_a_subject_it_has_never_seen(classifier):
    mine, theirs = classifier.scores(
        ["But I like sailing - and so do you, don't you?", "It is important that sails are used within a harbour."]
    )
    assert theirs < 0.3 < 0.7 < mine


def test_subjects_alone_say_nothing():
    mine, theirs = (
        [f"I use {word} every day." for word in words] for words in (SUBJECTS, [word[::-1] for word in SUBJECTS])
    )
    scores = VoiceClassifier.fit(mine, theirs, FUNCTION_WORDS).scores([*mine, *theirs])
    assert scores == pytest.approx(np.full(len(scores), 0.5), abs=1e-6)


def test_a_text_without_a_word_is_nobodys_and_no_text_has_no_score(classifier):
    assert classifier.scores(["", "😀 ...", "12"]).tolist() == [0.0, 0.0, 0.0]
    assert classifier.scores([]).tolist() == []


def test_the_order_of_texts_changes_no_score(classifier):
    other = VoiceClassifier.fit(MINE[::-1], THEIRS[::-1], FUNCTION_WORDS[::-1])
    assert other.scores(MINE + THEIRS) == pytest.approx(classifier.scores(MINE + THEIRS), abs=1e-3)


def test_nothing_is_judged_where_a_side_has_fewer_than_ten_texts_with_a_word():
    assert VoiceClassifier.fit(MINE[:9], THEIRS, FUNCTION_WORDS) is None
    assert VoiceClassifier.fit([*MINE[:9], "", "😀"], THEIRS, FUNCTION_WORDS) is None
    assert VoiceClassifier.fit(MINE, [], FUNCTION_WORDS) is None
