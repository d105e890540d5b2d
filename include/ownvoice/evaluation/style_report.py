"""The models of `style.json` and the rows of `style_answers.parquet`: what was measured of a model's voice, and how.

Every figure that could not be measured is None or left out, and `why_not` says why nothing was judged.
"""

from __future__ import annotations

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ownvoice.evaluation.held_out import HeldOut
from ownvoice.style.bootstrap import Interval
from ownvoice.style.description import Description
from ownvoice.style.distances import Measured
from ownvoice.style.log_odds import OverUsed

BASE, PROMPTED_BASE, TRAINED, CHAMPION, AUTHOR = "base", "prompted_base", "trained", "champion", "author"
"""The subjects of a training's report; a further model is a subject by the name that it was asked for with."""

CHOSEN, REJECTED = "chosen", "rejected"
"""The subjects of a dataset version's report, beside the author."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Copying(_Part):
    """What is word for word the author's: the share of answers with an 8-gram of an article, and the longest run."""

    share: FiniteFloat = Field(ge=0, le=1)
    longest_run_words: int = Field(ge=0)


class SubjectStyle(_Part):
    """One subject: a model, the author's held-out text, or one side of a dataset version.

    `score` is the mean over answers of the classifier's probability that the author wrote them, and `above_base` what
    it is above that of the base on the same prompts (of a dataset version: of the rejected answers). Distances are from
    the author's training articles, in those of the author's own text of equal size. `description` gates nothing.
    """

    name: str
    model: str | None = Field(None, description="Name and commit of the model; None where no model wrote it.")
    answers: int = Field(ge=0)
    cut_off: int | None = Field(None, ge=0, description="Answers that ended at the limit of new tokens.")
    score: FiniteFloat | None = None
    above_base: Interval | None = None
    cosine_delta: Measured | None = None
    jensen_shannon: Measured | None = None
    over_used: tuple[OverUsed, ...] = ()
    copying: Copying | None = None
    nats_per_token: FiniteFloat | None = Field(None, description="Of held-out author text, under this model.")
    description: Description


class StyleReport(_Part):
    """The content of `style.json`: of a training (`run_id`) or of a dataset version (`run_id` None).

    Where `judged` is false, `why_not` says why and what to do, and no subject is there. `copying_floor` is how much of
    the author's own articles stands in others of theirs.
    """

    run_id: str | None = None
    dataset_version: int
    author_id: str | None
    language: str = ""
    judged: bool
    why_not: str | None = None
    prompts: int = Field(0, ge=0)
    articles: int = Field(0, ge=0)
    subjects: tuple[SubjectStyle, ...] = ()
    copying_floor: Copying | None = None
    auc: Interval | None = Field(
        None, description="Of the classifier: the author's held-out text against the base's answers, by article."
    )

    @classmethod
    def not_judged(cls, held_out: HeldOut, why_not: str, run_id: str | None) -> StyleReport:
        """Return the report that says why nothing was judged."""
        return cls(
            run_id=run_id,
            dataset_version=held_out.version.number,
            author_id=held_out.author_id,
            judged=False,
            why_not=why_not,
            prompts=len(held_out.pairs),
            articles=len(held_out.article_ids),
        )

    def subject(self, name: str) -> SubjectStyle | None:
        """Return one subject by name, or None where it is not in the report."""
        return next((one for one in self.subjects if one.name == name), None)


STYLE_ANSWERS = pa.schema(
    [
        ("subject", pa.string()),
        ("prompt_id", pa.string()),
        ("article_id", pa.string()),
        ("prompt", pa.string()),
        ("text", pa.string()),
        ("words", pa.int64()),
        ("chars", pa.int64()),
        ("score", pa.float64()),
        ("copied_share", pa.float64()),
        ("longest_run", pa.int64()),
        ("is_cut_off", pa.bool_()),
    ]
)
"""The columns of `style_answers.parquet`, one row an answer. `score` is the classifier's probability that the author
wrote it, `copied_share` the share of its words in runs of eight that the author's articles have, `longest_run` in
words."""


class StyleAnswer(_Part):
    """One row of `style_answers.parquet`."""

    subject: str
    prompt_id: str
    article_id: str
    prompt: str
    text: str
    words: int
    chars: int
    score: float | None
    copied_share: float | None
    longest_run: int | None
    is_cut_off: bool | None
