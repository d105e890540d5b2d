"""The pages about training runs, behind a real Airflow and in a real browser."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from urllib.parse import quote, urlencode

import httpx
import pytest

from ownvoice.publishing.champion import Move, record_move
from ownvoice.publishing.promotion import Check, Outcome, Rival
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.awaited import cancel
from ownvoice.training.elsewhere import await_training
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.report import write_run_report
from ownvoice.training.run import TrainingRun, read_training_run, write_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.airflow_server import running_airflow
from stand_ins.browser import Seen
from stand_ins.hostile_articles import HOSTILE_ARTICLES
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.shown_style import leave_style, style_report
from stand_ins.trained import curves, leave_trained_run

GOOD, BLOCKED, SEVERAL, LIVE = "manual__good", "manual__blocked", "manual__several", "manual__live"
ROUNDED = "manual__rounded"
HOSTILE = "<script>document.title='owned'</script> ../../x"
RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)
PAGES = [
    "/trainings",
    f"/training?run_id={GOOD}",
    f"/overlay?run_id={GOOD}&run_id={BLOCKED}",
    f"/style?run_id={GOOD}",
    "/run?dag_id=train_dpo&run_id=x",
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake with two trainings, one that compares recipes, one of hostile texts, and one that is at work."""
    lake = Lake((tmp_path_factory.mktemp("trainings") / "lake").as_uri())
    commit_pairs(lake, small_dataset())
    for day, (run_id, kind, variants) in enumerate(
        [(GOOD, "good", {}), (BLOCKED, "block", {}), (SEVERAL, "good", {"chapter": {}, "soft": {"beta": 0.1}})], 1
    ):
        for one in plan(lake, run_id, variants):
            leave_trained_run(lake, one, kind)
        write_run_report(lake, run_id, dt.date(2026, 2, day))
    for one in plan(lake, ROUNDED, {}):
        leave_trained_run(lake, one, "spike", kept_least=0.1)
    leave_hostile_run(lake)
    leave_style(lake, style_report(GOOD), [f"Why number {number}?" for number in range(12)], text="We delve. " * 40)
    leave_style(lake, style_report(HOSTILE, HOSTILE, fragments()), fragments(), text=" ".join(fragments()))
    leave_champions(lake)
    plan(lake, LIVE, {})
    measure(lake, 7)
    return lake


def plan(lake, run_id, variants):
    request = TrainingRequest(recipe=RECIPE, variants=variants)
    return [read_training_run(one.recipe_uri) for one in plan_training(lake, run_id, request, TrainingSettings())]


def measure(lake, steps):
    """Let the run at work measure so many steps, the last of which is only half written."""
    rows = "".join(f"{json.dumps(row)}\n" for row in curves("good")[:steps])
    lake.store.write(f"runs/{LIVE}/metrics.jsonl", f'{rows}{{"step": {steps + 1}, "lo'.encode())
    log = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} step {steps}/20: loss 0.6\n"
    lake.store.write(f"runs/{LIVE}/log.txt", log.encode())


def fragments():
    """Return texts that attack."""
    return [article.article_id for article in HOSTILE_ARTICLES]


def leave_hostile_run(lake):
    """Let a hostile text stand wherever one can: id, recipe, base, samples, reasons, message, log, publication."""
    everything = " ".join(fragments())
    recipe = RECIPE.model_copy(update={"base_model": everything, "base_revision": everything})
    run = TrainingRun(run_id=HOSTILE, lake=lake.uri, dataset_version=1, recipe=recipe)
    write_training_run(lake, run)
    result = leave_trained_run(lake, run, "block")
    result["base"] = dict.fromkeys(("name", "commit"), everything)
    result["rows_left_out"]["train"] = dict.fromkeys(fragments(), 1)
    finding = {"rule": everything, "level": "warn", "step": 3, "reason": everything}
    result |= {"image": everything, "message": everything, "device": everything, "health": {"findings": [finding]}}
    lake.write_json(run.keys.result, result)
    lake.store.delete(run.keys.metrics)
    samples = [{"question": text, "base": text, "trained": text} for text in fragments()]
    lake.write_json(run.keys.samples, samples)
    lake.write_json(run.keys.publication, dict.fromkeys(("repo_id", "revision", "tag"), everything))
    lake.store.write(run.keys.log, f"2026-02-01T00:00:00Z TRAINED: {everything}\n".encode())


