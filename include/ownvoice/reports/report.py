"""The sixth step of a refresh: what it did, in numbers that add up, as one JSON file and one row of `tables/runs`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from ownvoice.articles.changeset import Listing, read_listing
from ownvoice.chunks.plan import Plan, read_plan
from ownvoice.config.prices import ModelPrice
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.dataset.run_row import write_run_row
from ownvoice.errors import StorageError
from ownvoice.llm.chunk_outcome import ANSWERED
from ownvoice.pairs.staging import Row, read_staged
from ownvoice.reports.audits import audits_of
from ownvoice.reports.html import write_page
from ownvoice.reports.timeline import own_tries
from ownvoice.states import ChunkEvent, ChunkState
from ownvoice.storage.lake import Lake, scan, sql_text
from ownvoice.storage.layout import RunKeys
from ownvoice.storage.probe import probe_creation
from ownvoice.storage.versions import DatasetVersion, latest_version, version_of_run

_EXAMPLES_PER_REASON = 3
_SPENT = ("prompt_tokens", "completion_tokens", "reserved_tokens", "wasted_tokens")
_CHUNK_STATES = (ChunkState.ANSWERED, ChunkState.REUSED, ChunkState.DEFERRED, ChunkState.DEAD)


def write_report(lake: Lake, run_id: str) -> dict[str, Any]:
    """Write the run's report and its row of `tables/runs`; return the report. Repeated, it writes the same again."""
    run = recorded_run(lake, run_id)
    listing = read_listing(lake, run)
    plan = read_plan(lake, run)
    version = version_of_run(lake, run_id)
    records = _chunk_records(lake, run, version)
    probe = probe_creation(lake)
    report = {
        "run_id": run.run_id,
        "refresh_date": run.refresh_date.isoformat(),
        "dry_run": run.dry_run,
        "store": asdict(probe) | {"holds": probe.holds, "sentence": probe.sentence},
        "recipe_id": run.recipe.recipe_id,
        "recipe": run.recipe.model_dump(),
        "articles": listing.counts,
        "quarantined": listing.quarantined,
        "left_out": dict(plan.left_out),
        "planned": {name: value for name, value in asdict(plan).items() if name not in ("batches", "left_out")},
        **_counts(records, datetime.fromisoformat(listing.started_at)),
        "spend": _spend(run, plan, records),
        "instruction_kinds": _instruction_kinds(lake, run, version),
        "pairs": _pair_counts(version or latest_version(lake), is_new=version is not None),
        "version": version and {"number": version.number, "digest": version.digest},
        **_times(lake, run_id, listing, version),
        "failed_batches": sorted({row["batch"] for row in records if row["event"] == ChunkEvent.BATCH_FAILED}),
        "audits": audits_of(lake, version, records) if version else [],
        "drop_examples": _drop_examples(lake, run, plan.batches),
    }
    report["verdict"] = "warn" if _needs_a_look(report) else "pass"
    lake.write_json(RunKeys(run_id).report, report)
    write_run_row(lake, _row(run, report))
    write_page(lake, report, version)
    return report


def read_report(lake: Lake, run_id: str | None = None) -> dict[str, Any]:
    """Return the report of a run, or of the run that made the newest version."""
    if run_id is None:
        version = latest_version(lake)
        run_id = version.run_id if version else None
    if run_id is None:
        raise StorageError(f"{lake.uri} holds no version, so no newest report. Run a refresh, or name a run.")
    report = lake.read_json(RunKeys(run_id).report)
    if report is None:
        raise StorageError(
            f"{lake.uri} holds no report of run {run_id!r}. `ownvoice versions` lists runs with a version."
        )
    return dict(report)


def _chunk_records(lake: Lake, run: RefreshRun, version: DatasetVersion | None) -> list[Row]:
    if version is None:
        return []
    table = lake.table("chunks", version.chunks_version)
    where = f"refresh_date = {sql_text(str(run.refresh_date))} AND run_id = {sql_text(run.run_id)}"
    return [
        row | {"drop_reasons": dict(row["drop_reasons"])}
        for batch in scan(table, "*", where)
        for row in batch.to_pylist()
    ]


def _times(lake: Lake, run_id: str, listing: Listing, version: DatasetVersion | None) -> dict[str, Any]:
    """Return the run's first start, its end and the seconds between them: waiting, retries and reruns are among these.

    It ends with its version's commit, as the log tells it; without a version, when it was first reported.
    """
    earlier = lake.read_json(RunKeys(run_id).report) or {}
    reported_at = earlier.get("ended_at") or datetime.now(UTC).isoformat()
    ended_at = version.committed_at if version else datetime.fromisoformat(reported_at)
    started_at = datetime.fromisoformat(listing.started_at)
    return {
        "started_at": started_at.isoformat(),
        "ended_at": ended_at.isoformat(),
        "duration_s": round((ended_at - started_at).total_seconds(), 3),
    }


