"""What the models are asked for a style report: the same held-out prompts, and the author's text to be scored.

Besides the trained model and its base (the chapter's supervised model), the base is asked with three passages of the
author before each prompt: what a voice costs without any training.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal

from ownvoice.answering.files import write_job
from ownvoice.answering.job import AnswerJob, Asked, Prompt, Sampling, ScoredText
from ownvoice.answering.model_name import ModelName
from ownvoice.evaluation.author_texts import AuthorTexts
from ownvoice.evaluation.held_out import HeldOutPair
from ownvoice.evaluation.passages import passages_of
from ownvoice.evaluation.style_report import BASE, PROMPTED_BASE, TRAINED
from ownvoice.storage.lake import Lake
from ownvoice.training.results.training import planned_training
from ownvoice.training.run import TrainingRun

JOB = "style"
"""The name of the job within its training run."""

_SHOWN = 3
_SHOWN_WORDS = 60
_BEFORE = """Here are {count} passages by one author.

{passages}

Write as this author writes, without taking over what these passages say. """


def write_style_job(
    lake: Lake, run: TrainingRun, pairs: Sequence[HeldOutPair], texts: AuthorTexts, others: Mapping[str, str]
) -> str:
    """Write the job that answers `pairs`; return its URI. `others` are further models by the subject they are.

    Answers are the likeliest ones, at most `sample_tokens` of the recipe long. Raises `SettingsError` for a name that
    is none of a model, and `StorageError` for a training that was not planned.
    """
    recipe = run.recipe
    base = str(ModelName.of_base(recipe.base_model, recipe.base_revision))
    models = {BASE: base, PROMPTED_BASE: base, TRAINED: f"run:{run.run_id}", **others}
    asked = [
        Asked(
            subject=subject,
            model=str(ModelName.parse(model)),
            prompt_template=_template(lake, model, run),
            sampling=Sampling(max_new_tokens=recipe.sample_tokens),
        )
        for subject, model in models.items()
    ]
    job = AnswerJob(run_id=run.run_id, name=JOB, lake=lake.uri, asked=tuple(asked))
    shown = _shown(pairs, texts)
    prompts = [
        Prompt(
            subject,
            pair.pair_id,
            shown[pair.pair_id] + pair.prompt if subject == PROMPTED_BASE else pair.prompt,
            article_id=pair.article_id,
        )
        for subject in models
        for pair in pairs
    ]
    scored = [
        ScoredText(subject, pair.pair_id, pair.prompt, pair.chosen)
        for subject in models
        if subject != PROMPTED_BASE
        for pair in pairs
    ]
    return write_job(lake, job, prompts, scored)


def _template(lake: Lake, model: str, run: TrainingRun) -> Literal["alpaca", "chat"]:
    """Return the template of a prompt: a trained model is asked in the form that it was trained with."""
    kind, _, run_id = model.partition(":")
    return (planned_training(lake, run_id)[1] if kind == "run" else run).recipe.prompt_template


def _shown(pairs: Sequence[HeldOutPair], texts: AuthorTexts) -> dict[str, str]:
    """Return what stands before each prompt: passages of different training articles, chosen by a hash of its id."""
    cut = {name: list(passages_of(text, _SHOWN_WORDS)) for name, text in texts.training.items()}
    passages = {name: found for name, found in cut.items() if found}
    shown = {}
    for pair in pairs:
        chosen = sorted(passages, key=lambda name: _hash(pair.pair_id, name))[:_SHOWN]
        parts = [passages[name][_hash(name, pair.pair_id) % len(passages[name])] for name in chosen]
        shown[pair.pair_id] = _BEFORE.format(count=len(parts), passages="\n\n".join(parts))
    return shown


def _hash(*names: str) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest()[:8])
