"""Audits over made rows whose answer is known by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.audits import (
    authors,
    back_references,
    coverage,
    lengths,
    pair_count,
    repeated_chosen,
    repeated_prompts,
    verbatim,
)


def row(article="a", author="me", prompt="Why?", chosen="Since it rains.", rejected="It rains."):
    return {"article_id": article, "author_id": author, "prompt": prompt, "chosen": chosen, "rejected": rejected}


def test_quantiles_of_lengths_are_those_of_the_hand():
    audit = lengths([row(chosen="x" * n, rejected="y" * n) for n in range(1, 102)])
    assert audit.numbers["chosen"] == {"p05": 6, "p25": 26, "p50": 51, "p75": 76, "p95": 96}
    assert audit.numbers["prompt"]["p50"] == len("Why?")
    assert audit.verdict == "pass"
    assert audit.advice == ""


def test_an_answer_over_twice_as_long_as_the_other_warns_and_says_which():
    assert lengths([row(chosen="x" * 10, rejected="y" * 20)]).verdict == "pass"
    audit = lengths([row(chosen="x" * 10, rejected="y" * 21)])
    assert audit.verdict == "warn"
    assert audit.advice.startswith("A rejected answer is 2.1 times as long")


def test_a_repeat_counts_across_articles_and_not_within_one():
    within = [row(article="a", prompt=f"{n}?", chosen="Same.") for n in range(10)]
    assert repeated_chosen(within).numbers == {"pairs": 10, "shared": 0, "share": 0.0}
    across = [*within, row(article="b", prompt="0?", chosen=" SAME.\n")]
    assert repeated_chosen(across).numbers == {"pairs": 11, "shared": 11, "share": 1.0}
    assert repeated_prompts(across).numbers == {"pairs": 11, "shared": 2, "share": 0.1818}
    assert repeated_prompts(across).verdict == "warn"


def test_authors_warn_only_where_no_voice_leads():
    assert authors([row(author="a")] * 3).verdict == "pass"
    led = authors([*[row(author="a")] * 2, row(author="b"), row(author="c")])
    assert (led.verdict, led.numbers["largest"]) == ("pass", 0.5)
    blend = authors([row(author=name) for name in "abc"])
    assert (blend.verdict, blend.numbers["largest"]) == ("warn", 0.3333)


@given(st.lists(st.text(max_size=3), min_size=1, max_size=60))
def test_shares_of_authors_never_exceed_the_whole_and_name_at_most_ten(names):
    numbers = authors([row(author=name) for name in names]).numbers
    assert numbers["authors"] == len(set(names))
    assert len(numbers["shares"]) == min(10, len(set(names)))
    assert max(numbers["shares"].values()) == numbers["largest"]
    assert sum(numbers["shares"].values()) <= 1.001


def test_beginnings_that_point_back_are_a_share_of_those_that_were_judged():
    def pairs(back, alone, unknown):
        marks = [True] * back + [False] * alone + [None] * unknown
        return [row() | {"back_reference": mark} for mark in marks]

    fine = back_references(pairs(2, 3, 5))
    assert (fine.verdict, fine.numbers) == ("pass", {"pairs": 10, "judged": 5, "back_references": 2, "share": 0.4})
    assert fine.sentence.startswith("2 of 5 chosen answers") and fine.sentence.endswith("5 were not judged.")
    assert back_references(pairs(3, 2, 0)).verdict == "warn"
    unknown = back_references(pairs(0, 0, 4))
    assert (unknown.verdict, unknown.value) == ("pass", None)
    assert unknown.sentence.startswith("Not judged")


def test_coverage_warns_where_most_articles_have_no_pair():
    assert coverage(10, 5, 40, 30).verdict == "pass"
    poor = coverage(10, 4, 40, 30)
    assert (poor.verdict, poor.numbers["share"]) == ("warn", 0.4)
    assert poor.sentence == (
        "Of the 10 articles that were asked about so far, 4 have a pair. "
        "Of the 40 chunks with an answer in this run, 30 gave a pair."
    )


def test_the_verbatim_rate_stands_by_model_and_prompt_and_the_worst_one_warns():
    def chunk(model, prompt, triples, missed):
        drops = {"not_verbatim": missed, "chosen_too_short": 1}
        return {"model": model, "prompt_version": prompt, "triples": triples, "drop_reasons": drops}

    fine = [chunk("m", "1", 5, 1), chunk("m", "1", 5, 1), chunk("m", "2", 4, 0)]
    assert verbatim(fine).verdict == "pass"
    audit = verbatim([*fine, chunk("n", "1", 4, 3)])
    assert [(rate["model"], rate["prompt_version"], rate["share"]) for rate in audit.numbers["rates"]] == [
        ("m", "1", 0.8),
        ("m", "2", 1.0),
        ("n", "1", 0.25),
    ]
    assert audit.verdict == "warn"


def test_a_night_without_quotes_says_so():
    assert verbatim([]).sentence == "No quote was judged."
    assert verbatim([]).verdict == "pass"


def test_fewer_pairs_than_the_chapter_advises_warn_and_more_do_not():
    assert [pair_count(pairs).verdict for pairs in (0, 99, 100, 10_000, 50_000)] == ["warn"] * 2 + ["pass"] * 3
    assert pair_count(99).advice.startswith("Too few to train on yet")
