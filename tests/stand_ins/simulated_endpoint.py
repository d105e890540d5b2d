"""An endpoint and its client without a network, in simulated time: what `Window` does in a night, within milliseconds.

It serves first come first served on so many slots; what finds no slot waits. A request that its client gives up leaves
its place.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from ownvoice.llm.window import Flight, Window


@dataclass
class SimulatedEndpoint:
    """The switches: slots, lognormal latency, shares of requests that hang or fail, an outage (begin and length)."""

    slots: int
    median_s: float
    sigma: float = 0.0
    hanging: float = 0.0
    failing: float = 0.0
    outage: tuple[float, float] = (math.inf, 0.0)
    seed: int = 1


@dataclass
class Night:
    """What came of it: seconds, requests by how they ended, the most in flight from the middle on, chunks' tries."""

    seconds: float = 0.0
    ended: Counter[str] = field(default_factory=Counter)
    most_late: int = 0
    charged: Counter[int] = field(default_factory=Counter)


class _Simulation:
    def __init__(self, endpoint: SimulatedEndpoint, window: Window, chunks: int) -> None:
        self.endpoint, self.window, self.chunks = endpoint, window, chunks
        self.chance = Random(endpoint.seed)
        self.now, self.busy, self.numbers = 0.0, 0, 0
        self.todo, self.waiting = deque(range(chunks)), deque[Flight]()
        self.open: dict[Flight, int] = {}
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.night = Night()

    def run(self) -> Night:
        self.check()
        while self.night.ended["answered"] < self.chunks:
            self.now, _, event = heapq.heappop(self.events)
            event()
            self.send()
        self.night.seconds = self.now
        return self.night

    def at(self, seconds: float, event: Callable[[], None]) -> None:
        self.numbers += 1
        heapq.heappush(self.events, (seconds, self.numbers, event))

    def check(self) -> None:
        self.at(self.now + self.endpoint.median_s / 20, self.check)
        for flight in [flight for flight in self.open if self.window.hangs(flight, self.now)]:
            self.end(flight, "hung")

    def send(self) -> None:
        while self.todo and self.window.is_open(self.now):
            flight = self.window.send(self.now)
            self.open[flight] = self.todo.popleft()
            self.at(self.now + self.window.timeout_s, partial(self.time_out, flight))
            if self.is_out():
                self.at(self.now + 0.002, partial(self.fail, flight))
            elif self.busy < self.endpoint.slots:
                self.serve(flight)
            else:
                self.waiting.append(flight)
            if 2 * self.night.ended["answered"] > self.chunks:
                self.night.most_late = max(self.night.most_late, len(self.open))

    def is_out(self) -> bool:
        begin, length = self.endpoint.outage
        return begin <= self.now < begin + length

    def serve(self, flight: Flight) -> None:
        self.busy += 1
        if self.chance.random() >= self.endpoint.hanging:
            took_s = self.endpoint.median_s * math.exp(self.endpoint.sigma * self.chance.gauss(0, 1))
            self.at(self.now + took_s, lambda: self.finish(flight))

    def finish(self, flight: Flight) -> None:
        if flight not in self.open:
            return
        if self.is_out() or self.chance.random() < self.endpoint.failing:
            self.fail(flight)
        else:
            self.window.answered(flight, self.now)
            self.end(flight, "answered")

    def fail(self, flight: Flight) -> None:
        if flight in self.open:
            self.window.failed(flight, self.now)
            self.end(flight, "failed")

    def time_out(self, flight: Flight) -> None:
        if flight in self.open:
            queued = self.window.timed_out(flight, self.now)
            self.night.charged[self.open[flight]] += not queued
            self.end(flight, "queued" if queued else "timed_out")

    def end(self, flight: Flight, how: str) -> None:
        self.night.ended[how] += 1
        self.window.end(flight)
        chunk = self.open.pop(flight)
        if how != "answered":
            self.at(self.now + 0.4 * (how == "failed"), lambda: self.todo.appendleft(chunk))
        if flight in self.waiting:
            self.waiting.remove(flight)
        elif not (how == "failed" and self.now - flight.sent_at < 0.003):
            self.busy -= 1
            if self.waiting:
                self.serve(self.waiting.popleft())


def simulate(endpoint: SimulatedEndpoint, window: Window, chunks: int) -> Night:
    """Ask about so many chunks until each has its answer."""
    return _Simulation(endpoint, window, chunks).run()
