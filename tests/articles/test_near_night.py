"""Near-duplicates through whole nights: a folder of articles, the steps of a refresh, the committed tables."""

from ownvoice.dataset.verify import verify
from ownvoice.lake import scan
from stand_ins.night import Night, article


def rows(lake, table, columns):
    return [row for batch in scan(lake.table(table), columns) for row in batch.to_pylist()]


def states(lake):
    return {row["article_id"]: row["state"] for row in rows(lake, "articles", "article_id, state")}


def written(lake):
    return {row["article_id"] for row in rows(lake, "pairs", "article_id")}


def almost(name):
    """Return the article of that name as another platform might hold it."""
    return article(name).replace("7", "8") + "\n\nFirst published elsewhere, in a letter to my readers.\n"


def test_a_near_duplicate_of_an_earlier_night_makes_no_pairs(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("b")
    night.run("one")
    night.put("a", almost("b"))
    night.run("two")
    assert states(lake) == {"a": "duplicate", "b": "current"}
    assert written(lake) == {"b"}
    assert verify(lake).passed


def test_it_is_promoted_when_the_other_goes_and_again_when_an_edit_makes_it_another(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("b", "c")
    night.put("d", almost("b"))
    night.put("e", almost("c"))
    night.run("one")
    assert states(lake) == {"b": "current", "c": "current", "d": "duplicate", "e": "duplicate"}
    night.remove("b")
    night.put("e", article("another"))
    night.run("two")
    assert states(lake) == {"b": "removed", "c": "current", "d": "current", "e": "current"}
    assert written(lake) == {"c", "d", "e"}
    clusters = {row["article_id"]: row["cluster_key"] for row in rows(lake, "articles", "article_id, cluster_key")}
    assert clusters == {"b": "b", "c": "c", "d": "b", "e": "c"}
    assert verify(lake).passed


def test_a_night_whose_index_was_lost_still_finds_it(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("b", "c")
    night.run("one")
    for found in list(lake.store.objects("sketches")):
        lake.store.delete(found.key)
    night.put("a", almost("b"))
    night.run("two")
    assert states(lake)["a"] == "duplicate"