def leave_champions(lake):
    """Let one training be the champion over the hostile one, in a repository of a hostile name, with its outcome."""
    everything = " ".join(article.article_id for article in HOSTILE_ARTICLES)
    for number, (run_id, over) in enumerate([(GOOD, None), (HOSTILE, GOOD), (GOOD, HOSTILE)], 1):
        at = dt.datetime(2026, 2, number, tzinfo=dt.UTC)
        fields = {"run_id": run_id, "over": over, "revision": everything, "how": "forced", "because": everything}
        record_move(lake, Move(number=number, repo_id="ann/voice", at=at, **fields))
    unmeasured = Check(name=everything, value=None, sentence=everything)
    measured = Check(name="copying", value=0.1, most=0.2, sentence=everything)
    for run_id, rival in ((GOOD, HOSTILE), (HOSTILE, None)):
        fields = {"measure": "style_score", "rival": Rival(run_id=rival), "checks": (unmeasured, measured)}
        outcome = Outcome(run_id=run_id, repo_id=everything, **fields)
        lake.write_json(RunKeys(run_id).promotion, outcome.model_dump(mode="json"))


@pytest.fixture(scope="module")
def server(lake, tmp_path_factory):
    with running_airflow(tmp_path_factory.mktemp("airflow"), lake.uri) as server:
        yield server


@pytest.fixture
def show(server, browser):
    """Show a page to somebody who is logged in; at the end nothing was complained of, and no other host was asked."""
    opened = []

    def open_page(path, width=1280):
        page = browser.new_page(viewport={"width": width, "height": 900})
        token = {"name": "_token", "value": server.client.cookies["_token"], "url": server.address}
        page.context.add_cookies([token])
        seen = Seen(page)
        page.on("console", lambda message: seen.console.append(message.text))
        page.on("pageerror", lambda error: seen.console.append(str(error)))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.goto(f"{server.address}/ownvoice{path}")
        opened.append(seen)
        return seen

    yield open_page
    for seen in opened:
        assert seen.console == []
        assert {re.match(r"https?://[^/]+", address)[0] for address in seen.requests} == {server.address}
        assert seen.page.title() != "owned"
        seen.page.close()


@pytest.mark.parametrize("page", PAGES)
def test_without_the_right_to_read_the_training_nothing_is_shown(server, page):
    assert httpx.get(f"{server.address}/ownvoice{page}", trust_env=False).status_code == 401
    assert server.log_in("stranger").get(f"/ownvoice{page}").status_code == 403


def test_the_tab_of_a_training_leads_to_its_page(server):
    answer = server.client.get(f"/ownvoice/run?dag_id=train_dpo&run_id={quote(SEVERAL)}")
    assert answer.is_redirect
    page = server.client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "2 recipes on one dataset version" in page.text
    assert "Chosen is <b>chapter</b>" in page.text


@pytest.mark.parametrize("run_id", ["gone", "", "../../x", "/etc/passwd", "\x00", "x" * 200, "\u202e"])
def test_a_training_that_is_not_there_is_told_so(server, run_id):
    for page in ("training", "overlay"):
        answer = server.client.get(f"/ownvoice/{page}?{urlencode({'run_id': run_id})}")
        assert answer.status_code == 404
        assert "The lake" in answer.text


@pytest.mark.parametrize(
    "page",
    ["/overlay", "/training", "/trainings?number=0", "/overlay?" + "run_id=x&" * 9, "/training?run_id=" + "x" * 900],
)
def test_an_address_that_names_no_training_is_refused(server, page):
    answer = server.client.get(f"/ownvoice{page}")
    assert answer.status_code == 422
    assert "The address of this page is not right" in answer.text


def test_a_page_without_a_script_has_every_number_in_a_table(server):
    page = server.client.get(f"/ownvoice/overlay?run_id={GOOD}&run_id={BLOCKED}").text
    assert page.count("<table") >= 4
    assert page.count("<caption>") == page.count("<table")
    assert "The curves of B as numbers" in page


