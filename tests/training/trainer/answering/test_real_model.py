"""A real language model answers a job: SmolLM2-135M from a folder that `demo/smollm2.py` made."""

import os
from pathlib import Path

import pytest

pytest.importorskip("torch")

from ownvoice.answering.files import read_answers, read_scores
from ownvoice.answering.job import Prompt, Sampling, ScoredText
from ownvoice.errors import Exit
from ownvoice.training.trainer.folders import upload_folder

FOLDER = os.environ.get("OWNVOICE_TEST_SMOLLM2", "")

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        not FOLDER, reason="OWNVOICE_TEST_SMOLLM2 names no folder with SmolLM2 (python demo/smollm2.py)"
    ),
]


def test_it_ends_its_answer_by_itself_and_expects_words_in_their_order(desk):
    upload_folder(desk.lake.store, Path(FOLDER), "models/smollm2")
    texts = [
        ScoredText("base", "ordered", "", "A backup is a copy of data."),
        ScoredText("base", "shuffled", "", "data a copy of is A backup."),
    ]
    asked = {"model": "lake:models/smollm2", "prompt_template": "chat", "sampling": Sampling(max_new_tokens=24)}
    assert desk.answer(desk.write([Prompt("base", "hi", "Hi")], texts, **asked)) == Exit.TRAINED
    (row,) = read_answers(desk.lake, "run", "job")
    nats = {row.text_id: row.nats for row in read_scores(desk.lake, "run", "job")}

    assert row.text
    assert not row.is_cut_off
    assert "<|" not in row.text, "the marks of the template are no text"
    assert nats["ordered"] < nats["shuffled"]
