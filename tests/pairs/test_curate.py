import json

import pytest

from ownvoice.dataset.verify import verify
from ownvoice.errors import StorageError
from ownvoice.pairs.curate import curate_batch
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import scan
from stand_ins.night import RECIPE, Night

# Every passage of one to three sentences begins with one of the two sentences.
POINTING = " ".join(
    f"But nobody who reads page {number} of the log can say what it was that woke the pager in the first place. "
    f"The pager of year {number} was louder than all that we have had since then, and we were glad when it broke."
    for number in range(12)
)
JAPANESE = "私たちは毎日記事を書きますが、本当に読まれているのは見出しだけだと思うことがあります。" * 3


@pytest.fixture
def night(lake, tmp_path, offline_model):
    return Night(lake, tmp_path / "articles", offline_model)


def pairs_of(lake):
    return [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]


def test_a_usable_answer_that_another_worker_overwrote_is_missed_in_one_sentence_and_bought_again(
    lake, night, offline_model
):
    night.write("a")
    night.list_and_plan("one")
    night.generate("one")
    victim = next(found.key for found in lake.store.objects("answers"))
    record = json.loads(lake.store.read(victim))
    record["response"]["choices"][0]["message"]["content"] = "no JSON"
    lake.store.write(victim, json.dumps(record).encode())

    with pytest.raises(StorageError, match="held a usable answer and does not any more.*Clear generate_batch"):
        curate_batch(lake, "one", "batch-0000")
    asked = offline_model.requests_served
    night.generate("one")
    assert offline_model.requests_served == asked + 1


def test_a_quote_that_points_back_is_kept_and_marked_and_its_share_is_in_the_report(lake, night):
    night.put("a", POINTING)
    night.put("b", JAPANESE)
    night.run("one")
    rows = pairs_of(lake)
    marks = {row["chosen"].split()[0]: row["back_reference"] for row in rows if row["article_id"] == "a"}
    assert marks == {"But": True, "The": False}
    assert {row["back_reference"] for row in rows if row["article_id"] == "b"} <= {None}
    (audit,) = [one for one in write_report(lake, "one").audits if one.name == "back_references"]
    judged = [row["back_reference"] for row in rows if row["back_reference"] is not None]
    assert audit.numbers["back_references"] == sum(judged) > 0
    assert audit.numbers["judged"] == len(judged)
    assert verify(lake).passed


def test_a_recipe_may_drop_what_points_back_and_each_drop_is_counted_with_its_words(lake, night):
    night.put("a", POINTING)
    night.run("one", recipe=RECIPE.model_copy(update={"back_references": "drop"}))
    assert {row["back_reference"] for row in pairs_of(lake)} == {False}
    report = write_report(lake, "one")
    assert report.triples.dropped["back_reference"] > 0
    assert report.triples.total == report.triples.kept + sum(report.triples.dropped.values())
    assert report.drop_examples["back_reference"][0].detail == "But nobody who"
