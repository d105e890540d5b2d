"""What a report's figures say of simulated models, which write like the author in a share of their answers."""

from __future__ import annotations

import random

import pytest

from ownvoice.evaluation.author_texts import AuthorTexts
from ownvoice.evaluation.held_out import HeldOutPair
from ownvoice.evaluation.measure import Answered, figures
from stand_ins.two_authors import written_by

ARTICLES, PROMPTS_AN_ARTICLE = 12, 5
PAIRS = [
    HeldOutPair(f"{article}/{part}", f"held-{article}", "Why?", written_by("ann", f"{article} {part}"), "")
    for article in range(ARTICLES)
    for part in range(PROMPTS_AN_ARTICLE)
]
TEXTS = AuthorTexts(
    {f"article-{number}": written_by("ann", f"train {number}", 400) for number in range(12)},
    {f"held-{number}": written_by("ann", f"test {number}", 300) for number in range(ARTICLES)},
    "en",
)


def model(name: str, share: float, words: int = 60) -> Answered:
    """A model that answers as ann in a share of its answers, else as bob."""
    draw = random.Random(name)
    answers = {
        pair.pair_id: written_by("ann" if draw.random() < share else "bob", f"{name} {pair.pair_id}", words)
        for pair in PAIRS
    }
    return Answered(name, answers)


AUTHOR = Answered("author", {pair.pair_id: pair.chosen for pair in PAIRS})


SILENT = ("", "😀 😀", "12 34", "\n", "他们写得很好。", "كتبت هذا")
ARTICLE = next(iter(TEXTS.training.values())).split()
BOLD = str.maketrans({chr(97 + place): chr(0x1D5EE + place) for place in range(26)})


@pytest.fixture(scope="module")
def found():
    """The figures of many models at once: each is measured by itself."""
    base, trained = model("base", 0.0), model("trained", 0.6)
    others = {
        "same": base.texts,
        "bold": {name: text.translate(BOLD) for name, text in trained.texts.items()},
        "copier": {pair.pair_id: " ".join(ARTICLE[place : place + 40]) for place, pair in enumerate(PAIRS)},
        "half": dict(list(trained.texts.items())[: len(PAIRS) // 2]),
        **{text: dict.fromkeys((pair.pair_id for pair in PAIRS), text) for text in SILENT},
    }
    subjects = [base, trained, AUTHOR, *(Answered(name, texts) for name, texts in others.items())]
    return figures(PAIRS, TEXTS, subjects, "base")


def named(found, *names):
    by_name = {one.name: one for one in found.subjects}
    return [by_name[name] for name in names]


def test_a_model_that_writes_like_the_author_more_often_is_above_its_base(found):
    base, trained, author = named(found, "base", "trained", "author")
    assert base.score < 0.2 < trained.score < author.score
    assert trained.above_base.low > 0.3
    assert author.above_base.low > trained.above_base.mean
    assert base.above_base is None


def test_the_author_is_in_their_own_band_and_another_writer_outside(found):
    base, trained, author = named(found, "base", "trained", "author")
    assert (author.cosine_delta.band, author.jensen_shannon.band) == ("author", "author")
    assert base.cosine_delta.band == base.jensen_shannon.band == "another"
    assert author.cosine_delta.ratio < trained.cosine_delta.ratio < base.cosine_delta.ratio


def test_the_words_of_the_other_writer_are_named_with_counts(found):
    base, author = named(found, "base", "author")
    first = base.over_used[0]
    texts = " ".join(model("base", 0.0).texts.values()).lower().replace("?", " ").replace(".", " ").split()
    assert first.per_10k_words > 3 * first.author_per_10k_words
    assert first.count == sum(word.strip(";!") == first.word for word in texts)
    assert len(author.over_used) < 10 < len(base.over_used)


def test_every_answer_has_its_own_row_in_the_order_of_the_prompts(found):
    rows = [row for row in found.answers if row.subject == "trained"]
    assert [row.prompt_id for row in rows] == [pair.pair_id for pair in PAIRS]
    scores = [row.score for row in rows]
    assert sum(scores) / len(scores) == pytest.approx(found.subjects[1].score)


def test_a_model_that_answers_as_its_base_is_not_above_it(found):
    (same,) = named(found, "same")
    assert (same.above_base.mean, same.above_base.low, same.above_base.high) == (0, 0, 0)


def test_bold_letters_of_unicode_change_nothing(found):
    trained, bold = named(found, "trained", "bold")
    assert (bold.score, bold.cosine_delta, bold.over_used) == (trained.score, trained.cosine_delta, trained.over_used)


def test_what_a_model_copies_is_counted_above_what_the_author_repeats(found):
    copier, author = named(found, "copier", "author")
    assert copier.copying.share == 1.0
    assert 20 <= copier.copying.longest_run_words <= 40
    assert author.copying == found.copying_floor
    assert {row.copied_share for row in found.answers if row.subject == "copier"} == {1.0}


def test_answers_that_say_nothing_to_measure_leave_figures_blank_and_break_nothing(found):
    for one in named(found, *SILENT):
        assert one.answers == len(PAIRS)
        assert (one.cosine_delta, one.jensen_shannon) == (None, None)
        assert 0 <= one.score <= 1


def test_prompts_that_a_model_did_not_answer_are_left_out_of_the_comparison_alone(found):
    base, half = named(found, "base", "half")
    assert (base.answers, half.answers) == (len(PAIRS), len(PAIRS) // 2)
    assert half.above_base.low > 0


def test_a_base_that_says_nothing_leaves_the_score_blank_and_the_rest_measured():
    silent = Answered("base", dict.fromkeys((pair.pair_id for pair in PAIRS), ""))
    found = figures(PAIRS, TEXTS, [silent, model("trained", 0.6), AUTHOR], "base")
    _, trained, _ = found.subjects
    assert (trained.score, trained.above_base, found.auc) == (None, None, None)
    assert trained.jensen_shannon is not None


def test_another_language_is_measured_by_the_authors_own_frequent_words():
    texts = AuthorTexts(TEXTS.training, TEXTS.held_out, "de")
    base, author = figures(PAIRS, texts, [model("base", 0.0), AUTHOR], "base").subjects
    assert (author.cosine_delta.band, base.cosine_delta.band) == ("author", "another")
    assert base.description.contractions_per_100_words is None
