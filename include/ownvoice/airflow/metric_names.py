"""Every metric that Ownvoice sends through Airflow: the one list, for the code that sends, the docs and the dashboard.

Airflow puts its prefix before a name (`airflow.` unless it is set otherwise). StatsD and OpenTelemetry take the names
as they are; on the way to Prometheus each `.` and `-` becomes `_`, and OpenTelemetry adds `_total` to a counter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

PREFIX = "airflow"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, or one for each value of the placeholder in its name, which `values` explains.

    Counters add up over all tasks; a gauge is the newest value. `unit` is what one of it is.
    """

    name: str
    kind: Literal["counter", "gauge"]
    unit: str
    meaning: str
    values: str = ""

    def of(self, value: str) -> str:
        """Return the name for one value of the placeholder."""
        return _PLACEHOLDER.sub(lambda _: value, self.name)

    @property
    def in_prometheus(self) -> str:
        """A regular expression of its names in Prometheus."""
        plain = re.sub(r"[.-]", "_", self.name)
        name = plain.replace("{batch}", "batch_.+")  # not that of a night
        return f"{PREFIX}_{_PLACEHOLDER.sub('.+', name)}" + ("(_total)?" if self.kind == "counter" else "")


_PLACEHOLDER = re.compile(r"\{\w+\}")

_A_BATCH = "the name of the batch: `batch-0000` and so on"
_A_STATE = "`answered`, `reused`, `deferred`, `dead`"

CHUNKS = Metric("ownvoice.chunks.{state}", "counter", "chunk", "Chunks that reached a state in this run.", _A_STATE)
RETRIES = Metric(
    "ownvoice.retries.{error}", "counter", "request", "Requests that were sent again.", "the failure or fault before it"
)
TOKENS = Metric("ownvoice.tokens.{side}", "counter", "token", "Tokens that were paid for.", "`prompt`, `completion`")

BATCH_CHUNKS = Metric("ownvoice.{batch}.chunks", "gauge", "chunk", "Chunks of a batch.", _A_BATCH)
BATCH_SETTLED = Metric(
    "ownvoice.{batch}.settled", "gauge", "chunk", "Chunks of it that nothing is left to ask about.", _A_BATCH
)
BATCH_RATE = Metric(
    "ownvoice.{batch}.chunks_per_s", "gauge", "chunk per second", "The rate at which it settles.", _A_BATCH
)
BATCH_ETA = Metric(
    "ownvoice.{batch}.eta_s", "gauge", "second", "The time until it is done; not before its first chunk.", _A_BATCH
)
BATCH_COST = Metric(
    "ownvoice.{batch}.cost_usd",
    "gauge",
    "US dollar",
    "What it has cost; not without the model's price.",
    f"{_A_BATCH}; of a second model `batch-0000-rejected`",
)

NIGHT_ENDED = Metric("ownvoice.night.ended_at_s", "gauge", "second since 1970", "When the newest refresh was reported.")
NIGHT_FAILED = Metric("ownvoice.night.failed", "gauge", "0 or 1", "Whether its night verdict is `fail`.")
NIGHT_WORTHLESS = Metric("ownvoice.night.worthless", "gauge", "0 or 1", "Whether its data verdict is `worthless`.")
NIGHT_WARNINGS = Metric("ownvoice.night.new_warnings", "gauge", "warning", "Its warnings that are new.")
NIGHT_DURATION = Metric("ownvoice.night.duration_s", "gauge", "second", "From its first start to its end.")
NIGHT_COST = Metric("ownvoice.night.cost_usd", "gauge", "US dollar", "What it cost; not without every price.")
NIGHT_CHUNKS = Metric("ownvoice.night.chunks", "gauge", "chunk", "Chunks that it asked about or found answered.")
NIGHT_DEAD = Metric("ownvoice.night.dead_chunks", "gauge", "chunk", "Chunks of it with no usable answer.")
NIGHT_ADDED = Metric("ownvoice.night.pairs_added", "gauge", "pair", "Pairs that it added.")
NIGHT_PAIRS = Metric("ownvoice.night.pairs", "gauge", "pair", "Pairs of the version after it.")

METRICS = (
    *(CHUNKS, RETRIES, TOKENS),
    *(BATCH_CHUNKS, BATCH_SETTLED, BATCH_RATE, BATCH_ETA, BATCH_COST),
    *(NIGHT_ENDED, NIGHT_FAILED, NIGHT_WORTHLESS, NIGHT_WARNINGS, NIGHT_DURATION, NIGHT_COST),
    *(NIGHT_CHUNKS, NIGHT_DEAD, NIGHT_ADDED, NIGHT_PAIRS),
)
