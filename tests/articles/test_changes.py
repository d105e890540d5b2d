"""The comparison of a scan with what is known, by examples."""

from ownvoice.articles.cluster import split_of
from ownvoice.states import ArticleEvent, ArticleState
from stand_ins.scans import CHAIN, ON, ONCE, ONE, rescan, seen, settled


def test_an_article_without_an_id_is_known_by_the_key_it_was_first_seen_under():
    known, events, _ = rescan({}, seen("a.md", "one"))
    assert events == {"a.md": ArticleEvent.APPEARED}
    assert known["a.md"].cluster_key == "a.md"


def test_the_same_text_under_a_new_key_keeps_its_id_and_its_pairs():
    known = settled(rescan({}, seen("a.md", "one"))[0])
    after, events, _ = rescan(known, seen("b.md", "one"))
    assert events == {"a.md": ArticleEvent.RENAMED}
    assert after["a.md"].state is ArticleState.CURRENT
    assert after["a.md"].source_key == "b.md"


def test_a_rename_with_an_edit_is_a_removal_and_a_new_article():
    known = settled(rescan({}, seen("a.md", "one"))[0])
    _, events, _ = rescan(known, seen("b.md", "two"))
    assert events == {"a.md": ArticleEvent.VANISHED, "b.md": ArticleEvent.APPEARED}


def test_an_id_from_metadata_survives_a_rename_with_an_edit():
    known = settled(rescan({}, seen("a.md", "one", "x"))[0])
    after, events, _ = rescan(known, seen("b.md", "two", "x"))
    assert events == {"x": ArticleEvent.EDITED}
    assert after["x"].source_key == "b.md"


def test_a_key_whose_article_moved_away_is_free_for_another_under_a_new_id():
    known = settled(rescan({}, seen("a.md", "one"))[0])
    known = rescan(known, seen("b.md", "one"))[0]
    after, events, _ = rescan(known, seen("b.md", "one"), seen("a.md", "two"))
    (new_id,) = (i for i, event in events.items() if event is ArticleEvent.APPEARED)
    assert new_id.startswith("a.md~")
    assert after["a.md"].article_sha256 != after[new_id].article_sha256


def test_two_articles_with_one_id_in_metadata_are_not_both_taken():
    _, events, refused = rescan({}, seen("a.md", "one", "x"), seen("b.md", "two", "x"))
    assert events == {"x": ArticleEvent.APPEARED}
    assert refused == ["b.md"]


def test_an_article_of_an_object_that_could_not_be_read_stays_as_it_is():
    known = settled(rescan({}, seen("a.md", "one"))[0])
    after, events, _ = rescan(known, not_covered=["a.md"])
    assert events == {}
    assert after == known


def test_a_text_that_stands_twice_is_generated_from_once_and_lies_on_one_side():
    known, events, _ = rescan({}, seen("a.md", "one"), seen("b.md", "one"))
    assert events == {"a.md": ArticleEvent.APPEARED, "b.md": ArticleEvent.COPIED}
    assert known["b.md"].cluster_key == "a.md"
    assert known["b.md"].split == known["a.md"].split


def test_when_the_first_article_of_a_cluster_goes_the_next_inherits_key_and_side():
    known = settled(rescan({}, seen("a.md", "one"), seen("b.md", "one"))[0])
    after, events, _ = rescan(known, seen("b.md", "one"))
    assert events == {"a.md": ArticleEvent.VANISHED, "b.md": ArticleEvent.PROMOTED}
    assert after["b.md"].state is ArticleState.PENDING
    assert after["b.md"].cluster_key == "a.md"


def test_an_article_that_comes_back_as_a_copy_joins_the_cluster_of_the_other():
    known = settled(rescan({}, seen("b.md", "one"))[0])
    known = rescan(known)[0]
    after, events, _ = rescan(known, seen("a.md", "one"), seen("b.md", "one"))
    assert events == {"a.md": ArticleEvent.APPEARED, "b.md": ArticleEvent.COPIED}
    assert after["b.md"].cluster_key == "a.md"


def test_a_change_of_author_alone_is_no_edit():
    known = settled(rescan({}, seen("a.md", "one"))[0])
    after, events, _ = rescan(known, seen("a.md", "one", author="b"))
    assert events == {"a.md": ArticleEvent.RENAMED}
    assert after["a.md"].state is ArticleState.CURRENT


def test_five_in_a_hundred_clusters_are_held_out():
    sides = [split_of(f"article-{number}", 0.05) for number in range(10_000)]
    assert 400 < sides.count("test") < 600


def test_a_near_duplicate_is_not_generated_from():
    known, events, _ = rescan({}, seen("a.md", ONE), seen("b.md", ONCE), near=CHAIN)
    assert events == {"a.md": ArticleEvent.APPEARED, "b.md": ArticleEvent.COPIED}
    assert known["b.md"].cluster_key == "a.md"


