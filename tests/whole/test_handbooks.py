"""The whole refresh on handbooks of another kind and other languages, as Debian packages install them.

apt-get install debian-reference-de debian-faq-fr debian-handbook
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections import Counter
from pathlib import Path

import pytest

from ownvoice.articles.table import read_articles
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.config.source_rules import SourceRules
from ownvoice.dataset.verify import verify
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.refresh import refresh
from ownvoice.states import ArticleState
from ownvoice.storage.lake import scan
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import latest_version

HANDBOOKS = {
    "debian-reference-de": "/usr/share/debian-reference/*.de.html",
    "debian-faq-fr": "/usr/share/doc/debian/FAQ/fr/*.fr.html",
    "debian-handbook": "/usr/share/doc/debian-handbook/html/ja-JP/sect.*.html",
}


def refresh_it(lake, source, model, run_id="one"):
    run = RefreshRun(
        run_id=run_id,
        refresh_date=dt.date(2026, 4, 1),
        articles_uri=source.uri,
        recipe=GenerationRecipe(model=OFFLINE_MODEL),
        source=SourceRules(default_author="debian", authors={"debian": {"licence": "GPL-2.0-or-later"}}),
        max_generation_tasks=1,
    )
    access = ModelAccess(model.base_url, model.api_key)
    return refresh(lake, source, run, lambda _: access, lambda _: None, lambda _: None)


@pytest.mark.parametrize("package", HANDBOOKS)
def test_a_handbook_of_html_pages_is_verified_and_no_page_is_lost_without_a_reason(
    lake, offline_model, tmp_path, package
):
    pattern = HANDBOOKS[package]
    pages = sorted(Path("/").glob(pattern.lstrip("/")))
    if not pages:
        pytest.skip(f"no {pattern} here: apt-get install {package}")
    source = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    for number, page in enumerate(pages):
        packed = number % 2 == 1
        source.write(f"{page.name}{'.gz' * packed}", gzip.compress(page.read_bytes()) if packed else page.read_bytes())
    report = refresh_it(lake, source, offline_model)
    quarantined = Counter(one.reason for one in report.quarantined)
    found = Counter(report.articles)
    assert found["appeared"] + found["copied"] + quarantined.total() == len(pages)
    assert set(quarantined) <= {"no_main_text"}
    chunks, triples = report.chunks, report.triples
    assert chunks.total == chunks.answered + chunks.reused + chunks.dead
    assert triples.total == triples.kept + sum(triples.dropped.values())
    proof = verify(lake)
    assert proof.passed, (len(proof.failed), proof.clusters_on_both_sides)
    assert proof.pairs == report.pairs.total == triples.kept > 20

    known = read_articles(lake, latest_version(lake), lambda rows: rows["article_id"].is_valid())
    assert {article.licence for article in known.values() if article.author_id == "debian"} == {"GPL-2.0-or-later"}
    chunked = {row["article_id"] for rows in scan(lake.table("chunks"), "article_id") for row in rows.to_pylist()}
    assert chunked == {i for i, article in known.items() if article.state is ArticleState.CURRENT}
    assert refresh_it(lake, source, offline_model, "two").version is None
