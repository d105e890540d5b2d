"""`ownvoice review export` and `import`: a round of review by way of another review tool's files.

What comes back becomes the same answers as those of the page. A user of the tool is the reviewer "argilla:7b1f": two
users of one name stay two, and none can answer as a reviewer of the page. An answer's id follows from what it says, so
that a file is imported twice without effect, and an older file does not undo a newer one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from ownvoice.errors import DamagedError, SettingsError
from ownvoice.reviewing.answers import ReviewAnswer, answers_of, give_answer, standing
from ownvoice.reviewing.formats.argilla import Argilla
from ownvoice.reviewing.formats.exchange import CHOICES, Response, ReviewTool, Shown, ToolName, shown, what_is_wrong
from ownvoice.reviewing.formats.files import records_in
from ownvoice.reviewing.formats.label_studio import LabelStudio
from ownvoice.reviewing.guideline import guideline
from ownvoice.reviewing.sample import ReviewRound, SampleRow, read_round, read_sample
from ownvoice.storage.lake import Lake

TOOLS: Mapping[ToolName, ReviewTool] = {tool.name: tool for tool in (Argilla(), LabelStudio())}


@dataclass
class Imported:
    """What became of a file: how many answers are new, were there already, or were not submitted; and what is wrong."""

    new: int = 0
    known: int = 0
    not_submitted: int = 0
    faults: list[str] = field(default_factory=list)


def export_round(lake: Lake, round_name: str, tool: ToolName, folder: Path) -> list[Path]:
    """Write a round's items for `tool` into `folder`, made where it is not there; return the files.

    Raises `SettingsError` where there is no such round, or a file would be overwritten.
    """
    made = read_round(lake, round_name)
    items = [shown(row, tool) for row in read_sample(lake, round_name)]
    files = {folder / name: data for name, data in TOOLS[tool].files(made, items, guideline().text).items()}
    if there := [str(file) for file in files if file.exists()]:
        raise SettingsError(f"{', '.join(there)} exists: name another folder, or remove what is there")
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        file.write_bytes(data)
    return list(files)


def import_answers(lake: Lake, round_name: str, tool: ToolName, data: bytes) -> Imported:
    """Record what users of `tool` answered; what cannot be taken adds a sentence and stops nothing else.

    Raises `SettingsError` where the round is not there or closed, `BadDataError` where the file holds no record.
    """
    made = read_round(lake, round_name)
    if not made.is_open:
        raise SettingsError(f"the round {round_name!r} is closed: nothing follows from an answer given now")
    result = Imported()
    incoming = _Incoming(made, {row.item_id: row for row in read_sample(lake, round_name)}, TOOLS[tool], result)
    _record(lake, round_name, _newest(incoming.answers(data), result), result)
    return result


class _Incoming:
    """A file on its way to answers of a round, each as if it were its user's first."""

    def __init__(self, made: ReviewRound, sample: Mapping[str, SampleRow], tool: ReviewTool, result: Imported) -> None:
        self.made, self.sample, self.tool, self.result = made, sample, tool, result
        self.now = dt.datetime.now(dt.UTC)  # of all answers of a tool that does not say when they were given

    def answers(self, data: bytes) -> Iterator[ReviewAnswer]:
        """Yield the submitted answers of a file."""
        for record in records_in(data, self.result.faults):
            try:
                for response in self.tool.responses(record.value):
                    yield from self._answer(record.place, response)
            except ValueError as error:
                self.result.faults.append(f"{record.place}: {error}")

    def _answer(self, place: str, response: Response | str) -> Iterator[ReviewAnswer]:
        if isinstance(response, str):
            self.result.faults.append(f"{place}, {response}")
        elif not response.is_submitted:
            self.result.not_submitted += 1
        else:
            try:
                yield self._checked(response)
            except ValidationError as error:
                self.result.faults.append(f"{place}: {what_is_wrong(error)}")
            except ValueError as error:
                self.result.faults.append(f"{place}: {error}")

    def _checked(self, response: Response) -> ReviewAnswer:
        item = response.shown.item_id
        if response.round != self.made.round:
            raise ValueError(f"it is of the round {response.round!r}")
        if item not in self.sample:
            raise ValueError(f"the round has no item {item!r}")
        if response.choice not in CHOICES:
            raise ValueError(f"{response.choice!r} is no choice; there are {', '.join(CHOICES)}")
        return ReviewAnswer.model_validate(
            {
                "answer_id": "0" * 32,  # until its number is known
                "round": self.made.round,
                "item_id": item,
                "reviewer": f"{self.tool.name}:{response.user}",
                "shown_left": _shown_left(self.sample[item], response.shown),
                "choice": response.choice,
                "reason": response.reason,
                "seconds": response.seconds,
                "guideline_version": self.made.guideline_version,
                "at": response.at or self.now,
            }
        )


def _shown_left(row: SampleRow, seen: Shown) -> Literal["chosen", "rejected"]:
    """Return which answer the user saw on the left: what the file holds was shown, and no hash is above it.

    Raises `ValueError` where the texts are others; tools may change white space.
    """
    left, right, chosen, rejected = (text.split() for text in (seen.left, seen.right, row.chosen, row.rejected))
    if (left, right) == (chosen, rejected):
        return "chosen"
    if (left, right) == (rejected, chosen):
        return "rejected"
    raise ValueError(f"the texts of item {row.item_id!r} are not those of the round")


def _newest(answers: Iterable[ReviewAnswer], result: Imported) -> list[ReviewAnswer]:
    """Return one answer of each user to each item, the newest; none where two of one moment contradict each other."""
    several: dict[tuple[str, str], list[ReviewAnswer]] = defaultdict(list)
    for answer in answers:
        several[answer.reviewer, answer.item_id].append(answer)
    found: list[ReviewAnswer] = []
    for (reviewer, item), given in several.items():
        newest = max(one.at for one in given)
        last = [one for one in given if one.at == newest]
        if len({one.choice for one in last}) == 1:
            found.append(last[0])
        else:
            choices = ", ".join(sorted({one.choice for one in last}))
            result.faults.append(f"{reviewer} answered item {item!r} with {choices} at once: none was taken")
    return found


def _record(lake: Lake, round_name: str, answers: Iterable[ReviewAnswer], result: Imported) -> None:
    """Record what is new, each answer under the number after its reviewer's last one."""
    before = {(one.reviewer, one.item_id): one for one in standing(answers_of(lake, round_name, None, result.faults))}
    for answer in answers:
        last = before.get((answer.reviewer, answer.item_id))
        if last and (_said(last) == _said(answer) or last.at > answer.at):
            result.known += 1
            continue
        number = last.number + 1 if last else 1
        numbered = answer.model_copy(update={"number": number, "supersedes": number - 1 or None})
        try:
            given = give_answer(lake, numbered.model_copy(update={"answer_id": _answer_id(numbered)}))
        except DamagedError as error:
            result.faults.append(str(error))
            continue
        if given.is_late:
            result.faults.append(f"the round {round_name!r} was closed meanwhile: the rest was not taken")
            return
        if given.recorded:
            result.new += 1
        else:
            result.faults.append(f"{answer.reviewer} answered item {answer.item_id!r} meanwhile: import the file again")


def _said(answer: ReviewAnswer) -> tuple[str | None, str]:
    return answer.winner, answer.reason


def _answer_id(answer: ReviewAnswer) -> str:
    """Return an id that follows from what is said: an import that is killed and repeated sends the same."""
    said = answer.model_dump_json(exclude={"answer_id", "at", "seconds"})
    return hashlib.sha256(said.encode()).hexdigest()[:32]
