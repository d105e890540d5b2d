"""Near-duplicates through whole nights: a folder of articles, the steps of a refresh, the committed tables."""

import datetime as dt
import json
import random
from itertools import combinations

from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.articles.near_duplicates.shingles import jaccard, shingles
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.commit import commit_version
from ownvoice.dataset.verify import verify
from ownvoice.storage.lake import scan
from ownvoice.storage.stores import ObjectStore
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


def chain_text(family, step):
    """Return a text of a family: each is near those beside it (Jaccard .7), and no other (.47)."""
    return " ".join(f"{family}{number}" for number in range(10 * step, 10 * step + 60)) + "."


def test_an_edit_in_an_object_that_is_read_in_part_still_asks_whom_its_duplicate_is_near(lake, tmp_path):
    source = ObjectStore((tmp_path / "source").as_uri(), create_folder=True)
    source.write("b.md", chain_text("x", 1).encode())
    source.write("c.md", chain_text("x", 2).encode())
    for number, (text, others) in enumerate(((chain_text("x", 0), []), (chain_text("y", 0), [{"id": "broken"}]))):
        items = [{"id": "a", "content": text}, *others]
        source.write("a.json", json.dumps({"artifact_data": items}).encode())
        run = RefreshRun(run_id=f"{number}", refresh_date=dt.date(2026, 2, 1), articles_uri=source.uri)
        counts = list_new_articles(lake, source, run)
        plan_batches(lake, run.run_id)
        commit_version(lake, run.run_id)
    assert (counts["edited"], counts["quarantined"]) == (1, 1)
    assert states(lake) == {"a": "pending", "b.md": "duplicate", "c.md": "pending"}


def test_whatever_people_do_in_twenty_nights_no_two_that_are_generated_from_are_near(lake, tmp_path):
    source = ObjectStore((tmp_path / "source").as_uri(), create_folder=True)
    draw = random.Random(11)
    keys, texts, sides = [f"{letter}.md" for letter in "abcdefgh"], {}, {}
    source.write("rock.md", b"An article that stays.")
    for number in range(20):
        for key in draw.sample(keys, 3):
            texts.pop(key, None)
            source.delete(key)
            if draw.random() < 0.7:
                texts[key] = chain_text(draw.choice("xy"), draw.randrange(5))
                source.write(key, texts[key].encode())
        run = RefreshRun(run_id=f"{number}", refresh_date=dt.date(2026, 2, 1), articles_uri=source.uri)
        list_new_articles(lake, source, run)
        plan_batches(lake, run.run_id)
        commit_version(lake, run.run_id)
        check(lake, texts | {"rock.md": "An article that stays."}, sides)


def check(lake, texts, sides):
    known = rows(lake, "articles", "source_key, state, cluster_key, split")
    live = [row | {"shingles": shingles(texts[row["source_key"]])} for row in known if row["state"] != "removed"]
    assert sorted(row["source_key"] for row in live) == sorted(texts)
    holders = [row for row in live if row["state"] != "duplicate"]
    for this, that in combinations(holders, 2):
        assert jaccard(this["shingles"], that["shingles"]) < 0.5
    for row in live:
        near = [one for one in holders if jaccard(one["shingles"], row["shingles"]) >= 0.5]
        assert (row["cluster_key"], row["split"]) in {(one["cluster_key"], one["split"]) for one in near}
    for row in known:
        assert sides.setdefault(row["cluster_key"], row["split"]) == row["split"]
