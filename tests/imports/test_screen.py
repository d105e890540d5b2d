"""Words of the lake's own test side reach no training by way of a set that holds them too."""

from __future__ import annotations

import hashlib
import json

from ownvoice.articles.table import ArticleRow
from ownvoice.imports.screen import own_test_grams
from ownvoice.states import ArticleState
from stand_ins.imported import imported
from stand_ins.pair_lake import commit_pairs, small_dataset

HELD_OUT = "The mill by the old weir has ground no corn since the summer in which the river ran dry for a month."
TRAINED = "The bakery on the corner has sold no bread since the winter in which the oven went cold for a week."


def article(name, split, text_sha256, state=ArticleState.CURRENT):
    empty = dict.fromkeys(ArticleRow.__dataclass_fields__, "")
    written = {"written_sha256": text_sha256, "written_date": None, "last_run": None}
    return ArticleRow(**empty | written | {
        "article_id": name, "split": split, "article_sha256": text_sha256, "state": state
    })  # fmt: skip


def test_a_row_that_holds_a_sentence_of_a_test_article_is_dropped_and_one_of_a_train_article_is_not(lake, tmp_path):
    articles = []
    for name, split, text in (("mill", "test", HELD_OUT), ("bakery", "train", TRAINED)):
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        lake.keep_original(sha256, text)
        articles.append(article(name, split, sha256))
    gone = "Nobody remembers the third mill of the valley, which burnt down long before the other two were built."
    articles.append(article("gone", "test", hashlib.sha256(gone.encode()).hexdigest(), ArticleState.REMOVED))
    commit_pairs(lake, small_dataset(4, 2), articles=articles)
    rows = [
        {"prompt": "Of the mill?", "chosen": f"So: {HELD_OUT.upper()}", "rejected": "No."},
        {"prompt": "Of the bakery?", "chosen": TRAINED, "rejected": "No."},
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = imported(lake, "llmtwin-dpo", tmp_path / "rows.jsonl")
    assert report.dropped == {"near_own_test": 1}
    assert report.examples["near_own_test"][0].detail == "mill"
    assert own_test_grams(lake).row_in(gone) is None
