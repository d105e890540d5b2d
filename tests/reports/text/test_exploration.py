"""An exploration as text: it fits a terminal, whatever the terms are, and leaves out what was not measured."""

from __future__ import annotations

from ownvoice.exploration.explored import Exploration, KindGain, Spread, Topic
from ownvoice.reports.text.exploration import exploration_lines
from ownvoice.terminal import WIDTH_CHARS

EMPTY = Exploration(version=1, digest="d", articles=0)


def test_lines_fit_a_terminal_and_nothing_in_them_acts_on_it():
    found = Exploration(
        version=12_345,
        digest="d",
        articles=1_234_567,
        not_generated_from={"duplicate": 3, "withheld": 1},
        wordless=2,
        unread=("a\x1b[31m" * 40,),
        topics=(
            Topic(
                number=1, terms=("\u202eevil",) * 8, train_articles=999_999, train_pairs=9_999_999, requests=3, kept=2
            ),
            Topic(number=20, terms=("a" * 60, "茶葉"), test_articles=9, test_pairs=0, uncovered=9, waiting=12),
        ),
        stability=Spread(mean=0.5, low=0.25, high=0.75),
        pairs_of_others=4,
        kinds=(KindGain(kind="back_translated", pairs=3, gain=None),),
    )
    lines = list(exploration_lines(found))
    assert [line for line in lines if len(line) > WIDTH_CHARS or not line.isprintable()] == []
    text = " ".join(lines)
    assert "0.50 [0.25, 0.75]" in text
    assert "3 duplicate, 1 withheld" in text
    assert "topic 20: no pair comes from any" in text
    assert "67 gain" in text


def test_a_version_of_nothing_is_told_without_a_number_that_was_not_measured():
    text = "\n".join(exploration_lines(EMPTY))
    assert "0 articles in 0 topics" in text
    assert "Too few pairs" in text
    assert "Rand" not in text
