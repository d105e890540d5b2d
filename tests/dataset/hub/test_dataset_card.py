"""The card: computed from the version; what nobody said is not in it, and what strangers wrote does nothing."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import pytest
import yaml
from markdown_it import MarkdownIt

from ownvoice.config.run import RefreshRun
from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.card import dataset_card
from ownvoice.dataset.hub.facts import Facts, facts_of
from ownvoice.dataset.hub.push import draft
from ownvoice.storage.versions import DatasetVersion, latest_version
from ownvoice.terminal import printable
from stand_ins.hostile_articles import HOSTILE_ARTICLES
from stand_ins.reports import audit_with

TARGET = HubDataset("ann/pairs")
DAY = dt.date(2026, 2, 1)
MAKER = {"chosen_model": "human", "rejected_model": "gpt", "rejected_source": None, "prompt_version": "1", "pairs": 1}


def facts(pairs=12, **fields):
    version = DatasetVersion(
        3, "night", DAY, dt.datetime(2026, 2, 1, tzinfo=dt.UTC), pairs, pairs, 0, "d" * 64, "", 1, 1
    )
    run = RefreshRun(run_id="night", refresh_date=DAY, articles_uri="file:///articles")
    makers = [{**MAKER, "rejected_model": "gpt", "pairs": pairs}]
    counts = dict.fromkeys(("chunks_total", "triples", "kept", "added", "retired", "refreshes"), 0)
    counts |= {f"chunks_{state}": 0 for state in ("answered", "reused", "deferred", "dead")}
    return replace(Facts(version, run, {"train": pairs}, 2, 1, makers, counts, []), **fields)


def test_a_card_says_whose_rejected_answers_people_edited_or_wrote():
    edited, written = MAKER | {"rejected_source": "edited"}, MAKER | {"rejected_model": "human"}
    card = dataset_card(TARGET, facts(makers=[MAKER, edited, written]))
    assert "| human | gpt | 1 | 1 |\n| human | gpt, edited by people | 1 | 1 |\n| human | human | 1 | 1 |" in card


def front_matter(card):
    return yaml.safe_load(card.split("---\n")[1])


def numbers(card, heading):
    section = card.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", section, re.MULTILINE))


def test_what_nobody_said_is_not_in_the_front_matter():
    found = front_matter(dataset_card(TARGET, facts()))
    assert found.keys() == {"tags", "size_categories", "configs"}
    said = HubDataset("ann/pairs", licence="cc-by-4.0", languages=("en", "no"))
    found = front_matter(dataset_card(said, facts()))
    assert (found["license"], found["language"]) == ("cc-by-4.0", ["en", "no"])
    assert {"dpo", "preference"} <= set(found["tags"])


@pytest.mark.parametrize(
    ("pairs", "name"),
    [(1, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K"), (10**6, "1M<n<10M"), (10**7, "n>10M")],
)
def test_the_size_is_counted(pairs, name):
    assert front_matter(dataset_card(TARGET, facts(pairs)))["size_categories"] == [name]


def test_a_split_without_pairs_and_a_version_without_any_are_not_promised_to_the_viewer():
    (default, provenance) = front_matter(dataset_card(TARGET, facts()))["configs"]
    assert default["default"] is True
    assert [file["split"] for file in default["data_files"]] == ["train"]
    assert [file["path"] for file in provenance["data_files"]] == ["provenance/train-*.parquet"]
    assert "configs" not in front_matter(dataset_card(TARGET, facts(0, splits={})))


def test_the_card_says_which_side_of_the_split_is_empty():
    empty = "No article with a pair is on the {} side"
    card = dataset_card(TARGET, facts())
    assert empty.format("test") in card
    assert empty.format("train") not in card
    assert "No article" not in dataset_card(TARGET, facts(splits={"train": 11, "test": 1}))


def test_the_counts_in_the_card_add_up_over_all_nights(nights, lake):
    nights.write("c")
    nights.remove("b")
    nights.pass_by(2)
    version = latest_version(lake)
    card = dataset_card(TARGET, facts_of(lake, version))
    found = {name: int(value.replace(",", "")) for name, value in numbers(card, "From chunks to pairs").items()}
    states = ("answered", "reused", "deferred", "dead")
    assert found["chunks"] == sum(found[f"of these {state}"] for state in states) == 9
    dropped = sum(count for name, count in found.items() if name.startswith("dropped, "))
    assert found["triples"] == found["of these kept"] + dropped
    assert found["pairs that stand"] == found["pairs added"] - found["pairs retired"] == version.pairs
    assert found["pairs retired"] > 0
    assert numbers(card, "The version")["digest"] == version.digest


def test_a_card_of_the_same_version_is_the_same_card(nights, lake):
    assert draft(lake, TARGET).card == draft(lake, TARGET).card


def test_audits_stand_where_the_report_has_them():
    audit = audit_with(name="repeated_prompts", verdict="warn", sentence="Half share their prompt.")
    card = dataset_card(TARGET, facts(audits=[audit]))
    assert "| repeated prompts of the version | warn | Half share their prompt. |" in card
    assert "## Audits" not in dataset_card(TARGET, facts())


@pytest.mark.parametrize("article", HOSTILE_ARTICLES, ids=lambda article: article.name)
def test_what_strangers_wrote_is_shown_and_does_nothing(article):
    quiet = "quiet"

    def card(words):
        version = replace(facts().version, run_id=f"{words} x")
        sentence = f"www.example.com, a@b.example, by {words} x."
        audit = audit_with(sentence=sentence)
        makers = [{**MAKER, "rejected_model": f"{words} x", "prompt_version": f"{words} x"}]
        return dataset_card(TARGET, facts(version=version, audits=[audit], makers=makers))

    shown = {words: MarkdownIt("commonmark").enable("table").render(card(words)) for words in (article.fragment, quiet)}
    tags = {words: re.findall("<[^>]*>", page) for words, page in shown.items()}
    assert tags[article.fragment] == tags[quiet]
    wanted = printable(" ".join(article.fragment.split()))
    assert html.unescape(shown[article.fragment]).count(f"{wanted} x") == 4
    assert "www.example" not in card(quiet)
    assert "@" not in card(article.fragment)
    assert front_matter(card(article.fragment)) == front_matter(card(quiet))
