"""How many requests may be in flight at an endpoint, found out from how it answers. Pure: the time is an argument.

An unknown endpoint gets one request, a few more where that is not refused at once, and from the first answer on up to
sixteen times as many a step, as long as more answers a second come of it (after slow start and Vegas in TCP: Jacobson
1988, Brakmo and Peterson 1995). Such a step never goes beyond what the endpoint, at the rate measured so far, answers
in half the time-out; where that is too little, it is to twice as many, after a whole round of answers. An endpoint that
refuses for rate is followed by its refusals instead: each lowers the number by three tenths, each answer in full use
raises it a little (AIMD: Chiu and Jain 1989, with the growth of Scalable TCP, Kelly 2003). Where nothing but failures
comes back it is left alone, but for one request now and then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ownvoice.llm.latencies import Latencies

_FIRST_SIZE = 4
_DOUBLES_EVERY_S = 0.05  # after the first request, and after a pause, up to the size that is known
_STEP, _CAREFUL_STEP = 16.0, 2.0
_WORTH_IT = 1.3  # times the answers a second before the step
_FEWEST_ANSWERS = 4
_SHARE_OF_TIMEOUT = 0.5
_OVERTAKEN = 0.8  # of those in flight before it: so many are answered, and a request is still open
_LEFT_AFTER_A_REFUSAL, _LEFT_AFTER_A_TIMEOUT = 0.7, 0.5
_GROWTH, _FASTER_GROWTH = 1 / 16, 1 / 32
_FAILURES_OF_AN_OUTAGE = 8  # in a row
_MAX_FAILED_SHARE = 0.5
_RESULTS_OF_A_SHARE = 16
_SHARE_OF_OUTAGE, _MIN_PAUSE_S, _MAX_PAUSE_S = 0.05, 0.1, 10.0


@dataclass(slots=True)
class _Level:
    """A size of the window and what was measured with it; `answered` are all answers since it began."""

    size: float
    since: float
    below: _Level | None = None  # the size before this one, until this one has proved itself
    answered: int = 0
    own_answers: int = 0  # to requests that were sent at this size
    latency_s: float = 0.0  # their sum

    @property
    def mean_s(self) -> float:
        return self.latency_s / self.own_answers if self.own_answers else math.inf

    @property
    def brought_little(self) -> bool:
        """Whether the step to this size brought hardly any more answers a second."""
        below = self.below
        if below is None or self.size <= _WORTH_IT * below.size:
            return False
        return self.size * below.mean_s < _WORTH_IT * below.size * self.mean_s  # answers a second: size / mean

    @property
    def shortest_mean_s(self) -> float:
        return min(self.mean_s, self.below.shortest_mean_s) if self.below else self.mean_s


@dataclass(slots=True, eq=False)
class Flight:
    """One request in flight. `beside` counts those that were open when it was sent, itself included."""

    sent_at: float
    beside: int
    level: _Level
    answers_before: int
    may_be_cut: bool = True


@dataclass(slots=True)
class Window:
    """The requests in flight at one endpoint, and how many there may be. Times are seconds of any one clock."""

    most: int
    timeout_s: float
    latencies: Latencies = field(default_factory=Latencies)
    flights: set[Flight] = field(default_factory=set)
    answers: int = 0
    timeouts: int = 0
    failures_in_a_row: int = 0
    resumes_at: float = -math.inf
    _level: _Level = field(init=False)
    _proven: float = 1.0
    _patience: int = 0
    _follows_refusals: bool = False
    _slowed_at: float = -math.inf
    _ramp_from: float = math.inf
    _failing_since: float = 0.0
    _failed_share: float = 0.0

    def __post_init__(self) -> None:
        self._level = _Level(min(self.most, _FIRST_SIZE), -math.inf)

    @property
    def size(self) -> float:
        """How many requests may be in flight, once a pause or the start is over."""
        return self._level.size

    @property
    def advice(self) -> str:
        """What a person can do about requests that timed out, in a sentence; empty where none did."""
        timeout, most = (
            f"OWNVOICE_REQUEST_TIMEOUT_S ({self.timeout_s:g})",
            f"OWNVOICE_MAX_REQUESTS_IN_FLIGHT ({self.most})",
        )
        if not self.timeouts:
            return ""
        if self.latencies.median_s is None:
            return (
                f" No answer came within {self.timeout_s:g} s: raise {timeout}; lower {most} if it answers one by one."
            )
        return (
            f" It answers about {self.size:.0f} at a time in {self.latencies.median_s:.3g} s: "
            f"{timeout} should be well above that, and {most} needs to be no more."
        )

    def is_open(self, now: float) -> bool:
        """Whether one more request may be sent."""
        ramp = math.exp2(min(32.0, max(0.0, now - self._ramp_from) / _DOUBLES_EVERY_S))
        return now >= self.resumes_at and len(self.flights) + 1 <= max(1.0, min(self.size, ramp))

    def send(self, now: float, *, may_be_cut: bool = True) -> Flight:
        """Count one more request in flight; one that must not be cut has the whole time-out."""
        if self._ramp_from == math.inf:
            self._ramp_from = now
        if self._level.since == -math.inf:
            self._level.since = now
        flight = Flight(now, len(self.flights) + 1, self._level, self.answers, may_be_cut)
        self.flights.add(flight)
        return flight

    def end(self, flight: Flight) -> None:
        """Count a request as no longer in flight, however it ended."""
        self.flights.remove(flight)

    def answered(self, flight: Flight, now: float) -> float:
        """Learn from an answer: there may be room for more. Return the seconds that it took."""
        latency_s = now - flight.sent_at
        self.answers += 1
        self.failures_in_a_row = 0
        if flight.sent_at >= self._ramp_from:
            self._ramp_from = -math.inf
        self._failed_share -= self._failed_share / _RESULTS_OF_A_SHARE
        self.latencies.add(latency_s)
        self._level.answered += 1
        flight.level.own_answers += 1
        flight.level.latency_s += latency_s
        if self._follows_refusals:
            self._grow_gradually()
        elif flight.level is self._level:
            self._judge_level(now)
        return latency_s

    def refused(self, flight: Flight, now: float) -> None:
        """Learn from a refusal for rate; a burst of them counts once."""
        self._follows_refusals = True
        if flight.sent_at >= self._slowed_at:
            self._slow(_LEFT_AFTER_A_REFUSAL * min(self.size, len(self.flights)), now)

    def timed_out(self, flight: Flight, now: float) -> bool:
        """Learn from a request that ran into its time-out; say whether too many in flight are the reason."""
        self.timeouts += 1
        crowded = flight.beside > self._proven or (flight.beside > 1 and not self._is_overtaken(flight))
        if crowded and flight.sent_at >= self._slowed_at:
            half = _LEFT_AFTER_A_TIMEOUT * min(self.size, len(self.flights))
            self._proven = max(1.0, self._proven if flight.beside > self._proven else half)
            self._be_careful()
            self._slow(self._proven, now)
        return crowded

    def failed(self, flight: Flight, now: float) -> None:
        """Learn from a failure that one request may have by itself and that all have in an outage."""
        self.failures_in_a_row += 1
        self._failed_share += (1 - self._failed_share) / _RESULTS_OF_A_SHARE
        if self.failures_in_a_row == 1:
            self._failing_since = now
        elif self.failures_in_a_row >= _FAILURES_OF_AN_OUTAGE:
            pause_s = max(_MIN_PAUSE_S, min(_MAX_PAUSE_S, _SHARE_OF_OUTAGE * self.out_s(now)))
            self.pause_until(max(self.resumes_at, now + pause_s))
        elif self._failed_share > _MAX_FAILED_SHARE:
            self.refused(flight, now)

    def out_s(self, now: float) -> float:
        """For how long nothing but failures has come back; 0 where the last few were not all failures."""
        is_out = self.failures_in_a_row >= _FAILURES_OF_AN_OUTAGE
        return now - self._failing_since if is_out else 0.0

    def pause_until(self, resumes_at: float) -> None:
        """Send nothing before that time, and then few at first."""
        self.resumes_at = self._ramp_from = resumes_at

    def hangs(self, flight: Flight, now: float) -> bool:
        """Whether a request is past what all others take, and those before it are answered.

        One that was sent alone has its whole time-out: whether it hangs or the endpoint has become slow, nobody knows.
        """
        late = flight.may_be_cut and now - flight.sent_at > self.latencies.bound_s
        return late and self._is_overtaken(flight)

    def _is_overtaken(self, flight: Flight) -> bool:
        ahead = flight.beside - 1
        return ahead > 0 and self.answers - flight.answers_before > _OVERTAKEN * ahead

    def _judge_level(self, now: float) -> None:
        """Go back where the last step brought hardly any more answers a second; else take the next, if it is due."""
        level = self._level
        if level.own_answers >= max(_FEWEST_ANSWERS, level.size):
            if level.brought_little:
                self._be_careful()
                self._slow(self._rate(now) * level.shortest_mean_s, now)
                return
            level.below = None
            self._proven = max(self._proven, level.size)
        if len(self.flights) >= level.size - 1:
            room = self._rate(now) * _SHARE_OF_TIMEOUT * self.timeout_s
            if self._patience == 0 and level.own_answers >= level.size / _STEP and room >= _CAREFUL_STEP * level.size:
                self._step_to(min(_STEP * level.size, room), now)
            elif level.own_answers >= max(_FEWEST_ANSWERS, level.size) + self._patience:
                self._step_to(_CAREFUL_STEP * level.size, now)

    def _be_careful(self) -> None:
        self._patience = 2 * self._patience or 32

    def _rate(self, now: float) -> float:
        return self._level.answered / max(1e-9, now - self._level.since)

    def _grow_gradually(self) -> None:
        """Grow by a sixteenth in a round of answers, and faster the more rounds no refusal has come."""
        if len(self.flights) >= self.size - 1:
            growth = max(1 / self.size, _GROWTH, self._level.answered / self.size * _FASTER_GROWTH)
            self._level.size = min(self.most, self.size + min(1.0, growth))

    def _slow(self, size: float, now: float) -> None:
        self._slowed_at = now
        self._level = _Level(max(1.0, min(self.size, size)), now)

    def _step_to(self, size: float, now: float) -> None:
        if (size := min(self.most, size)) > self.size:
            self._level = _Level(size, now, below=self._level)
