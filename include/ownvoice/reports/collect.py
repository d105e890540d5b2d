"""Everything that the lake holds about one refresh, added up to its report."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict

from ownvoice.articles.changeset import read_listing
from ownvoice.chunks.plan import Plan, read_plan
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.chunk_rows import run_chunks
from ownvoice.dataset.refresh_report import (
    CommittedVersion,
    DropExample,
    PairCounts,
    PlannedWork,
    RefreshReport,
    StoreCheck,
)
from ownvoice.dataset.sample import made_by_its_run
from ownvoice.pairs.augment.counts import counts_of_run
from ownvoice.pairs.staging import DropRow, read_staged
from ownvoice.reports.audits import audits_of
from ownvoice.reports.counts import (
    chunk_counts,
    chunks_by_requests,
    deferral_counts,
    fault_counts,
    token_counts,
    triple_counts,
)
from ownvoice.reports.spend import spend_of_run
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.probe import probe_creation
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import DatasetVersion, latest_version

_EXAMPLES_PER_REASON = 3


def collect_report(lake: Lake, run: RefreshRun, version: DatasetVersion | None) -> RefreshReport:
    """Return the report of `run` before it is judged; `version` is the one that it committed, if any."""
    listing, plan = read_listing(lake, run), read_plan(lake, run)
    started_at = dt.datetime.fromisoformat(listing.started_at)
    ended_at = _ended_at(lake, run, version)
    rows = list(run_chunks(lake, version)) if version else []
    failed_batches = sorted({row["batch"] for row in rows if row["event"] == ChunkEvent.BATCH_FAILED})
    return RefreshReport(
        run_id=run.run_id,
        refresh_date=run.refresh_date,
        dry_run=run.dry_run,
        store=_store_check(lake),
        recipe_id=run.recipe.recipe_id,
        recipe=run.recipe.model_dump(),
        articles=listing.counts,
        quarantined=listing.quarantined,
        passed_over=listing.passed_over,
        left_out=dict(plan.left_out),
        deferred_for=deferral_counts(rows),
        planned=_planned_work(plan),
        chunks=chunk_counts(rows),
        faults=fault_counts(rows, started_at),
        chunks_by_requests=chunks_by_requests(rows),
        retries=sum(row["retries"] for row in rows),
        triples=triple_counts(rows),
        tokens=token_counts(rows),
        spend=spend_of_run(run, plan, rows),
        instruction_kinds=_instruction_kinds(lake, version),
        further_prompts={kind: dict(count) for kind, count in counts_of_run(lake, run, plan.batches).items()},
        pairs=_pair_counts(lake, version),
        retired_for=version.retired_for if version else {},
        version=_committed(version),
        started_at=started_at,
        ended_at=ended_at,
        duration_s=round((ended_at - started_at).total_seconds(), 3),
        failed_batches=failed_batches,
        audits=audits_of(lake, run, version, rows) if version else [],
        drop_examples=_drop_examples(lake, run, plan.batches),
        verdict="pass",
    )


def _committed(version: DatasetVersion | None) -> CommittedVersion | None:
    if version is None:
        return None
    return CommittedVersion(number=version.number, digest=version.digest, rejected_by=version.rejected_sentence)


def _store_check(lake: Lake) -> StoreCheck:
    probe = probe_creation(lake)
    return StoreCheck(**asdict(probe), holds=probe.holds, sentence=probe.sentence)


def _planned_work(plan: Plan) -> PlannedWork:
    return PlannedWork(
        articles=plan.articles,
        chunks=plan.chunks,
        deferred=plan.deferred,
        estimated_prompt_tokens=plan.estimated_prompt_tokens,
        most_completion_tokens=plan.most_completion_tokens,
        models=plan.models,
    )


def _ended_at(lake: Lake, run: RefreshRun, version: DatasetVersion | None) -> dt.datetime:
    """Return when the version was committed; without a version, when the run was first reported."""
    if version:
        return version.committed_at
    earlier = lake.read_json(RunKeys(run.run_id).report)  # not as a model: what cannot be read is written again
    return dt.datetime.fromisoformat(earlier["ended_at"]) if earlier else dt.datetime.now(dt.UTC)


def _pair_counts(lake: Lake, version: DatasetVersion | None) -> PairCounts:
    if version:
        return PairCounts(added=version.added, retired=version.retired, total=version.pairs)
    latest = latest_version(lake)
    return PairCounts(added=0, retired=0, total=latest.pairs if latest else 0)


def _instruction_kinds(lake: Lake, version: DatasetVersion | None) -> dict[str, int]:
    """Count the pairs that the version's run made by kind of instruction, where its prompt asks for kinds."""
    if version is None:
        return {}
    batches = scan(lake.table("pairs", version.number), "instruction_kind", made_by_its_run(version))
    kinds = (kind for batch in batches for kind in batch["instruction_kind"].to_pylist())
    return dict(Counter(kind for kind in kinds if kind).most_common())


def _drop_examples(lake: Lake, run: RefreshRun, batches: Iterable[str]) -> dict[str, list[DropExample]]:
    """Return the first few drops of each reason, for people to look at."""
    examples: dict[str, list[DropRow]] = defaultdict(list)
    for name in batches:
        staged = read_staged(lake, run, name)
        for drop in staged.drops if staged else ():
            if len(examples[drop["reason"]]) < _EXAMPLES_PER_REASON:
                examples[drop["reason"]].append(drop)
    return {reason: [DropExample(**drop) for drop in drops] for reason, drops in sorted(examples.items())}
