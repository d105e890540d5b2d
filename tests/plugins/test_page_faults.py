"""What is not there, broken or out of reach is a sentence on a page, and never a trace."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import urlencode

import pytest

from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys

EMPTY = {
    "/refreshes": "holds no refresh yet",
    "/pairs": "no dataset version yet",
    "/versions": "no dataset version yet",
}


@pytest.mark.parametrize(("page", "sentence"), EMPTY.items())
def test_an_empty_lake_says_what_will_be_there(get, lake, page, sentence):
    answer = get(lake, page)
    assert answer.status_code == 200
    assert sentence in answer.text


@pytest.mark.parametrize("page", ["/refreshes", "/pairs", "/versions", "/refresh?run_id=x"])
def test_a_lake_out_of_reach_is_told_in_a_sentence(get, page):
    away = AwsAccess(access_key_id="x", secret_access_key="x", endpoint_url="http://127.0.0.1:9")
    answer = get(Lake("s3://bucket/lake", away), page)
    assert answer.status_code == 503
    assert "The lake has not answered" in answer.text or "did not answer" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("run_id", ["gone", "../../x", "/etc/passwd", "%00", "a/../b"])
def test_a_run_that_is_not_there_is_told_so(get, nights, run_id):
    for page in ("refresh", "chunks"):
        answer = get(nights, f"/{page}?{urlencode({'run_id': run_id})}")
        assert answer.status_code == 404
        assert "The lake knows no refresh" in answer.text
    assert get(nights, f"/pairs?{urlencode({'run_id': run_id})}").status_code == 200


@pytest.mark.parametrize(
    "page", ["/pairs?version=99", "/version?number=99", "/pair?version=99&date=2026-02-01&pair_id=x"]
)
def test_a_version_that_is_gone_is_told_so(get, nights, page):
    answer = get(nights, page)
    assert answer.status_code in (200, 404)
    assert re.search(r"(dataset version|Version) 99", answer.text)


@pytest.mark.parametrize(
    "page",
    [
        "/refresh?run_id=%E2%80%AE",
        "/chunks?run_id=..",
        "/refresh?run_id=" + 600 * "x",
        "/pairs?version=-1",
        "/pairs?version=x",
        "/refreshes?number=0",
        "/chunk?run_id=x",
        "/pair?version=1&date=x&pair_id=x",
    ],
)
def test_an_address_that_means_nothing_is_refused(get, nights, page):
    answer = get(nights, page)
    assert answer.status_code == 422
    assert "The address of this page is not right" in answer.text


def test_a_quote_in_a_filter_is_looked_for_and_not_run(get, nights):
    answer = get(nights, "/pairs?" + urlencode({"author_id": "' OR true --", "text": "'; DROP TABLE t"}))
    assert answer.status_code == 200
    assert "No pair matches" in answer.text


def test_a_run_that_has_not_reported_says_how_far_it_is(get, nights, tmp_path):
    lake = copy_of(nights, tmp_path)
    run_id = "manual__2026-02-02T02:00:00+00:00"
    lake.store.delete(RunKeys(run_id).report)
    answer = get(lake, f"/refresh?{urlencode({'run_id': run_id})}")
    assert answer.status_code == 200
    assert "has not written its report yet" in answer.text
    assert "Batches curated" in answer.text
    assert "has not committed yet" in get(lake, f"/chunks?{urlencode({'run_id': run_id})}").text


def test_a_lost_original_costs_a_pair_only_its_place(get, nights, tmp_path, places):
    lake = copy_of(nights, tmp_path)
    lake.store.delete(f"originals/{places.pair['article_sha256']}")
    pair = {"version": 3, "date": places.pair["refresh_date"], "pair_id": places.pair["pair_id"]}
    answer = get(lake, f"/pair?{urlencode(pair)}")
    assert answer.status_code == 200
    assert "is gone. Put it back from a backup" in answer.text


def test_a_run_of_another_dag_is_told_so(get, nights):
    answer = get(nights, "/run?dag_id=other&run_id=x")
    assert answer.status_code == 404
    assert "another DAG" in answer.text


def copy_of(lake: Lake, folder: Path) -> Lake:
    shutil.copytree(Path(lake.uri.removeprefix("file://")), folder / "copy")
    return Lake((folder / "copy").as_uri())
