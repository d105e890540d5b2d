"""The style report of a dataset version: one look at what its chosen and rejected answers teach."""

from __future__ import annotations

import pytest

from ownvoice.errors import SettingsError
from ownvoice.evaluation.version_style import version_style
from ownvoice.storage.lake import Lake
from stand_ins.two_authors import two_authors_lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("two-authors").as_uri())
    two_authors_lake(lake, test_articles=2, train_articles=22, pairs_an_article=5)
    return lake


def test_chosen_answers_are_the_authors_and_rejected_ones_are_not(lake):
    report = version_style(lake)
    chosen, rejected = report.subjects
    assert (report.judged, report.author_id, report.articles, report.prompts) == (True, "ann", 12, 60)
    assert (chosen.cosine_delta.band, rejected.cosine_delta.band) == ("author", "another")
    assert chosen.above_base.low > 0.5
    assert chosen.copying.share == report.copying_floor.share == 0.0, "their own article does not count"


def test_chosen_answers_that_another_wrote_are_seen_at_one_look(tmp_path):
    lake = Lake(tmp_path.as_uri())
    two_authors_lake(lake, test_articles=2, train_articles=22, chosen_by={"ann": "bob"})
    (chosen, _) = version_style(lake, author_id="ann").subjects
    assert chosen.cosine_delta.band == chosen.jensen_shannon.band == "another"
    assert chosen.over_used[0].per_10k_words > 3 * chosen.over_used[0].author_per_10k_words
    assert chosen.copying.share == 0


def test_too_few_articles_are_not_judged(tmp_path):
    lake = Lake(tmp_path.as_uri())
    two_authors_lake(lake, test_articles=2, train_articles=10)
    report = version_style(lake)
    assert (report.judged, report.subjects) == (False, ())
    assert "10 articles on" in report.why_not


def test_an_author_without_pairs_is_refused(lake):
    with pytest.raises(SettingsError, match="no pairs of author 'carol'"):
        version_style(lake, author_id="carol")
