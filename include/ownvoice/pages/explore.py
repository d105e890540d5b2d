"""`/explore`: what a dataset version is about: a map of its articles, topics, coverage, diversity, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from ownvoice.errors import DamagedError
from ownvoice.exploration.explored import Exploration, Point, Topic, VersionDiversity
from ownvoice.exploration.next_to_generate import REASONS, Candidate, Reason, next_to_generate
from ownvoice.exploration.stored import read_exploration
from ownvoice.pages.paging import ResultPage
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, find_version

ARTICLES_PER_PAGE = 50
_NUMBERED = 400  # articles on a map up to which a number can be read in each mark


class ExplorePage(TypedDict):
    """One version explored. `found` is None where that was not done, or where it cannot be read, as `fault` then says.

    `shown` is the topic that is asked for, or None for all. `points` are the marks of the map, those of that topic last
    and so on top, and `articles` the rows of a result page of them, those with the fewest pairs first.
    """

    version: DatasetVersion
    found: Exploration | None
    fault: str
    shown: Topic | None
    points: Sequence[Point]
    is_numbered: bool
    articles: Sequence[Point]
    result_page: ResultPage
    compared: Sequence[VersionDiversity]
    candidates: Sequence[Candidate]
    reasons: Mapping[Reason, str]


def explore_page(lake: Lake, version: int | None, topic: int | None = None, number: int = 1) -> ExplorePage | None:
    """Return what is known of a version, or of the newest; None where there is none such, or no such topic."""
    looked_at = find_version(lake, version)
    if looked_at is None:
        return None
    found, fault = _read(lake, looked_at)
    topics, points = (found.topics, found.points) if found else ((), ())
    shown = next((one for one in topics if one.number == topic), None)
    if found and topic is not None and shown is None:
        return None
    of_topic = [point for point in points if shown is None or point.topic == shown.number]
    result_page = ResultPage(number, len(of_topic), ARTICLES_PER_PAGE)
    diversity = found.diversity if found else None
    return {
        "version": looked_at,
        "found": found,
        "fault": fault,
        "shown": shown,
        "points": sorted(points, key=lambda point: shown is not None and point.topic == shown.number),
        "is_numbered": len(points) <= _NUMBERED,
        "articles": result_page.cut(sorted(of_topic, key=lambda point: (point.pairs, point.article_id))),
        "result_page": result_page,
        "compared": [one for one in (diversity.now, diversity.earlier) if one] if diversity else [],
        "candidates": next_to_generate(topics),
        "reasons": REASONS,
    }


def _read(lake: Lake, version: DatasetVersion) -> tuple[Exploration | None, str]:
    try:
        return read_exploration(lake, version), ""
    except DamagedError as error:
        return None, str(error)
