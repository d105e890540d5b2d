"""The keys of one job of answering, below the folder of its run."""

from __future__ import annotations


class AnswerJobKeys:
    """The keys of one job: a file is an attribute, and a kind of files is a method, as of a run."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.job = f"{folder}/job.json"  # which models are asked, and how
        self.prompts = f"{folder}/prompts.parquet"  # what they are asked
        self.texts = f"{folder}/texts.parquet"  # what they score
        self.answers = f"{folder}/answers.parquet"
        self.scores = f"{folder}/scores.parquet"
        self.result = f"{folder}/result.json"  # how it ended, and its numbers; written last
        self.log = f"{folder}/log.txt"
        self.metrics = f"{folder}/metrics.jsonl"  # a row for each report of its progress
        self.claims = f"{folder}/claims"  # which process works on it; the highest number counts
        self.awaited = f"{folder}/awaited.json"  # the task that waits for it elsewhere

    def claim(self, number: int) -> str:
        """Return the key of a process's claim on the job."""
        return f"{self.claims}/{number:08}.json"
