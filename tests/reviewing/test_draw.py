"""The sample of a round: its shares, its strata, and that it is the same however often it is drawn."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from ownvoice.config.round_request import RoundRequest
from ownvoice.errors import SettingsError, StorageError
from ownvoice.pairs.reviewed import Decision, write_decisions
from ownvoice.reviewing.draw import draw_round
from ownvoice.reviewing.sample import Closed, close_round, read_sample
from stand_ins.pair_lake import commit_pairs, left_out, pair
from stand_ins.review_rounds import AT


def rows(count, authors=("ann", "ben"), kinds=("task", "opinion"), lengths=(1, 12)):
    """Return pairs of all these strata alike, five of an article."""
    made = []
    for number in range(count):
        text = pair(number, "train")
        made.append(
            text
            | {
                "author_id": authors[number % len(authors)],
                "instruction_kind": kinds[number // 2 % len(kinds)],
                "chosen": text["chosen"] * lengths[number // 4 % len(lengths)],
                "rejected": f"{text['rejected']} It is number {number}.",
                "article_id": f"article-{number // 5}",
            }
        )
    return made


def drawn(lake, size=100, name="round", disputed=None, **asked):
    made = draw_round(lake, name, RoundRequest(size=size, **asked), disputed)
    return made, read_sample(lake, name)


def kinds(sample):
    return Counter(row.kind for row in sample)


def test_sixty_are_random_thirty_disputed_five_gold_five_repeats_and_a_fifth_of_the_random_is_doubled(lake):
    commit_pairs(lake, rows(400))
    disputed = {f"{number:04}" for number in range(0, 400, 3)}
    made, sample = drawn(lake, disputed=disputed)
    assert kinds(sample) == {"random": 60, "flip": 30, "gold": 5, "repeat": 5} == made.drawn
    assert {row.pair_id for row in sample if row.kind == "flip"} <= disputed
    assert Counter(row.kind for row in sample if row.doubled) == {"random": 12}
    assert made.notes == ()
    reviewed = [row.pair_id for row in sample if row.kind in ("random", "flip")]
    assert len(set(reviewed)) == 90, "each pair once"
    assert {row.pair_id for row in sample if row.kind == "repeat"} <= set(reviewed)
    assert [row.position for row in sample] == list(range(100))
    assert len({row.item_id for row in sample}) == 100


def test_where_judges_dispute_too_few_random_ones_fill_up_and_the_round_says_so(lake):
    commit_pairs(lake, rows(400))
    made, sample = drawn(lake, disputed={"0001", "0002", "nowhere"})
    assert kinds(sample) == {"random": 88, "flip": 2, "gold": 5, "repeat": 5}
    assert made.notes == ("Judges dispute 2 pairs that may be drawn, of 30 wanted: random ones fill up.",)
    assert "No judge counts" in drawn(lake, name="other")[0].notes[0]


def test_random_pairs_are_spread_over_author_kind_and_length_as_the_version_is(lake):
    three_to_one = [row | {"author_id": "cid"} if number % 4 else row for number, row in enumerate(rows(400))]
    commit_pairs(lake, three_to_one)
    _, sample = drawn(lake, size=80)
    of_version = Counter(("cid" if number % 4 else "ann") for number in range(400))
    random = [row for row in sample if row.kind == "random"]
    for author, count in Counter(row.author_id for row in random).items():
        assert abs(count - len(random) * of_version[author] / 400) <= 3
    assert {stratum.split(", ")[1] for stratum in (row.stratum for row in random)} == {"task", "opinion"}


def test_a_pair_of_an_author_with_few_is_as_likely_to_be_drawn_as_any_other(lake):
    commit_pairs(
        lake, [row | {"author_id": "rare" if not number % 50 else "ann"} for number, row in enumerate(rows(300))]
    )
    drawn_rare = 0
    for number in range(40):
        name = f"round-{number}"
        drawn_rare += sum(row.author_id == "rare" for row in drawn(lake, size=20, name=name)[1] if row.kind == "random")
        close_round(lake, name, Closed(how="rejected", by="", at=AT))
    assert 5 <= drawn_rare <= 25, "720 draws of 300 pairs, six of them by this author: 14 expected"


def test_a_gold_item_has_the_answer_to_another_prompt_of_another_article(lake):
    made = rows(300)
    commit_pairs(lake, made)
    by_rejected = {row["rejected"]: row for row in made}
    for row in drawn(lake)[1]:
        if row.kind == "gold":
            other = by_rejected[row.rejected]
            assert other["prompt"] != row.prompt
            assert other["article_id"] != row.article_id


def test_a_round_drawn_again_is_the_same_and_another_round_is_another_sample(lake):
    commit_pairs(lake, rows(300))
    first = drawn(lake)
    assert drawn(lake) == first
    lake.store.delete("reviews/round/round.json")
    assert drawn(lake)[1] == first[1], "a task that was killed in between draws alike"
    close_round(lake, "round", Closed(how="rejected", by="ann", at=AT))
    other = {row.pair_id for row in drawn(lake, name="other")[1]}
    assert other != {row.pair_id for row in first[1]}


def test_what_was_decided_or_is_being_reviewed_is_not_drawn_again_and_what_nothing_followed_for_is(lake):
    commit_pairs(lake, rows(40))
    _, first = drawn(lake, size=20)
    of_first = {row.pair_id for row in first if row.kind in ("random", "flip")}
    _, second = drawn(lake, size=40, name="second")
    assert of_first.isdisjoint(row.pair_id for row in second)
    decided = Decision(first[0].pair_id, "kept", "", ["ann"], None, None, dt.datetime.now(dt.UTC))
    for name in ("round", "second"):
        write_decisions(lake, name, [decided] if name == "round" else [])
        close_round(lake, name, Closed(how="folded", by="", at=AT))
    third = {row.pair_id for row in drawn(lake, size=60, name="third")[1]}
    assert third == {f"{number:04}" for number in range(40)} - {first[0].pair_id}


@pytest.mark.parametrize("size", [1, 2, 9, 10, 11, 50])
def test_a_small_round_has_as_many_items_as_were_asked_for(lake, size):
    commit_pairs(lake, rows(200))
    made, sample = drawn(lake, size=size)
    assert made.items == len(sample) == size
    assert kinds(sample)["random"] >= 1


@pytest.mark.parametrize("pairs", [1, 2, 5])
def test_a_version_too_small_gives_what_there_is_and_says_so(lake, pairs):
    commit_pairs(lake, rows(pairs))
    made, sample = drawn(lake)
    assert kinds(sample)["random"] == pairs
    assert made.notes[-1] == f"The version has pairs for {len(sample)} items, of 100 asked for."
    assert kinds(sample)["gold"] == (0 if pairs == 1 else min(5, pairs))


def test_only_selected_pairs_of_the_version_and_author_that_were_asked_for_are_drawn(lake):
    first = commit_pairs(lake, left_out(rows(20), *range(10)))
    commit_pairs(lake, [pair(number, "train") | {"author_id": "dan"} for number in range(100, 105)])
    assert {row.pair_id for row in drawn(lake, dataset_version=first)[1]} == {f"{n:04}" for n in range(10, 20)}
    assert {row.author_id for row in drawn(lake, name="dan", author_id="dan")[1]} == {"dan"}


def test_what_cannot_be_drawn_is_named(lake):
    with pytest.raises(StorageError, match="no dataset version"):
        drawn(lake)
    commit_pairs(lake, rows(5))
    with pytest.raises(SettingsError, match="no pairs of author 'nobody'"):
        drawn(lake, author_id="nobody")
    drawn(lake)
    with pytest.raises(SettingsError, match="is being reviewed"):
        drawn(lake, name="second")
