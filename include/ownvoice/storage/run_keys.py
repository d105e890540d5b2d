"""The keys of one run in the lake, refresh or training.

A key is an object's name below the lake's URI. Rooms ask here for a key and never spell one themselves.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from ownvoice.storage.answer_job_keys import AnswerJobKeys
from ownvoice.storage.layout import CHANGES, OPEN_BATCH_JOBS, RUNS

STAGES = ("proved", "curated", "unjudged", "staged")
"""The stages of a batch between curation and commit, each with a folder; `pairs/staging.py` says what they are."""

_MAX_READABLE_CHARS = 200  # a file system allows 255 bytes a name
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]")


def _run_name(run_id: str) -> str:
    """Return the name of a run's folder: safe as a path, whatever the run id holds, and its own name again.

    An id with a `/`, as of each run of a DAG, gets a hash, since other ids may be spelt alike.
    """
    readable = _NOT_IN_A_NAME.sub("-", run_id.replace("/", ".")).lstrip(".-")
    if "/" not in run_id:
        return readable or "-"
    return f"{readable[:_MAX_READABLE_CHARS]}.{hashlib.sha256(run_id.encode()).hexdigest()[:8]}"


class RunKeys:
    """The keys of one run, refresh or training: a file is an attribute, and a kind of files is a method."""

    def __init__(self, run_id: str) -> None:
        self.name = _run_name(run_id)
        self.folder = folder = f"{RUNS}/{self.name}"

        # A refresh run, in the order of its steps.
        self.run = f"{folder}/run.json"  # what it was asked to do
        self.listing = f"{folder}/listing.json"  # what was listed
        self.changes = f"{folder}/{CHANGES}"
        self.retried = f"{folder}/retried.json"  # the dead chunks that a retry asks about
        self.boilerplate = f"{folder}/boilerplate.json"  # the passages that it leaves out
        self.left_out = f"{folder}/left_out.json"  # the articles that it does not ask about
        self.plan = f"{folder}/plan.json"  # the summary of its batches
        self.outcomes_folder = f"{folder}/outcomes"  # a file for each batch that was generated
        self.report = f"{folder}/report.json"
        self.report_page = f"{folder}/report.html"

        # Batch jobs at an endpoint: intents that are open, intents that have ended and files of requests.
        self.open_batch_jobs = f"{OPEN_BATCH_JOBS}/{self.name}"
        self.batch_jobs = f"{folder}/batch_api"

        # A training run.
        self.recipe = f"{folder}/recipe.json"  # the trainer's whole input
        self.mixture = f"{folder}/mixture.parquet"  # the id of every row that a mixture takes
        self.result = f"{folder}/result.json"  # how it ended, and its numbers
        self.log = f"{folder}/log.txt"
        self.metrics = f"{folder}/metrics.jsonl"  # a row for each step and evaluation
        self.samples = f"{folder}/samples.json"  # answers of base and trained model to fixed questions
        self.checkpoints = f"{folder}/checkpoints"
        self.adapter = f"{folder}/adapter"
        self.merged = f"{folder}/merged"
        self.publication = f"{folder}/publication.json"  # where on the Hub the model was published
        self.curves = f"{folder}/curves.svg"
        self.variants, self.comparison = f"{folder}/variants.json", f"{folder}/comparison.json"  # its trainings
        self.claims = f"{folder}/claims"  # which trainer works on it; the highest number counts
        self.awaited = f"{folder}/awaited.json"  # the task that waits for a trainer elsewhere
        self.style = f"{folder}/style.json"  # the style report of the trained model
        self.style_answers = f"{folder}/style_answers.parquet"  # the answers that it is made from, each with its score
        self.quality = f"{folder}/quality.json"  # what judges say of those answers
        self.promotion = f"{folder}/promotion.json"  # what the rule says of it as the champion
        self.answering = f"{folder}/answering"  # of either kind: a folder for each job of a model that answers

    def augmented(self, batch: str) -> str:
        """Return the key of what became of a batch's further prompts."""
        return f"{self.folder}/augmented/{batch}.json"

    def learning_curve(self, suffix: Literal["json", "svg"]) -> str:
        """Return the key of what more data would bring, as numbers or as a picture."""
        return f"{self.folder}/learning_curve.{suffix}"

    def planned(self, batch: str) -> str:
        """Return the key of a batch's planned chunks."""
        return f"{self.folder}/plan/{batch}.parquet"

    def outcomes(self, batch: str) -> str:
        """Return the key of what became of a batch's chunks."""
        return f"{self.outcomes_folder}/{batch}.parquet"

    def stage(self, stage: str) -> str:
        """Return the folder of one of `STAGES`, which has a folder for each batch."""
        return f"{self.folder}/{stage}"

    def staged(self, stage: str, batch: str, kind: str) -> str:
        """Return the key of a batch's staged rows of one kind: pairs, drops or chunks."""
        return f"{self.stage(stage)}/{batch}/{kind}.parquet"

    def judged(self, batch: str) -> str:
        """Return the key of what judges said of a batch's pairs."""
        return f"{self.folder}/judged/{batch}.parquet"

    def spending(self, task: str) -> str:
        """Return the key of what a task has spent so far."""
        return f"{self.folder}/spending/{task}.json"

    def told(self, task_id: str, clear_number: int) -> str:
        """Return the key of the marker that a failure of the task was told of."""
        return f"{self.folder}/told/{task_id}-{clear_number}"

    def open_batch_job(self, name: str) -> str:
        """Return the key of an open intent."""
        return f"{self.open_batch_jobs}/{name}.json"

    def batch_job(self, name: str) -> str:
        """Return the key of an intent that has ended."""
        return f"{self.batch_jobs}/{name}.json"

    def request_file(self, sha256: str) -> str:
        """Return the key of a file of requests as it was submitted."""
        return f"{self.batch_jobs}/{sha256}.jsonl"

    def claim(self, number: int) -> str:
        """Return the key of a trainer's claim on the run."""
        return f"{self.claims}/{number:08}.json"

    def checkpoint(self, step: int) -> str:
        """Return the folder of the checkpoint after `step`."""
        return f"{self.checkpoints}/step-{step}"

    def answer_job(self, name: str) -> AnswerJobKeys:
        """Return the keys of one of the run's jobs of answering."""
        return AnswerJobKeys(f"{self.answering}/{name}")
