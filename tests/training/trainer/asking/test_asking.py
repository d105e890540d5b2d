"""The process of `ownvoice ask` with a model that babbles, as a person starts it: what it shows, and how it ends."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

from ownvoice.errors import BadBaseError  # noqa: E402
from ownvoice.terminal import printable  # noqa: E402
from ownvoice.training.ask_request import AskedModel, AskRequest, asking_arguments  # noqa: E402
from ownvoice.training.trainer.asking.__main__ import main  # noqa: E402
from ownvoice.training.trainer.asking.show import show_answers  # noqa: E402
from ownvoice.training.trainer.folders import upload_folder  # noqa: E402
from ownvoice.training.trainer.prompts import ALPACA  # noqa: E402
from stand_ins.places import REPOSITORY  # noqa: E402

BABBLING = AskedModel(label="base: a model", name="lake:models/babbling")
pytestmark = pytest.mark.filterwarnings("ignore")  # those of torch and transformers are not ours

QUESTIONS = ("Why do backups fail?", "What is a mistake?")
TOKENS = 24


@pytest.fixture
def request_of(trainer):
    def make(**fields):
        return AskRequest(
            **{"lake": trainer.lake.uri, "models": (BABBLING, BABBLING), "max_new_tokens": TOKENS} | fields
        )

    return make


@pytest.fixture
def ask(request_of, monkeypatch, capsys):
    """Run what the process runs, in this one, with what is typed; return code, answers and what else it says."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # as the process sets it; so it is put back
    monkeypatch.setenv("COLUMNS", "80")

    def run(typed="", **fields):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main(request_of(**fields))
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module", autouse=True)
def expected(trainer, toy, tmp_path_factory):
    """Put a model into the lake that babbles; return a function that gives its likeliest answer, without spaces."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(toy), AutoTokenizer.from_pretrained(toy)
    torch.manual_seed(1)
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(std=0.3)
    folder = tmp_path_factory.mktemp("babbling")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    upload_folder(trainer.lake.store, folder, "models/babbling")

    def answer(question):
        ids = tokenizer(ALPACA.format(question), return_tensors="pt")
        made = model.generate(**ids, max_new_tokens=TOKENS, do_sample=False)[0, ids["input_ids"].shape[1] :]
        cut_off = "" if tokenizer.eos_token_id in made else "[…]"
        return "".join(printable(tokenizer.decode(made, skip_special_tokens=True)).split()) + cut_off

    return answer


def test_in_a_wide_terminal_the_answers_of_both_stand_side_by_side(request_of, expected):
    environment = {"COLUMNS": "120", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY / "include")}
    command = [sys.executable, *asking_arguments(request_of(questions=QUESTIONS[:1]))]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    question, *lines = done.stdout.strip().splitlines()
    assert question == f"▸ {QUESTIONS[0]}"
    rows = [line.split(" │ ") for line in lines if " │ " in line]
    for index in (0, 1):
        heading, *answer = [row[index] for row in rows]
        assert heading.strip() == "base: a model"
        assert "".join("".join(answer).split()) == expected(QUESTIONS[0]) != expected(QUESTIONS[1])


def test_in_a_narrow_one_they_stand_below_each_other_and_a_question_that_is_too_long_stops_no_other(ask, expected):
    code, answers, said = ask("\n".join(["", QUESTIONS[0], f"{'very ' * 900}long?", "  ", QUESTIONS[1]]))
    assert code == 0
    assert " │ " not in answers
    assert [answers.split(f"▸ {question}")[1].split("▸")[0].count("base: a model") for question in QUESTIONS] == [2, 2]
    assert "".join(answers.split()).count(expected(QUESTIONS[0])) == 2
    assert "takes 256 with the answer. Shorten it." in said


@pytest.mark.parametrize("fields", [{"temperature": 0.8}, {"max_new_tokens": 1}])
def test_answers_may_be_drawn_and_as_short_as_one_token(ask, fields):
    code, answers, _ = ask(questions=QUESTIONS[:1], **fields)
    assert (code, "base: a model" in answers) == (0, True)


def test_a_template_that_the_model_does_not_have_is_told_at_each_question(ask):
    code, _, said = ask(questions=QUESTIONS, models=(BABBLING.model_copy(update={"template": "chat"}),))
    assert code == 0
    assert said.count("has no chat template") == 2


def test_a_model_that_is_not_there_is_one_sentence(ask):
    with pytest.raises(BadBaseError, match="holds no model"):
        ask(questions=QUESTIONS, models=(BABBLING.model_copy(update={"name": "lake:models/none"}),))


DAMAGED = [("config.json", b"{"), ("config.json", b"{}"), ("tokenizer.json", b"no"), ("model.safetensors", b"0")]


@pytest.mark.parametrize(("name", "content"), DAMAGED)
def test_a_model_of_damaged_files_is_one_sentence(ask, trainer, toy, name, content):
    upload_folder(trainer.lake.store, toy, "models/damaged")
    trainer.lake.store.write(f"models/damaged/{name}", content)
    with pytest.raises(BadBaseError, match="lake:models/damaged cannot be loaded: "):
        ask(questions=QUESTIONS, models=(BABBLING.model_copy(update={"name": "lake:models/damaged"}),))


def test_the_first_that_a_speaker_raises_ends_the_others_and_is_raised(request_of):
    """Two speakers without a model: one fails, and the other speaks until it is told to stop."""

    class Speaker:
        def __init__(self, fails):
            self.fails = fails

        def speak(self, question, temperature, most, stop, say):
            if self.fails:
                raise RuntimeError("the device is gone")
            while not stop.wait(0.01):
                say("word ")

        def tokens(self, question):
            return [1]

    with pytest.raises(RuntimeError, match="the device is gone"):
        show_answers("Why?", [Speaker(False), Speaker(True)], request_of(), io.StringIO(), 120, is_live=True)
