"""Bursts: far more said in a short time than others say. Pure.

Time slides: any `burst_window_s` in which one person said more than the floor `burst_person`, and more than six robust
standard deviations above the median of what other people say in such a time (Rousseeuw and Croux, 1993: 1.4826 times
the median absolute deviation), is a burst, with all that was said in it. The same holds of all people together, with
the floor `burst_all`, against the other times. What has no time cannot be judged so: the cap of a day holds it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.feedback.event import Event
from ownvoice.feedback.reasons import BURST, Fate

_DEVIATIONS = 6
_OF_NORMAL = 1.4826  # standard deviations in a median absolute deviation, of normal data


def bursts(events: Iterable[Event], rules: FeedbackRules) -> dict[str, Fate]:
    """Return the fate of every event in a burst, by event id."""
    dated = sorted((one for one in events if one.said_at), key=lambda one: one.order)
    by_person: dict[str, list[Event]] = defaultdict(list)
    for one in dated:
        by_person[one.person].append(one)
    cells = Counter((one.person, _cell(one, rules)) for one in dated)
    held = _of_all(dated, rules)
    for person, said in by_person.items():
        if _fates(said, rules.burst_window_s, rules.burst_person, ""):  # few are, and what others say takes long
            limit = _limit(rules.burst_person, [count for (who, _), count in cells.items() if who != person])
            held |= _fates(said, rules.burst_window_s, limit, "one person")
    return held


def _of_all(dated: Sequence[Event], rules: FeedbackRules) -> dict[str, Fate]:
    crowded = _fates(dated, rules.burst_window_s, rules.burst_all, "")
    if not crowded:
        return {}
    busy = {_cell(one, rules) for one in dated if one.event_id in crowded}
    times = Counter(_cell(one, rules) for one in dated)
    limit = _limit(rules.burst_all, [count for cell, count in times.items() if cell not in busy])
    return _fates(dated, rules.burst_window_s, limit, "all people together")


def _cell(event: Event, rules: FeedbackRules) -> int:
    assert event.said_at is not None, "only dated events are counted"
    return int(event.said_at.timestamp() // rules.burst_window_s)


def _limit(floor: int, others: Sequence[int]) -> float:
    """Return how many in one window is still usual, by what others say."""
    if not others:
        return floor
    middle = median(others)
    spread = median(abs(count - middle) for count in others)
    return max(floor, middle + _DEVIATIONS * _OF_NORMAL * spread)


def _fates(said: Sequence[Event], window_s: int, limit: float, who: str) -> dict[str, Fate]:
    """Return the events of every window that has more than `limit` of them; `said` is in order of time."""
    times = [one.said_at.timestamp() for one in said if one.said_at]
    found: dict[str, Fate] = {}
    start = marked = 0
    for end, time in enumerate(times):
        while time - times[start] > window_s:
            start += 1
        if end - start + 1 > limit:
            told = Fate(BURST, f"{end - start + 1} in {window_s} s by {who}")
            found |= {one.event_id: told for one in said[max(start, marked) : end + 1]}
            marked = end + 1
    return found