def test_a_near_duplicate_of_an_article_of_an_earlier_night_joins_its_cluster():
    known = settled(rescan({}, seen("b.md", ONE))[0])
    after, events, _ = rescan(known, seen("a.md", ONCE), seen("b.md", ONE), near=CHAIN)
    assert events == {"a.md": ArticleEvent.COPIED}
    assert after["a.md"].cluster_key == "b.md"


def test_an_edit_that_makes_it_no_near_duplicate_any_more_promotes_it():
    known = settled(rescan({}, seen("a.md", ONE), seen("b.md", ONCE), near=CHAIN)[0])
    after, events, _ = rescan(known, seen("a.md", ONE), seen("b.md", ON), near=CHAIN)
    assert events == {"b.md": ArticleEvent.EDITED}
    assert after["b.md"].state is ArticleState.PENDING
    assert (after["b.md"].cluster_key, after["b.md"].split) == ("a.md", known["a.md"].split)


def test_an_edit_of_the_article_it_was_a_near_duplicate_of_promotes_it():
    known = settled(rescan({}, seen("a.md", ONE), seen("b.md", ONCE), near=CHAIN)[0])
    after, events, _ = rescan(known, seen("a.md", "two"), not_covered=["b.md"], near=CHAIN)
    assert events == {"a.md": ArticleEvent.EDITED, "b.md": ArticleEvent.PROMOTED}
    assert after["b.md"].cluster_key == "a.md"


def test_an_edit_that_leaves_them_near_duplicates_changes_nothing_for_the_other():
    known = settled(rescan({}, seen("b.md", ONE), seen("c.md", ONE))[0])
    _, events, _ = rescan(known, seen("b.md", ONCE), not_covered=["c.md"], near=CHAIN)
    assert events == {"b.md": ArticleEvent.EDITED}


def test_an_edit_into_a_near_duplicate_retires_it():
    known = settled(rescan({}, seen("a.md", "two"), seen("b.md", ONE))[0])
    after, events, _ = rescan(known, seen("a.md", ONCE), not_covered=["b.md"], near=CHAIN)
    assert events == {"a.md": ArticleEvent.COPIED}
    assert after["a.md"].cluster_key == "b.md"


def test_an_article_that_is_near_two_clusters_joins_one_and_moves_neither():
    known = settled(rescan({}, seen("a.md", ONE), seen("z.md", ON))[0])
    after, events, _ = rescan(known, seen("b.md", ONCE), not_covered=["a.md", "z.md"], near=CHAIN)
    assert events == {"b.md": ArticleEvent.COPIED}
    assert {i: after[i].cluster_key for i in after} == {"a.md": "a.md", "b.md": "a.md", "z.md": "z.md"}
    last, events, _ = rescan(after, not_covered=["b.md", "z.md"], near=CHAIN)
    assert events == {"a.md": ArticleEvent.VANISHED, "b.md": None}
    assert last["b.md"].state is ArticleState.DUPLICATE
    assert last["b.md"].cluster_key == "z.md"


def test_two_heirs_that_are_not_near_each_other_stay_on_the_side_of_their_cluster():
    known = settled(rescan({}, seen("a.md", ONCE), seen("b.md", ONE), seen("c.md", ON), near=CHAIN)[0])
    after, events, _ = rescan(known, not_covered=["b.md", "c.md"], near=CHAIN)
    assert [events[i] for i in ("b.md", "c.md")] == [ArticleEvent.PROMOTED] * 2
    assert {after[i].cluster_key for i in ("b.md", "c.md")} == {"a.md"}


def test_a_near_duplicate_of_an_article_without_consent_is_not_generated_from_until_that_is_gone():
    known, events, _ = rescan({}, seen("a.md", ONE, consent="no"), seen("b.md", ONCE), near=CHAIN)
    assert events == {"a.md": ArticleEvent.CONSENT_REFUSED, "b.md": ArticleEvent.COPIED}
    released, events, _ = rescan(known, seen("a.md", ONE), seen("b.md", ONCE), near=CHAIN)
    assert events == {"a.md": ArticleEvent.PROMOTED}
    assert released["b.md"].state is ArticleState.DUPLICATE
    _, events, _ = rescan(known, not_covered=["b.md"], near=CHAIN)
    assert events == {"a.md": ArticleEvent.VANISHED, "b.md": ArticleEvent.PROMOTED}


def test_the_heir_of_a_text_comes_before_one_that_was_edited_into_it():
    known = settled(rescan({}, seen("e.md", ONE), seen("f.md", ONE), seen("a.md", "two"))[0])
    after, events, _ = rescan(known, seen("a.md", ONCE), not_covered=["f.md"], near=CHAIN)
    assert events == {"e.md": ArticleEvent.VANISHED, "f.md": ArticleEvent.PROMOTED, "a.md": ArticleEvent.COPIED}
    assert after["a.md"].cluster_key == "e.md"
