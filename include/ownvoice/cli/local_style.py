"""Making the style report of a training on this machine: the prompts, the answers in the trainer's process, figures."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable

from ownvoice.answering.files import read_job
from ownvoice.evaluation.curve.stored import CURVE_PROMPTS, models_of_curve
from ownvoice.evaluation.held_out import MAX_PROMPTS
from ownvoice.evaluation.stored import read_style
from ownvoice.evaluation.style_report import StyleReport
from ownvoice.evaluation.training_style import plan_style, write_training_style
from ownvoice.publishing.champion import rival_model
from ownvoice.storage.lake import Lake
from ownvoice.training.elsewhere import wait_elsewhere
from ownvoice.training.local_answers import answer_here
from ownvoice.training.settings import TrainingSettings


def make_style(
    lake: Lake,
    settings: TrainingSettings,
    run_id: str,
    *,
    author_id: str | None = None,
    also: Iterable[str] = (),
) -> StyleReport:
    """Ask the models of a training where models are trained, say on stderr how far that is, and write the report.

    Raises `ModelUnavailableError` where they were not asked to the end, or `StorageError` where another machine did not
    do it; what was answered is kept, and is not asked again.
    """
    prompts, curve = settings.style_prompts or MAX_PROMPTS, models_of_curve(lake, run_id)
    if curve:
        also, prompts = [*also, *curve], min(prompts, CURVE_PROMPTS)
    champion = rival_model(lake, run_id)
    uri = plan_style(lake, run_id, champion=champion, also=also, author_id=author_id, prompts=prompts)
    if uri is not None:
        _answer(lake, settings, uri)
        return write_training_style(lake, run_id)
    report = read_style(lake, run_id, [])
    assert report is not None, "it was written, and says that nothing is judged"
    return report


def _answer(lake: Lake, settings: TrainingSettings, job_uri: str) -> None:
    if settings.place == "elsewhere":
        with contextlib.redirect_stdout(sys.stderr):
            wait_elsewhere(lake, read_job(job_uri, lake.store.access), job_uri, settings)
        return
    answer_here(lake, job_uri, settings)
