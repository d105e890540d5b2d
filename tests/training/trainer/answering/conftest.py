"""A lake with the toy in it, and a job of it that is answered in this process."""

from __future__ import annotations

import pytest

from ownvoice.answering.files import read_job_result, write_job
from ownvoice.answering.job import AnswerJob, Asked, Sampling
from ownvoice.storage.lake import Lake
from ownvoice.training.trainer.folders import upload_folder

SHORT = Sampling(max_new_tokens=12)


class Desk:
    """A lake with the toy, and jobs that ask it. `generated` are the keys of all answers that were made here."""

    def __init__(self, lake, generated):
        self.lake = lake
        self.generated = generated

    def write(self, prompts, texts=(), name="job", **asked):
        """Write a job with one subject, `base`; return its URI."""
        fields = {"subject": "base", "model": "lake:models/toy", "sampling": SHORT} | asked
        job = AnswerJob(run_id="run", name=name, lake=self.lake.uri, asked=(Asked(**fields),))
        return write_job(self.lake, job, prompts, texts)

    def answer(self, uri):
        """Answer a job as the command does; return its exit code."""
        from ownvoice.training.answering import main

        return main(["--job", uri])

    def result(self, name="job"):
        return read_job_result(self.lake, "run", name)


@pytest.fixture
def desk(toy, tmp_path, monkeypatch):
    """A desk whose engine is the real one, watched."""
    from ownvoice.training.trainer.answering.transformers_engine import TransformersEngine

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # as the trainer sets it; so it is put back
    lake, generated, generate = Lake((tmp_path / "lake").as_uri()), [], TransformersEngine._generate

    def watched(engine, asks):
        made = generate(engine, asks)
        generated.extend(one.ask.key for one in made)
        return made

    monkeypatch.setattr(TransformersEngine, "_generate", watched)
    upload_folder(lake.store, toy, "models/toy")
    return Desk(lake, generated)