def test_an_awaited_training_shows_the_command_until_a_trainer_works_or_it_is_cancelled(server, lake):
    settings = TrainingSettings(where="elsewhere", image="registry.example/trainer")
    (run,) = plan(lake, "manual__awaited", {})
    awaited = await_training(lake, run, f"{lake.uri}/{run.keys.recipe}", settings)
    address = f"/training?{urlencode({'run_id': run.run_id})}"

    def page():
        return html.unescape(server.client.get(f"/ownvoice{address}").text)

    shown = page()
    assert "Airflow waits for a trainer elsewhere, until " in shown
    assert awaited.command in shown
    line = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} step 1/20: loss 0.69\n"
    lake.store.write(run.keys.log, line.encode())
    assert "waits for a trainer" not in page()
    lake.store.delete(run.keys.log)
    cancel(lake, run.keys, "its task was cancelled")
    assert "waits for a trainer" not in page()


def test_from_the_list_to_one_run_and_to_another_laid_over_it(show):
    seen = show("/trainings")
    page = seen.page
    page.get_by_role("link", name=BLOCKED, exact=True).click()
    page.wait_for_selector("figure.chart canvas")
    assert page.locator("figure.chart canvas").count() == 6
    assert "likelihood displacement" in page.locator("#health ~ .scroll").inner_text()
    assert "I wonder." in page.locator("ol.pairs").inner_text()
    page.get_by_role("combobox", name="Another run").select_option(GOOD)
    page.get_by_role("button", name="Lay over each other").click()
    page.wait_for_selector("figure.chart canvas")
    assert page.get_by_role("heading", name="Training runs side by side").is_visible()
    assert "same recipe, same dataset version" in page.locator("main").inner_text()
    page.get_by_role("link", name="1", exact=True).first.click()
    assert page.get_by_role("heading", name="Version 1").is_visible()


def test_from_a_training_to_its_style_with_the_distances_drawn(show):
    page = show(f"/training?run_id={GOOD}").page
    page.get_by_role("link", name="How near it is to the author").click()
    page.wait_for_selector("figure.chart canvas")
    assert page.locator("mark.taken").count() > 0
    page.get_by_role("link", name="On", exact=True).click()
    page.wait_for_url("**number=2")
    assert page.locator("li.pair").count() == 2


def test_a_merge_warning_is_on_the_page_beside_a_warning_of_the_curves(show):
    page = show(f"/training?run_id={ROUNDED}").page
    page.wait_for_selector("figure.chart canvas")
    curve, merge = page.locator("#health ~ .scroll tbody tr").all_inner_texts()
    assert re.match(r"gradient spikes\s+warn\s+10\s+Gradient norm", curve)
    assert re.match(r"rounded away\s+warn\s+20\s+–", merge)
    assert "kept 10% of the change in model.layers.0.mlp.up_proj" in merge
    assert page.locator("figure.chart", has_text="rounded").count() == 0


def test_the_champion_its_history_and_what_the_rule_said_are_on_the_pages(show):
    listed = show("/trainings").page
    assert listed.locator(".badge", has_text="champion").count() == 1
    assert listed.locator("[aria-labelledby=champions] tbody tr").count() == 3
    listed.locator("[aria-labelledby=champions] tbody th a").first.click()
    assert listed.locator("h1").inner_text().startswith(GOOD)
    table = listed.locator("section[aria-labelledby=promotion] tbody tr")
    assert [row.split("\t")[1] for row in table.all_inner_texts()] == ["not measured", "0.100"]


def test_a_training_at_work_is_followed_without_a_touch(show, lake):
    seen = show(f"/training?run_id={LIVE}")
    assert "At work" in seen.page.locator("main").inner_text()
    assert "cut or no numbers" in seen.page.locator("main").inner_text()
    measure(lake, 12)
    seen.page.get_by_text("at step 12").wait_for(timeout=30_000)
    seen.page.wait_for_selector("figure.chart canvas")


def test_texts_that_attack_are_shown_and_do_nothing(show):
    for path in (
        f"/training?{urlencode({'run_id': HOSTILE})}",
        f"/style?{urlencode({'run_id': HOSTILE})}",
        "/overlay?" + urlencode({"run_id": [HOSTILE, GOOD]}, doseq=True),
        "/trainings",
    ):
        seen = show(path)
        assert HOSTILE in seen.page.locator("main").inner_text()
        assert "onerror" in seen.page.locator("main").inner_text() or path == "/trainings"
        assert seen.page.locator("main script:not([type='application/json'])").count() == 0


@pytest.mark.parametrize("path", PAGES[:4])
def test_no_page_scrolls_sideways_on_a_telephone(show, path):
    seen = show(path, width=420)
    seen.page.wait_for_load_state("networkidle")
    assert not seen.scrolls_sideways
