"""The page of what a version is about: not explored, one article, a thousand, texts that attack."""

from __future__ import annotations

import re

import pytest

from ownvoice.exploration.explored import Exploration, Point, Topic
from ownvoice.exploration.stored import write_exploration
from ownvoice.storage.explored_keys import explored_key
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version
from stand_ins.pair_lake import commit_pairs, small_dataset

ATTACK = "<script>document.title='owned'</script>"


@pytest.fixture
def lake(tmp_path) -> Lake:
    lake = Lake(tmp_path.as_uri())
    commit_pairs(lake, small_dataset())
    return lake


def leave(lake: Lake, articles: int, title: str = "", terms: tuple[str, ...] = ("bread", "oven")) -> int:
    """Leave an exploration of so many articles in two topics, the first with no pair; return the version."""
    version = latest_version(lake)
    points = tuple(
        Point(
            article_id=f"a{number:04}",
            title=title,
            author_id="ann",
            split="test" if number % 5 == 4 else "train",
            topic=number % 2 + 1,
            x=0.5,
            y=0.25,
            pairs=number % 2,
        )
        for number in range(articles)
    )
    topics = (
        Topic(number=1, terms=terms, train_articles=-(-articles // 2), uncovered=-(-articles // 2)),
        Topic(number=2, terms=("ferry",), train_articles=articles // 2, train_pairs=articles // 2),
    )[:articles]
    write_exploration(
        lake,
        Exploration(version=version.number, digest=version.digest, articles=articles, topics=topics, points=points),
    )
    return version.number


def test_a_version_that_is_not_explored_says_how_it_is(get, lake):
    answer = get(lake, "/explore")
    assert answer.status_code == 200
    assert "ownvoice explore --version 1" in answer.text
    assert "<svg" not in answer.text


@pytest.mark.parametrize(("articles", "pages", "is_numbered"), [(1, 1, True), (51, 2, True), (1000, 20, False)])
def test_each_article_is_a_mark_that_leads_to_its_pairs_and_fifty_are_listed(get, lake, articles, pages, is_numbered):
    number = leave(lake, articles)
    text = get(lake, f"/explore?version={number}&number={pages}").text
    (drawn,) = re.findall(r'<svg class="map".*?</svg>', text, re.DOTALL)
    assert drawn.count(f'<a href="/pairs?version={number}&amp;article_id=a') == articles
    assert ("<text" in drawn) is is_numbered
    assert drawn.count("<title>") == articles
    assert text.count("<bdi>a0") + text.count("<bdi>a1") == articles - 50 * (pages - 1)


def test_one_topic_is_shown_alone_and_its_articles_are_listed(get, lake):
    number = leave(lake, 10)
    text = get(lake, f"/explore?version={number}&topic=2").text
    assert text.count('class="faint"') == 5
    assert "<bdi>a0001</bdi>" in text and "<bdi>a0000</bdi>" not in text
    assert get(lake, f"/explore?version={number}&topic=3").status_code == 404


def test_a_mark_tells_side_and_pairs_without_colour(get, lake):
    number = leave(lake, 5)
    (drawn,) = re.findall(r'<svg class="map".*?</svg>', get(lake, f"/explore?version={number}").text, re.DOTALL)
    assert drawn.count("<rect") == 1 and drawn.count("<circle") == 4
    assert len(re.findall(r'(?:circle|rect) class="t1 hollow"', drawn)) == 3
    assert "a0001: topic 2, train, 1 pair<" in drawn


def test_a_topic_without_pairs_is_next_to_generate(get, lake):
    text = get(lake, f"/explore?version={leave(lake, 10)}").text
    assert "no pair comes from any of its articles" in text
    assert "too few pairs" in text, "diversity was not measured"


def test_texts_that_attack_stay_text(get, lake):
    leave(lake, 2, title=f"{ATTACK}\u202e\x00", terms=(ATTACK,))
    text = get(lake, "/explore").text
    assert "<script>document" not in text
    assert "\u202e" not in text and "\x00" not in text


def test_a_damaged_exploration_says_what_to_do_and_a_version_that_is_not_there_is_not_found(get, lake):
    lake.store.write(explored_key(1), b"{")
    answer = get(lake, "/explore?version=1")
    assert answer.status_code == 200
    assert "ownvoice explore" in answer.text
    assert get(lake, "/explore?version=9").status_code == 404


def test_the_page_of_a_version_leads_to_it(get, lake):
    assert '/explore?version=1"' in get(lake, "/version?number=1").text
