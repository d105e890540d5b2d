"""The command line: the same verbs as the tasks of the refresh, on one machine and without Airflow.

Exit codes: 0 done, 1 fault, 2 settings, 3 storage, 4 the model refuses, 5 the model does not answer, 6 not verified,
7 too many chunks without a usable answer, 20 the Hub refuses, 21 the Hub is away.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError

from ownvoice.chunks_command import chunks
from ownvoice.dataset.export import Form, export
from ownvoice.dataset.verified import record_verification
from ownvoice.dataset.verify import verify
from ownvoice.errors import OwnvoiceError, SettingsError, VerificationError
from ownvoice.lake import Lake, scan, sql_text
from ownvoice.lineage_command import lineage
from ownvoice.monitoring.progress import Progress
from ownvoice.monitoring.text import pair_lines, report_lines, tried_lines, verification_lines, version_lines
from ownvoice.pairs.try_prompt import try_prompt
from ownvoice.push_command import push_to_hub_command
from ownvoice.recipe import GenerationRecipe
from ownvoice.refresh import refresh
from ownvoice.report_command import report
from ownvoice.run import Mode, RefreshRun
from ownvoice.settings import Settings, load_settings, prices_of, settings_error, with_fields
from ownvoice.stores import ObjectStore
from ownvoice.train_command import train
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.endpoints import Endpoints, access_by, from_environment, variables_of
from ownvoice.triples.offline_model import OFFLINE_MODEL, running_offline_model
from ownvoice.versions import all_versions, version_or_latest

app = typer.Typer(
    help="Articles become provable preference data, night by night.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LakeOption = Annotated[str | None, typer.Option("--lake", help="s3://bucket/prefix or file:///folder [OWNVOICE_LAKE].")]
ArticlesOption = Annotated[str | None, typer.Option("--articles", help="Where the articles stand [OWNVOICE_ARTICLES].")]
RecipeOption = Annotated[list[str] | None, typer.Option("--recipe", help="A recipe field, as name=value; repeatable.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Ask the bundled stand-in model, with no key.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ModeOption = Annotated[
    Mode | None, typer.Option(help="Ask at once, or through a batch API: cheaper, up to a day [OWNVOICE_MODE].")
]
MaxTokensOption = Annotated[int | None, typer.Option(help="Budget in tokens [OWNVOICE_MAX_TOKENS].")]
MaxCostOption = Annotated[float | None, typer.Option(help="Budget in dollars [OWNVOICE_MAX_COST_USD].")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Plan and estimate; ask and commit nothing.")]
RunOption = Annotated[str | None, typer.Option("--run", help="Repeat this run instead of starting a new one.")]
VersionOption = Annotated[
    int | None, typer.Option("--version", help="A version number; the newest where none is given.")
]


@app.command("refresh")
def refresh_command(
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    prefix: Annotated[str, typer.Option(help="Only objects below this folder of the source.")] = "",
    limit_articles: Annotated[int | None, typer.Option(help="Ask about at most so many articles.")] = None,
    mode: ModeOption = None,
    reconcile: Annotated[bool, typer.Option(help="List the whole source, however old its day folders.")] = False,
    max_tokens: MaxTokensOption = None,
    max_cost_usd: MaxCostOption = None,
    dry_run: DryRunOption = False,
    run_id: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read new articles, ask for triples, prove and filter them, commit a version."""
    settings = load_settings(articles=articles, lake=lake, mode=mode, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    whole = {"prefix": prefix.strip("/"), "limit_articles": limit_articles, "reconcile": reconcile}
    _run(settings, _recipe(settings, recipe, offline), run_id, offline, as_json, dry_run=dry_run, **whole)


@app.command()
def retry(
    only: Annotated[Literal["dead"], typer.Option(help="Which chunks.")],
    article: Annotated[str, typer.Option(help="Only chunks of this article id.")] = "",
    error: Annotated[str, typer.Option(help="Only chunks whose last error is of this class, as bad_json.")] = "",
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    mode: ModeOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost_usd: MaxCostOption = None,
    dry_run: DryRunOption = False,
    run_id: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask anew about dead chunks, with as many tries again; every other chunk keeps its answer."""
    settings = load_settings(articles=articles, lake=lake, mode=mode, max_tokens=max_tokens, max_cost_usd=max_cost_usd)
    dead = {"retry": only, "retry_article": article, "retry_error": error}
    _run(settings, _recipe(settings, recipe, offline), run_id, offline, as_json, dry_run=dry_run, **dead)


@app.command()
def versions(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """List the committed versions."""
    found = all_versions(Lake(load_settings(lake=lake).lake))
    rows = [{name: value for name, value in asdict(one).items() if name != "lattice"} for one in found]
    _print(version_lines(found), rows, as_json)


@app.command()
def show(
    lake: LakeOption = None,
    version: VersionOption = None,
    article: Annotated[str | None, typer.Option(help="Only pairs of this article id.")] = None,
    split: Annotated[str | None, typer.Option(help="Only this side: train or test.")] = None,
    count: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """Show pairs side by side, with the place of the chosen answer in its article."""
    opened = Lake(load_settings(lake=lake).lake)
    number = version_or_latest(opened, version).number
    chosen = {"article_id": article, "split": split}
    where = " AND ".join(["true", *(f"{name} = {sql_text(value)}" for name, value in chosen.items() if value)])
    batches = scan(opened.table("pairs", number), where=f"{where} ORDER BY pair_id LIMIT {count}")
    pairs = [row for batch in batches for row in batch.to_pylist()]
    lines = (line for pair in pairs for line in (*pair_lines(pair), ""))
    _print(lines if pairs else [f"version {number} holds no such pair"], pairs, as_json)


@app.command("verify")
def verify_command(lake: LakeOption = None, version: VersionOption = None, as_json: JsonOption = False) -> None:
    """Prove a version from the lake alone; exit code 6 where it is not what it says it is."""
    opened = Lake(load_settings(lake=lake).lake)
    found = verify(opened, version)
    record_verification(opened, found)
    _print(verification_lines(found), asdict(found) | {"passed": found.passed}, as_json)
    if not found.passed:
        raise VerificationError(f"version {found.version} failed its verification.")


@app.command("export")
def export_command(
    folder: Annotated[Path, typer.Argument(help="Where train.parquet and test.parquet are written.")],
    lake: LakeOption = None,
    version: VersionOption = None,
    form: Annotated[Form, typer.Option(help="TRL's preference form.")] = "standard",
    as_json: JsonOption = False,
) -> None:
    """Write a version as Parquet files that `datasets.load_dataset` reads and TRL trains on."""
    rows = export(Lake(load_settings(lake=lake).lake), folder, version, form)
    _print((f"{folder / split}.parquet: {count} pairs" for split, count in rows.items()), rows, as_json)


@app.command("try-prompt")
def try_prompt_command(
    articles: ArticlesOption = None,
    lake: LakeOption = None,
    offline: OfflineOption = False,
    recipe: RecipeOption = None,
    chunks: Annotated[int, typer.Option(min=1, max=20, help="How many chunks to ask about.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Put a few chunks through a prompt and look at what becomes of each triple; nothing is committed."""
    settings = load_settings(articles=articles, lake=lake)
    with _endpoints(settings, offline) as endpoints:
        source = ObjectStore(_articles_uri(settings))
        tried = try_prompt(
            Lake(settings.lake), source, settings.source, _recipe(settings, recipe, offline), endpoints, chunks
        )
    _print((line for one in tried for line in tried_lines(one)), [asdict(one) for one in tried], as_json)


app.command()(chunks)
app.command()(report)
app.command()(train)
app.command()(lineage)
app.command("push-to-hub")(push_to_hub_command)


def main() -> None:
    """Run the command line; a fault that a person can act on is one sentence, without a trace."""
    try:
        app()
    except OwnvoiceError as error:
        print(f"ownvoice: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _run(
    settings: Settings, recipe: GenerationRecipe, run_id: str | None, offline: bool, as_json: bool, **fields: Any
) -> None:
    """Run a refresh on one machine and print its report."""
    now = dt.datetime.now(dt.UTC)
    started = {"run_id": run_id or f"manual__{now:%Y-%m-%dT%H%M%S.%fZ}", "refresh_date": now.date()}
    run = _refresh_run(settings, recipe=recipe, **started, **fields)
    progress = Progress(sys.stderr)
    with _endpoints(settings, offline) as endpoints:
        for name in () if run.dry_run else run.recipe.endpoints:
            endpoints(name)  # better said now than when the first chunk is to be asked about
        source = ObjectStore(run.articles_uri)
        report = refresh(Lake(settings.lake), source, run, endpoints, progress.step, progress.chunks)
    _print(report_lines(report), report, as_json)


def _refresh_run(settings: Settings, **fields: Any) -> RefreshRun:
    shared = (
        "mode",
        "source",
        "test_share",
        "near_duplicate_jaccard",
        "boilerplate_min_articles",
        "boilerplate_min_share",
        "evaluation_sets",
        "look_back_days",
        "reconcile_every_days",
        "max_tokens",
        "max_cost_usd",
        "max_dead_share",
    )
    try:
        # One process and one event loop: cutting the night into batches would only keep chunks from running together.
        return RefreshRun(
            articles_uri=_articles_uri(settings),
            max_generation_tasks=1,
            prices=prices_of(settings, fields["recipe"]),
            **{name: getattr(settings, name) for name in shared},
            **fields,
        )
    except ValidationError as error:
        raise settings_error(error) from None


def _articles_uri(settings: Settings) -> str:
    if settings.articles is None:
        raise SettingsError("no articles were named: pass --articles URI, or set OWNVOICE_ARTICLES.")
    return settings.articles


def _recipe(settings: Settings, fields: Iterable[str] | None, offline: bool) -> GenerationRecipe:
    """Return the settings' recipe with the fields given as name=value; offline, the model is the stand-in."""
    changed = {"model": OFFLINE_MODEL, "generators": None, "rejected_by": None} if offline else {}
    return with_fields(settings.recipe.model_copy(update=changed), fields or ())


@contextlib.contextmanager
def _endpoints(settings: Settings, offline: bool) -> Iterator[Endpoints]:
    """Yield the way to each endpoint: the stand-in for the length of the command, or what the environment names."""
    if offline:
        with running_offline_model() as model:
            yield lambda _: access_by(settings, model.base_url, model.api_key)
    else:
        yield partial(_from_environment, settings)


def _from_environment(settings: Settings, endpoint: str) -> ModelAccess:
    base_url, api_key = from_environment(endpoint)
    if not api_key and not base_url:
        url_variable, key_variable = variables_of(endpoint)
        raise SettingsError(
            f"no model to ask at {endpoint}: set {key_variable} (and {url_variable} where it is not OpenAI's own), "
            "or pass --offline for the bundled stand-in."
        )
    return access_by(settings, base_url, api_key)


def _print(lines: Iterable[str], value: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(lines))
