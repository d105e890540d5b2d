"""How the stand-in model server behaves: its switches, and the rule that gives each request its fate.

The fate of a request follows from its prompt and from how often that prompt has come before, and from nothing else, so
that every client meets the same.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from random import Random

from stand_ins.model_fates import FATES

# On a bad day so many of a hundred prompts meet these fates, one a request. The last one holds for all that follow.
_BAD_DAY: tuple[tuple[int, tuple[str, ...]], ...] = (
    (7, ("rate_limit", "good")),
    (3, ("rate_limit", "rate_limit", "server_error", "good")),
    (4, ("server_error", "good")),
    (4, ("bad_json", "good")),
    (2, ("truncated", "good")),
    (3, ("empty",)),
)


@dataclass(frozen=True)
class Behaviour:
    """The switches of the server; as they are by default it answers everything well and at once.

    A chunk that begins with fates and a colon ("server_error good: the text") meets these in any case, one a request.

    offline_answers: a good answer is the offline model's, made from the chunk
    breaks: how it breaks the instructions of those answers that are to carry content (stand_ins.broken_content)
    good: the fate of a request to which nothing else happens
    like: the name of a recorded error ("LiteLLM: wrong_key"), which every request meets
    like_where: requests whose prompt holds these words, and no others, meet that error
    bad_day: how many times as many prompts as on a usual bad day meet faults; 0 for none
    faults: shares of the requests that meet each fate
    median_s, sigma: the lognormal latency, and its spread
    slots: requests that are served at once; others are refused with 429, or wait where it `queues`
    requests_per_minute: beyond these requests are refused with 429; 0 for no limit
    retry_after_s: sent with every error; 0 for no such header
    outage_at_s, outage_s: when after the first request an outage begins, and its length
    prompt_tokens, completion_tokens: the usage that every billed answer states
    """

    offline_answers: bool = False
    breaks: str = ""
    good: str = "good"
    like: str = ""
    like_where: str = ""
    bad_day: float = 0.0
    faults: dict[str, float] = field(default_factory=dict)
    median_s: float = 0.0
    sigma: float = 0.4
    slots: int = 10_000
    queues: bool = False
    requests_per_minute: float = 0.0
    retry_after_s: float = 0.01
    outage_at_s: float = 0.0
    outage_s: float = 0.0
    prompt_tokens: int = 100
    completion_tokens: int = 10


def chunk_of(prompt: str) -> str:
    """Return the chunk that a prompt asks about, or the prompt itself where it asks about none."""
    return prompt.rpartition("Extract:")[2].strip()


def fate_of(behaviour: Behaviour, prompt: str, earlier: int) -> tuple[str, float]:
    """Return the fate of the request that follows `earlier` ones with the same prompt, and its latency in seconds."""
    # hashlib and not hash(): the same in every process
    chance = Random(hashlib.sha256(f"{chunk_of(prompt)}{earlier + 1}".encode()).digest())
    drawn = _drawn(behaviour.faults, chance.random())
    latency_s = chance.lognormvariate(0, behaviour.sigma) * behaviour.median_s
    if script := _own_script(chunk_of(prompt)) or _bad_day_script(behaviour.bad_day, prompt):
        return script[min(earlier, len(script) - 1)], latency_s
    return drawn or behaviour.good, latency_s


def _own_script(chunk: str) -> tuple[str, ...]:
    first_words, colon, _ = chunk.partition(":")
    words = tuple(first_words.split())
    return words if colon and FATES.issuperset(words) else ()


def _bad_day_script(bad_day: float, prompt: str) -> tuple[str, ...]:
    place = float(int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4]) % 100)
    for share, script in _BAD_DAY:
        place -= share * bad_day
        if place < 0:
            return script
    return ()


def _drawn(faults: dict[str, float], place: float) -> str | None:
    for name, share in faults.items():
        place -= share
        if place < 0:
            return name
    return None


class RequestRate:
    """A token bucket that holds the requests of one second."""

    def __init__(self, requests_per_minute: float) -> None:
        self._per_second = self._credit = requests_per_minute / 60
        self._credit_at = time.monotonic()

    def take(self) -> bool:
        """Take one request from the bucket; say whether there was one. A rate of 0 is no limit."""
        if not self._per_second:
            return True
        now = time.monotonic()
        self._credit = min(self._per_second, self._credit + (now - self._credit_at) * self._per_second)
        self._credit_at = now
        if self._credit < 1:
            return False
        self._credit -= 1
        return True


QUICK = Behaviour(
    good="five_triples", median_s=0.05, slots=256, retry_after_s=1.0, prompt_tokens=600, completion_tokens=900
)
"""Good answers after 50 ms, many at a time."""
