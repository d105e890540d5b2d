"""Asking one model for what is missing: each answer is stored as soon as its batch is made."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ownvoice.answering.job import AnswerRow, Prompt, Refused, ScoreRow
from ownvoice.answering.request import record_of, response_of, row_of
from ownvoice.errors import OutOfMemoryError
from ownvoice.llm.answers import AnswerRecord
from ownvoice.storage.lake import Lake
from ownvoice.training.trainer.answering.engine import Ask, Engine, Made
from ownvoice.training.trainer.answering.prepare import Prepared
from ownvoice.training.trainer.answering.progress import Progress
from ownvoice.training.trainer.answering.stored import keep, read_stored

DOES_NOT_FIT = "does_not_fit_in_memory"


@dataclass(slots=True)
class Asking:
    """What one model is asked, and what it has answered. `scores` are rows by key, also those of an earlier try."""

    lake: Lake
    run_id: str
    say: Callable[[str], None]
    progress: Progress
    prepared: Prepared
    decode: Callable[[list[int]], str]
    scores: dict[str, ScoreRow]
    stored: dict[str, AnswerRecord] = field(default_factory=dict)

    def read_stored(self) -> None:
        """Find the answers that were made before."""
        self.stored = read_stored(self.lake, self.prepared.asks, self.say)
        self.progress.reused += sum(key in self.stored for _, _, key in self.prepared.wanted)

    @property
    def is_missing_any(self) -> bool:
        """Whether the model has to be loaded."""
        return bool(self._missing() or self._unscored())

    def answer(self, engine: Engine) -> None:
        """Make and store what is missing. Raises `OutOfMemoryError` where not one answer fits into memory."""
        missing, prompts = self._missing(), self._prompts_by_key()
        started = time.monotonic()
        for batch in engine.answer(missing):
            seconds = time.monotonic() - started
            made = [one for one in batch if isinstance(one, Made)]
            for one in batch:
                if not isinstance(one, Made):
                    self._refuse(prompts[one.ask.key])
            self._keep(made, prompts, seconds, engine.name)
            self.progress.made([len(one.ids) for one in made], seconds)
            started = time.monotonic()
        if missing and not self.stored:
            raise OutOfMemoryError(
                f"not one of {len(missing)} prompts and their answers fits into the memory of this device. "
                "Take a larger one, or lower max_new_tokens."
            )

    def score(self, engine: Engine, model: str) -> None:
        """Score the texts that are missing."""
        unscored = self._unscored()
        for index, nats in engine.score([self.prepared.texts[place][2] for place in unscored]):
            text, key, tokens = self.prepared.texts[unscored[index]]
            if nats is None:
                self.progress.refused.append(Refused(subject=text.subject, id=text.text_id, reason=DOES_NOT_FIT))
            else:
                self.scores[key] = ScoreRow(text.subject, text.text_id, key, model, nats, tokens.scored)
                self.progress.scored += 1

    def answer_rows(self) -> list[AnswerRow]:
        """Return a row for each draw of each prompt that has an answer."""
        return [
            row_of(self.stored[key], prompt, draw) for prompt, draw, key in self.prepared.wanted if key in self.stored
        ]

    def score_rows(self) -> list[ScoreRow]:
        """Return a row for each text that has a score; two subjects may share one."""
        return [
            replace(self.scores[key], subject=text.subject, text_id=text.text_id)
            for text, key, _ in self.prepared.texts
            if key in self.scores
        ]

    def _missing(self) -> list[Ask]:
        return [ask for key, ask in self.prepared.asks.items() if key not in self.stored]

    def _unscored(self) -> list[int]:
        return [index for index, (_, key, _) in enumerate(self.prepared.texts) if key not in self.scores]

    def _prompts_by_key(self) -> dict[str, list[Prompt]]:
        found: dict[str, list[Prompt]] = defaultdict(list)
        for prompt, _, key in self.prepared.wanted:
            found[key].append(prompt)
        return found

    def _refuse(self, prompts: Sequence[Prompt]) -> None:
        self.progress.refused += [
            Refused(subject=prompt.subject, id=prompt.prompt_id, reason=DOES_NOT_FIT) for prompt in prompts
        ]

    def _keep(self, made: Sequence[Made], prompts: dict[str, list[Prompt]], seconds: float, made_by: str) -> None:
        records = []
        for one in made:
            text = self.decode(one.ids)
            response = response_of(text, len(one.ask.prompt_ids), len(one.ids), one.is_cut_off, made_by)
            bought_for: list[str | int] = [self.run_id, prompts[one.ask.key][0].article_id, 0]
            records.append(record_of(one.ask.body, response, bought_for, seconds / len(made)))
        self.stored |= {record["request_key"]: record for record in keep(self.lake, records, self.say)}
