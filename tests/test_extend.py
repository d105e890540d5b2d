"""The recipes of docs/extend.md: each is followed here as it is written, and must work."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import runpy
from types import ModuleType, SimpleNamespace

from aiohttp import web

import ownvoice.articles.formats.table as formats
import ownvoice.pairs.filters as filters
from ownvoice.articles.changeset import read_changes, read_listing
from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.config.run import RefreshRun
from ownvoice.llm import providers
from ownvoice.offline_model.server import completion_about, serving
from ownvoice.pages.training import training_page, variants_page
from ownvoice.publishing.card import model_card
from ownvoice.publishing.provenance import provenance
from ownvoice.reports.html import read_page
from ownvoice.reports.report import write_report
from ownvoice.storage.stores import ObjectStore
from ownvoice.training import metrics
from ownvoice.training.health import rules
from ownvoice.training.planning.variants import Variants, read_variants, write_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.comparison import comparison_lines, write_comparison
from ownvoice.training.results.curves import curves_svg
from ownvoice.training.results.report import training_lines, write_training_report
from ownvoice.training.results.training import trained
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.training.trainer import callbacks
from ownvoice.training.trainer.record import Record
from stand_ins.night import Night, article
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.places import DOCS
from stand_ins.trained import curves, leave_trained_run

RECIPES = (DOCS / "extend.md").read_text(encoding="utf-8")


def code_of(heading):
    """Return the blocks of Python in one section of the page."""
    section = RECIPES.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def test_a_format_that_is_added_to_the_table_is_listed_read_and_quarantined(lake, tmp_path, monkeypatch):
    reader, entry = code_of("A source format")
    names = vars(formats).copy()
    exec(reader, names)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, eval(entry, names)))
    source = ObjectStore((tmp_path / "letters").as_uri(), create_folder=True)
    source.write("a.eml", b"From: jane\nSubject: On waiting\n\nThe train did not come.\n")
    source.write("a.json", b'{"licence": "CC0-1.0"}')
    source.write("b.eml.gz", gzip.compress(b"Subject: On rain\n\nIt rained.\n"))
    source.write("c.eml", b"Content-Type: text/html\n\n<p>No plain text.</p>")

    run = RefreshRun(run_id="one", refresh_date=dt.date(2026, 4, 1), articles_uri=source.uri)
    assert list_new_articles(lake, source, run) == {"appeared": 2, "unchanged": 0, "quarantined": 1}
    first, second = (change.row for change in read_changes(lake, run))
    assert (first.article_id, first.author_id, first.title, first.licence) == ("a.eml", "jane", "On waiting", "CC0-1.0")
    assert lake.original(second.article_sha256) == "It rained.\n"
    assert [one.reason for one in read_listing(lake, run).quarantined] == ["no_main_text"]


def test_a_filter_that_is_added_to_the_table_drops_pairs_and_the_report_says_why(
    lake, tmp_path, offline_model, monkeypatch
):
    check, entry = code_of("A filter")
    names = vars(filters).copy()
    exec(check, names)
    monkeypatch.setattr(filters, "FILTERS", (*filters.FILTERS, eval(entry, names)))
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.put("b", article("b").replace(". ", " at https://example.org/b. "))
    night.run("one")
    assert write_report(lake, "one").triples.dropped["chosen_holds_link"] > 0
    page = read_page(lake, "one").decode()
    assert "The quote holds a link. " in page
    assert "Nothing: a model would learn to invent addresses." in page
    documented = runpy.run_path(str(DOCS / "write_drop_reasons.py"))["page"]()
    assert "| `chosen_holds_link` | The quote holds a link. |" in documented


class MessagesServer:
    """Speaks Anthropic's Messages on loopback: the first request is too long for it, the others are answered."""

    def __init__(self):
        self.requests = []

    async def answer(self, request):
        body = await request.json()
        self.requests.append((request.headers["x-api-key"], body))
        if len(self.requests) == 1:
            error = {"type": "invalid_request_error", "message": "prompt is too long: 201000 tokens > 200000 maximum"}
            return web.json_response({"type": "error", "error": error}, status=400)
        about = completion_about(body["messages"][-1]["content"])
        return web.json_response(
            {
                "type": "message",
                "content": [{"type": "text", "text": about["choices"][0]["message"]["content"]}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 1000, "output_tokens": 10},
            }
        )


