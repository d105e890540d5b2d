"""Articles that their authors keep back."""

from __future__ import annotations

import json

import pytest

from ownvoice.articles.article import Article, PassedOver
from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import parquet, read

KEPT_BACK = [
    *({"draft": True}, {"Draft": "yes"}, {"draft": 1}, {"draft": "perhaps"}, {"draft": [False, True]}, {"draft": {}}),
    *({"private": True}, {"published": False}, {"PUBLISHED": "no"}, {"publish": 0}, {"public": "false"}),
    *({"status": "draft"}, {"Status": "Private"}, {"status": ["draft"]}, {"post_status": "auto_draft"}),
    *({"visibility": "private"}, {"state": "unpublished"}, {"status": "draft (second)"}, {"status": "not published"}),
    *({" Draft ": True}, {"\ufeffstatus": "draft"}),
]
PUBLISHED = [
    *({"draft": False}, {"draft": "no"}, {"draft": None}, {"draft": ""}, {"draft": [False]}, {"private": 0}),
    *({"published": True}, {"published": "2026-03-01"}, {"published": None}, {"publish": "yes"}),
    *(
        {"status": "publish"},
        {"status": "published"},
        {"status": "evergreen"},
        {"state": "CA"},
        {"visibility": "public"},
    ),
]


@pytest.mark.parametrize("marks", KEPT_BACK)
def test_a_draft_or_private_article_is_passed_over(marks):
    data = json.dumps({"content": "Text.", **marks})
    assert read("a.json", data) == [PassedOver("a.json", "draft")]
    (article,) = read("a.json", data, SourceRules(drafts=True))
    assert isinstance(article, Article)


@pytest.mark.parametrize("marks", PUBLISHED)
def test_a_published_article_is_read(marks):
    (article,) = read("a.json", json.dumps({"content": "Text.", **marks}))
    assert isinstance(article, Article)


def test_the_mark_is_heard_in_front_matter_in_a_sidecar_and_in_a_column():
    assert read("a.md", "---\ndraft: true\n---\n") == [PassedOver("a.md", "draft")]
    assert read("a.txt", "Text.", sidecar={"published": False}) == [PassedOver("a.txt", "draft")]
    columns = {"content": ["One.", "Two.", "Three."], "Draft": [True, False, None]}
    passed_over, *others = read("a.parquet", parquet(columns))
    assert passed_over == PassedOver("a.parquet#0", "draft")
    assert [one.content for one in others] == ["Two.", "Three."]


def test_a_refusal_in_a_draft_is_a_refusal_since_it_holds_for_every_copy():
    (article,) = read("a.json", json.dumps({"content": "Text.", "draft": True, "consent": "no"}))
    assert article.consent == "no"


def test_a_blogs_own_name_for_a_draft_leads_to_the_mark():
    rules = SourceRules(fields={"meta.wip": "draft"})
    assert read("a.json", json.dumps({"content": "Text.", "meta": {"wip": True}}), rules) == [
        PassedOver("a.json", "draft")
    ]
