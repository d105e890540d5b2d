"""The report of a refresh as a model: `runs/<run>/report.json` is written and read through it.

The names of its fields are an interface, which people's own scripts read. A field with a default may be missing from
the report of an earlier Ownvoice; a field that a later one adds is ignored.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer, ValidationError

from ownvoice.articles.article import Quarantined
from ownvoice.chunks.estimate import TokenEstimate
from ownvoice.config.prices import ModelPrice
from ownvoice.dataset.verdicts import DataVerdict, NightState, NightVerdict, ReportedWarning
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys

Moment = Annotated[dt.datetime, PlainSerializer(dt.datetime.isoformat, when_used="json")]
Verdict = Literal["pass", "warn"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class StoreCheck(_Part):
    """Whether the lake's store creates an object once when many try at the same time (`storage.probe`)."""

    uri: str
    racers: int
    winners: int
    holds: bool
    sentence: str


class PlannedWork(_Part):
    """What the plan asks about, and the tokens that this takes: prompts by estimate, answers at most."""

    articles: int
    chunks: int
    deferred: int
    estimated_prompt_tokens: int
    most_completion_tokens: int
    models: dict[str, TokenEstimate] = {}


class ChunkCounts(_Part):
    """Chunks by their state after the run."""

    total: int
    answered: int
    reused: int
    deferred: int
    dead: int


class TripleCounts(_Part):
    """Triples that became pairs, and the others by drop reason, the most frequent first."""

    total: int
    kept: int
    dropped: dict[str, int]


class TokenCounts(_Part):
    """Tokens of the answers that this run paid for."""

    prompt: int
    completion: int


class Amount(_Part):
    """Tokens, prompts and answers together, and what they cost; null without a price."""

    tokens: int
    cost_usd: float | None


class Budget(_Part):
    """What the run may spend; null where there is no limit."""

    tokens: int | None
    cost_usd: float | None


class ModelSpend(_Part):
    """What one model was planned to cost at most, and what it cost.

    `reserved_tokens` are the worst cases of the answers that were paid for, `wasted_tokens` those of unusable answers.
    """

    price: ModelPrice | None
    planned: Amount
    reserved_tokens: int
    spent: Amount
    wasted_tokens: int


class Spend(_Part):
    """The spend of all models, and of each by name."""

    budget: Budget
    planned: Amount
    spent: Amount
    reserved_tokens: int
    wasted_tokens: int
    models: dict[str, ModelSpend] = {}


class PairCounts(_Part):
    """Pairs that the run added to the dataset and retired from it, and those in it afterwards."""

    added: int
    retired: int
    total: int


class CommittedVersion(_Part):
    """The dataset version that the run committed; `rejected_by` says which second model it has, if any."""

    number: int
    digest: str
    rejected_by: str = ""


class ReportedAudit(_Part):
    """One audit: `sentence` says what was found, `advice` what to do where it warns (else empty).

    `scope` is what was audited: all pairs of the version, or those that this run made (stored as "night").
    `threshold` is where the audit begins to warn, `value` what is held against it (null where nothing was judged), and
    `much` by how much it must change to be raised again.
    """

    name: str
    verdict: Verdict
    numbers: dict[str, Any]
    threshold: float
    value: float | None = None
    much: float = 0.05
    sentence: str
    advice: str
    scope: Literal["version", "night"]

    @property
    def subject(self) -> str:
        """What was audited, in words."""
        return "the version" if self.scope == "version" else "the run"


class DropExample(_Part):
    """A triple that was dropped. `detail` names a passage or a row of an evaluation set, and is empty elsewhere."""

    article_id: str
    chunk_index: int
    triple_index: int
    reason: str
    detail: str
    prompt: str
    quote: str
    rejected: str | None


class RefreshReport(_Part):
    """What a refresh did, in numbers that add up.

    `articles` counts what was listed by what had changed, `passed_over` objects that are not read, by ending or by the
    name that hides them, and articles that their author keeps back. `left_out` counts the articles that were not asked
    about by reason, `deferred_for` the chunks left for a later run by the event that left them, `faults` the tries of
    this run that went wrong, `retries` the requests that asked again for the same answer and `chunks_by_requests` the
    chunks by how many requests this run made for them. `further_prompts` counts, by kind, what became of the prompts
    that were to be written for proved quotes. `recipe` holds the fields of the generation recipe as it was.
    `retired_for` counts, by drop reason, the retired pairs that were lost to an article of this run without being asked
    about again. Times are in UTC: `started_at` is the run's first start, `ended_at` the commit of its version or,
    without a version, its first report.

    `verdict` is that of `night`. `reports.verdict` computes `night`, `data` and `warnings`, also for the report of an
    earlier Ownvoice, in which they are empty. `unusual` has a clause for each number that is far from its usual value.
    """

    run_id: str
    refresh_date: dt.date
    verdict: NightState
    night: NightVerdict = NightVerdict(verdict="pass", sentence="")
    data: DataVerdict = DataVerdict(verdict="nothing_new", sentence="", advice="", is_new=False)
    warnings: list[ReportedWarning] = []
    unusual: list[str] = []
    dry_run: bool
    store: StoreCheck | None = None
    recipe_id: str
    recipe: dict[str, Any]
    articles: dict[str, int]
    quarantined: list[Quarantined]
    passed_over: dict[str, int] = {}
    left_out: dict[str, int] = {}
    deferred_for: dict[str, int] = {}
    planned: PlannedWork
    chunks: ChunkCounts
    faults: dict[str, int] = {}
    chunks_by_requests: dict[str, int] = {}
    retries: int = 0
    triples: TripleCounts
    tokens: TokenCounts
    spend: Spend
    instruction_kinds: dict[str, int] = {}
    further_prompts: dict[str, dict[str, int]] = {}
    pairs: PairCounts
    retired_for: dict[str, int] = {}
    version: CommittedVersion | None
    started_at: Moment
    ended_at: Moment
    duration_s: float
    failed_batches: list[str]
    audits: list[ReportedAudit] = []
    drop_examples: dict[str, list[DropExample]] = {}


def find_report(lake: Lake, run_id: str) -> RefreshReport | None:
    """Return the report of a refresh run; None where there is none, or where it is that of a training run.

    Raises `StorageError` where the report cannot be read.
    """
    key = RunKeys(run_id).report
    stored = lake.read_json(key)
    # Ids that differ only in signs a path cannot hold share a key; a training run has no triples.
    if not isinstance(stored, dict) or stored.get("run_id") != run_id or "triples" not in stored:
        return None
    try:
        return RefreshReport.model_validate(stored)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        raise StorageError(
            f"{lake.uri}/{key} is no report that this Ownvoice can read (field {field}). "
            "Clear write_report of this run to write it again."
        ) from None