def test_a_provider_with_an_api_of_its_own_answers_a_refresh(lake, tmp_path, monkeypatch):
    provider, entry = code_of("A model provider")
    anthropic = ModuleType("anthropic")
    exec(provider, vars(anthropic))
    names = vars(providers) | {"anthropic": anthropic}
    exec(entry, names)
    monkeypatch.setattr(anthropic, "HOSTS", frozenset({"127.0.0.1"}))
    monkeypatch.setitem(providers.PROVIDERS, "anthropic", names["PROVIDERS"]["anthropic"])
    server, app = MessagesServer(), web.Application()
    app.router.add_post("/v1/messages", server.answer)
    with serving(app) as address:
        night = Night(lake, tmp_path / "articles", SimpleNamespace(base_url=f"{address}/v1", api_key="sk-ant"))
        night.write("a", "b")
        version = night.run("one")
    assert version.pairs > 0
    assert {key for key, _ in server.requests} == {"sk-ant"}
    assert all([message["role"] for message in body["messages"]] == ["user"] for _, body in server.requests)
    chunks = lake.read_rows("runs/one/outcomes/batch-0000.parquet").to_pylist()
    assert [chunk["faults"] for chunk in chunks if chunk["faults"]] == [["context_too_long"]]
    assert {chunk["prompt_tokens"] for chunk in chunks if not chunk["faults"]} == {1000}


def test_a_metric_with_a_rule_is_computed_judged_drawn_and_told_everywhere(lake, monkeypatch):
    metric, rule, computed = code_of("A training metric with a health rule")
    names = vars(metrics) | vars(rules) | vars(callbacks)
    exec(rule + computed, names)
    monkeypatch.setattr(metrics, "METRICS", (*metrics.METRICS, eval(metric, names)))
    monkeypatch.setattr(rules, "RULES", (*rules.RULES, names["drifted"]))
    commit_pairs(lake, small_dataset())
    recipe = TrainingRecipe(hub_repository="ann/voice")
    run = TrainingRun(run_id="run.soft", lake=lake.uri, dataset_version=1, recipe=recipe)
    write_training_run(lake, run)
    write_variants(lake, "run", Variants({"soft": run.run_id}))

    class ExtendedWatch(callbacks.Watch):
        def on_log(self, args, state, control, logs, **rest):
            super().on_log(args, state, control, names["with_drift"](logs), **rest)

    result = leave_trained_run(lake, run, "block")
    lake.store.delete(run.keys.metrics)
    record = Record(lake, run.keys)
    watch = ExtendedWatch(recipe, record, SimpleNamespace(requested=False), keep=None)
    for row in curves("block"):
        evaluated = {"eval_rewards/chosen": -3.0, "eval_rewards/rejected": -4.0} if "eval_loss" in row else {}
        state = SimpleNamespace(global_step=row.pop("step"), max_steps=20)
        watch.on_log(None, state, SimpleNamespace(), row | evaluated)
    record.keep()
    lake.write_json(run.keys.result, result | {"final": record.metrics[-2], "test": record.metrics[-1]})

    page, overlay = training_page(lake, run.run_id), variants_page(lake, "run")
    assert "drifted" in {finding.rule for finding, _ in page["findings"]}
    assert "both answers became less likely" in str(page["charts"]["Drift"])
    assert page["measured"]["drift"].test == overlay["measured"]["soft"]["drift"].test == -3.5
    assert "Drift" in overlay["charts"]
    assert ">Drift</text>" in curves_svg(record.metrics)
    report = write_training_report(lake, run.run_id, dt.date(2026, 4, 1))
    assert "drift -3.5000" in "\n".join(training_lines(report))
    comparison = write_comparison(lake, "run", read_variants(lake, "run"))
    assert comparison.stored()["trainings"][0]["test_drift"] == -3.5
    assert "test drift" in "\n".join(comparison_lines(comparison))
    training, _, trained_result = trained(lake, run.run_id)
    card = model_card(
        "ann/voice", provenance(lake, run.run_id, trained_result), trained_result, training.health, None, None
    )
    assert "| test drift | -3.5000 |" in card
    assert "(drifted): both answers became less likely" in card
