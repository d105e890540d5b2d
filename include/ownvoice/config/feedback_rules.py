"""How feedback is protected: who agreed to be trained on, who is an author, and how much one person may say."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FeedbackRules(BaseModel):
    """How feedback is read. When they change, the next round says what that changes of what was recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authors: dict[str, str] = Field(
        {},
        description='People of an export who are authors, by author id, as JSON: {"jane@example.org": "jane"}. Their '
        "edits are taken as theirs.",
    )
    consented_people: tuple[str, ...] = Field(
        (), description="People of an export who agreed that models are trained on what they said, as a JSON list."
    )
    consented_objects: tuple[str, ...] = Field(
        (),
        description="Objects of the feedback whose people all agreed, as a JSON list of keys, in which `*` and `?` "
        "stand for any letters. A record that says no is never taken.",
    )
    day_cap: int = Field(50, ge=1, description="Most things of one person and day that are taken.")
    answer_cap: int = Field(3, ge=1, description="Most rows that are made of one answer.")
    burst_window_s: int = Field(600, ge=1, description="Length of the time in seconds that a burst is looked for in.")
    burst_person: int = Field(
        20, ge=1, description="Things of one person in that time above which they may be a burst, and are held."
    )
    burst_all: int = Field(200, ge=1, description="The same of all people together.")
