"""The audits of a refresh: of the version that it committed, by a fixed sample, and of the pairs that it made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain

from ownvoice.config.run import RefreshRun
from ownvoice.dataset.refresh_report import ReportedAudit
from ownvoice.dataset.sample import made_by_its_run, sample_pairs
from ownvoice.evaluation.judges.night import judgements_of_run
from ownvoice.pairs import audits, cues
from ownvoice.pairs.audits import Audit, Rows
from ownvoice.pairs.balance.audits import balance_audits
from ownvoice.reports.judging import judging_audits
from ownvoice.states import ChunkState
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import ChunkRow
from ownvoice.storage.versions import DatasetVersion

SAMPLE_PAIRS = 10_000  # the most that the chapter advises for a style: up to it, the sample is the whole version
_COLUMNS = ("prompt", "chosen", "rejected", "article_id", "author_id", "back_reference")
_CUES = (cues.told_apart_by_length, cues.told_apart_by_punctuation, cues.told_apart_by_words)


def audits_of(lake: Lake, run: RefreshRun, version: DatasetVersion, chunks: Sequence[ChunkRow]) -> list[ReportedAudit]:
    """Return the audits of `version` and of the run that committed it; `chunks` are the run's rows of `tables/chunks`.

    The run's pairs are audited by themselves where they are enough to judge and not all pairs of the version.
    """
    of_run = [audits.verbatim(chunks)]
    sample = sample_pairs(lake, version, SAMPLE_PAIRS, _COLUMNS)
    of_version = [*_of_pairs(sample), _coverage(lake, version, chunks), audits.pair_count(version.selected)]
    if version.selection:
        of_version += balance_audits(version.selection, version.pairs)
    if version.added < version.pairs:
        pairs = sample_pairs(lake, version, SAMPLE_PAIRS, _COLUMNS, made_by_its_run(version))
        of_run += [cue(pairs) for cue in _CUES] if cues.can_judge(pairs) else []
    of_run += judging_audits(run.judging, chunks, list(chain.from_iterable(judgements_of_run(lake, run))))
    return [
        *(ReportedAudit(**asdict(one), scope="version") for one in of_version),
        *(ReportedAudit(**asdict(one), scope="night") for one in of_run),
    ]


def _of_pairs(sample: Rows) -> list[Audit]:
    if not sample:
        return []
    cheap = (audits.lengths, audits.repeated_prompts, audits.repeated_chosen, audits.back_references, audits.authors)
    return [ask(sample) for ask in (*_CUES, *cheap)]


def _coverage(lake: Lake, version: DatasetVersion, chunks: Rows) -> Audit:
    """Count the articles that were worked through, and the chunks that were answered, with and without a pair."""
    answered = [chunk["kept"] for chunk in chunks if chunk["state"] in (ChunkState.ANSWERED, ChunkState.REUSED)]
    return audits.coverage(
        articles=_count(lake, "articles", version.articles_version, "count(*)", "written_sha256 IS NOT NULL"),
        articles_with_pairs=_count(lake, "pairs", version.number, "count(DISTINCT article_id)"),
        chunks=len(answered),
        chunks_with_pairs=sum(kept > 0 for kept in answered),
    )


def _count(lake: Lake, table: str, number: int, expression: str, where: str = "true") -> int:
    (batch,) = scan(lake.table(table, number), f"{expression} AS found", where)
    return int(batch["found"][0].as_py())
