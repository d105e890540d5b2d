"""A StatsD server on a UDP socket, and Airflow's own logger that sends to it."""

from __future__ import annotations

import contextlib
import socket
from collections import Counter
from collections.abc import Iterator

from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk._shared.observability.metrics.statsd_logger import SafeStatsdLogger
from airflow.sdk.observability import stats


class StatsdServer:
    """Its address, and what has arrived: counters added up, the last value of each gauge."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.address = self._socket.getsockname()
        self.counters: Counter[str] = Counter()
        self.gauges: dict[str, float] = {}

    def take(self) -> None:
        """Read what has arrived, in the StatsD form: name:value|c or |g."""
        with contextlib.suppress(BlockingIOError):
            while True:
                name, _, rest = self._socket.recv(1024).decode().partition(":")
                value, kind = rest.split("|")[:2]
                if kind == "c":
                    self.counters[name] += int(value)
                else:
                    self.gauges[name] = float(value)

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


class _Client:
    """What Airflow asks of the `statsd` package, which is an extra of it: one datagram a metric."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._address = address

    def incr(self, stat: str, count: int = 1, rate: float = 1) -> None:
        self._send(f"{stat}:{count}|c")

    def gauge(self, stat: str, value: float, rate: float = 1, delta: bool = False) -> None:
        self._send(f"{stat}:{value}|g")

    def close(self) -> None:
        self._socket.close()

    def _send(self, line: str) -> None:
        self._socket.sendto(line.encode(), self._address)


@contextlib.contextmanager
def running_statsd() -> Iterator[StatsdServer]:
    """Let Airflow's metrics of this process go to a server for as long as the block lasts."""
    server = StatsdServer()
    client = _Client(server.address)
    stats.initialize(factory=lambda: SafeStatsdLogger(client), export_legacy_names=True)  # type: ignore[arg-type, return-value]
    try:
        yield server
    finally:
        stats.initialize(factory=NoStatsLogger, export_legacy_names=True)
        client.close()
        server.close()
