"""The verdicts on a refresh as models: what the night did, what its data is worth, and what a person is to look at."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, PlainSerializer

NightState = Literal["pass", "warn", "fail"]
Worth = Literal["nothing_new", "usable", "doubtful", "thin", "worthless"]
Tone = Literal["pass", "warn", "fail", "none"]
Date = Annotated[dt.date, PlainSerializer(dt.date.isoformat, when_used="json")]


class NightVerdict(BaseModel, frozen=True):
    """What ran: `fail` where no answer came or nothing could be committed, `warn` where something new went wrong.

    `sentence` is the coverage of the night, from articles to pairs, with what is left for later and why.
    """

    verdict: NightState
    sentence: str


class DataVerdict(BaseModel, frozen=True):
    """What the pairs are worth (`reports.worth`), with the reason and what to do; `advice` is empty where all is well.

    `is_new` says whether a reason is new or has become much worse since the last night.
    """

    verdict: Worth
    sentence: str
    advice: str
    is_new: bool

    @property
    def tone(self) -> Tone:
        """How it is coloured; a state that stands has no colour."""
        return tone_of(self.verdict, self.is_new)


def tone_of(worth: Worth, is_new: bool) -> Tone:
    """Return the colour of a data verdict, by the name of the night verdict that has the same."""
    if worth == "usable":
        return "pass"
    if worth == "worthless":
        return "fail"
    return "warn" if is_new else "none"


class ReportedWarning(BaseModel, frozen=True):
    """One thing to look at, of the night or of its data. It is standing where the last night that looked had it too.

    `excess` says how far it is past the threshold, in the threshold's own unit, and `raised_excess` how far it was when
    it was last new; they are null where no number says so. `nights` counts those that had it from `since` on, this one
    included.
    """

    name: str
    of: Literal["night", "data"]
    sentence: str
    advice: str
    excess: float | None
    raised_excess: float | None
    is_new: bool
    nights: int
    since: Date