def _counts(records: Iterable[Row], started_at: datetime) -> dict[str, Any]:
    """Add up chunk records: chunks by state, faults, requests, triples by what became of them, tokens.

    Faults are of the tries since the run `started_at`; a record names those of earlier nights too.
    """
    states: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    requests: Counter[int] = Counter()
    sums: Counter[str] = Counter()
    for record in records:
        states[record["state"]] += 1
        requests[record["requests"]] += 1
        faults.update(one["result"] for one in own_tries(record, started_at) if one["result"] != ANSWERED)
        reasons.update(record["drop_reasons"])
        sums["retries"] += record["retries"]
        for name in ("triples", "kept", "prompt_tokens", "completion_tokens"):
            sums[name] += record[name]
    return {
        "chunks": {"total": states.total(), **{str(state): states[state] for state in _CHUNK_STATES}},
        "faults": dict(faults.most_common()),
        "chunks_by_requests": {str(made): count for made, count in sorted(requests.items()) if made},
        "retries": sums["retries"],
        "triples": {"total": sums["triples"], "kept": sums["kept"], "dropped": dict(reasons.most_common())},
        "tokens": {"prompt": sums["prompt_tokens"], "completion": sums["completion_tokens"]},
    }


def _spend(run: RefreshRun, plan: Plan, records: Iterable[Row]) -> dict[str, Any]:
    """Add up the money side: what was planned, reserved, spent and wasted, in all and by model.

    Dollars are null without a price. What batches spent before they failed is in it.
    """
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        for paid in record["spend"]:
            sums[paid["model"]].update({name: paid[name] for name in _SPENT})
    models = {model: _spend_of(model, run, plan, sums[model]) for model in sorted({*run.recipe.models, *sums})}
    return {
        "budget": {"tokens": run.max_tokens, "cost_usd": run.max_cost_usd},
        **{kind: _total([one[kind] for one in models.values()]) for kind in ("planned", "spent")},
        **{kind: sum(one[kind] for one in models.values()) for kind in ("reserved_tokens", "wasted_tokens")},
        "models": models,
    }


def _spend_of(model: str, run: RefreshRun, plan: Plan, sums: Counter[str]) -> dict[str, Any]:
    price = run.prices.get(model)
    planned = Counter(plan.models.get(model, {}))
    return {
        "price": price and price.model_dump(mode="json"),
        "planned": _amount(price, planned["estimated_prompt_tokens"], planned["most_completion_tokens"]),
        "reserved_tokens": sums["reserved_tokens"],
        "spent": _amount(price, sums["prompt_tokens"], sums["completion_tokens"]),
        "wasted_tokens": sums["wasted_tokens"],
    }


def _amount(price: ModelPrice | None, prompt_tokens: int, completion_tokens: int) -> dict[str, Any]:
    cost_usd = price.cost_usd(prompt_tokens, completion_tokens) if price else None
    return {"tokens": prompt_tokens + completion_tokens, "cost_usd": cost_usd}


def _total(amounts: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up; dollars are known where those of every part are."""
    costs = [one["cost_usd"] for one in amounts]
    known = None if None in costs else sum(costs)
    return {"tokens": sum(one["tokens"] for one in amounts), "cost_usd": known}


def _pair_counts(version: DatasetVersion | None, *, is_new: bool) -> dict[str, int]:
    if version is None:
        return {"added": 0, "retired": 0, "total": 0}
    changed = (version.added, version.retired) if is_new else (0, 0)
    return {"added": changed[0], "retired": changed[1], "total": version.pairs}


def _instruction_kinds(lake: Lake, run: RefreshRun, version: DatasetVersion | None) -> dict[str, int]:
    """Count the pairs that this run wrote by kind of instruction; those of a prompt without kinds are not counted."""
    if version is None:
        return {}
    table = lake.table("pairs", version.number)
    where = f"refresh_date = {sql_text(str(run.refresh_date))} AND created_by_run = {sql_text(run.run_id)}"
    kinds = (kind for batch in scan(table, "instruction_kind", where) for kind in batch["instruction_kind"].to_pylist())
    return dict(Counter(kind for kind in kinds if kind).most_common())


def _drop_examples(lake: Lake, run: RefreshRun, batches: Iterable[str]) -> dict[str, list[Row]]:
    """Return the first few drops of each reason, for people to look at."""
    examples: dict[str, list[Row]] = defaultdict(list)
    for name in batches:
        staged = read_staged(lake, run, name)
        for drop in staged.drops if staged else ():
            if len(examples[drop["reason"]]) < _EXAMPLES_PER_REASON:
                examples[drop["reason"]].append(drop)
    return dict(sorted(examples.items()))


def _needs_a_look(report: dict[str, Any]) -> bool:
    return bool(report["quarantined"] or report["failed_batches"] or report["chunks"]["dead"])


def _row(run: RefreshRun, report: dict[str, Any]) -> dict[str, Any]:
    counts = {
        "dry_run": int(report["dry_run"]),
        **{f"articles_{name}": count for name, count in report["articles"].items()},
        **{f"left_out_{name}": count for name, count in report["left_out"].items()},
        **{f"chunks_{name}": count for name, count in report["chunks"].items()},
        **{f"dropped_{name}": count for name, count in report["triples"]["dropped"].items()},
        "triples": report["triples"]["total"],
        "kept": report["triples"]["kept"],
        **{f"pairs_{name}": count for name, count in report["pairs"].items()},
        **{f"{name}_tokens": count for name, count in report["tokens"].items()},
    }
    return {
        "run_id": run.run_id,
        "kind": "refresh",
        "refresh_date": run.refresh_date,
        "verdict": report["verdict"],
        "version": report["version"] and report["version"]["number"],
        "digest": report["version"] and report["version"]["digest"],
        "recipe_id": run.recipe.recipe_id,
        "retries": report["retries"],
        "cost_usd": report["spend"]["spent"]["cost_usd"],
        "duration_s": report["duration_s"],
        "counts": counts,
        "report_key": RunKeys(run.run_id).report,
    }
