"""Nobody sees a page without Airflow's login and the right to read the DAG."""

from __future__ import annotations

import httpx
import pytest

PAGES = [
    "/",
    "/refreshes",
    "/refresh?run_id=x",
    "/run?dag_id=refresh_preferences&run_id=x",
    "/chunks?run_id=x",
    "/chunk?run_id=x&article_id=x&chunk_index=0",
    "/pairs",
    "/pair?version=1&date=2026-02-01&pair_id=x",
    "/versions",
    "/version?number=1",
    "/explore",
    "/trainings",
    "/training?run_id=x",
    "/overlay?run_id=x",
    "/judges",
    "/judge?judge_id=0123456789ab",
    "/review",
    "/review?round=x",
    "/review/items?round=x",
    "/review/item?round=x&item=x",
    "/feedback?round=1",
    "/takedown?takedown=0123456789abcdef",
    "/static/pages.css",
]


@pytest.mark.parametrize("page", PAGES)
def test_without_a_login_there_is_only_the_way_to_it(airflow, page):
    answer = httpx.get(f"{airflow.address}/ownvoice{page}", trust_env=False)
    assert answer.status_code == 401
    assert "Log in to Airflow" in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_a_forged_token_is_no_login(airflow, page):
    answer = httpx.get(f"{airflow.address}/ownvoice{page}", cookies={"_token": "a.b.c"}, trust_env=False)
    assert answer.status_code in (401, 403)


@pytest.mark.parametrize("page", [page for page in PAGES if "static" not in page])
def test_a_user_without_a_role_sees_nothing(airflow, page):
    answer = airflow.log_in("stranger").get(f"/ownvoice{page}")
    assert answer.status_code == 403
    assert ("but not review" if "review" in page else "may not read this DAG") in answer.text


def test_a_reader_sees_the_nights(airflow):
    answer = airflow.log_in("reader").get("/ownvoice/refreshes")
    assert answer.status_code == 200
    assert "2026-02-02" in answer.text


def test_whoever_may_only_read_may_not_review(airflow):
    reader = airflow.log_in("reader")
    page = reader.get("/ownvoice/review?round=x")
    assert page.status_code == 403 and "may read, but not review" in page.text and "<h1>" in page.text
    sent = reader.post("/ownvoice/review/answers", json={})
    assert sent.status_code == 403 and "may read, but not review" in sent.json()["sentence"]
    assert airflow.log_in("anna").get("/ownvoice/review").status_code == 200


def test_every_route_asks_for_the_login(airflow):
    from ownvoice_monitor.app import make_app

    for route in make_app().routes:
        path = route.path.replace("{name}", "pages.css")
        for method in route.methods:
            answer = httpx.request(method, f"{airflow.address}/ownvoice{path}", json={}, trust_env=False)
            assert answer.status_code == 401, path


@pytest.mark.parametrize("page", ["/docs", "/redoc", "/openapi.json"])
def test_there_are_no_pages_about_the_api(airflow, page):
    assert airflow.client.get(f"/ownvoice{page}").status_code == 404


def test_a_page_may_fetch_and_run_only_what_airflow_serves(airflow):
    policy = airflow.client.get("/ownvoice/refreshes").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_file_name_is_never_made_into_a_path(airflow):
    for name in ("..%2Fapp.py", "%2Fetc%2Fpasswd", "pages.css%00", "app.py"):
        assert airflow.client.get(f"/ownvoice/static/{name}").status_code == 404
