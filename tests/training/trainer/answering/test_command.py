"""A job is answered once, whatever ends a try of it; each way to fail ends in its own exit code."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

torch = pytest.importorskip("torch")

from ownvoice.answering.files import read_answers, read_job, read_scores, write_rows  # noqa: E402
from ownvoice.answering.job import Prompt, ScoredText  # noqa: E402
from ownvoice.errors import Exit  # noqa: E402
from ownvoice.llm.answers import AnswerStore, completion_of  # noqa: E402
from ownvoice.storage.run_keys import RunKeys  # noqa: E402
from ownvoice.training.claim import Pace, newest_claim  # noqa: E402
from ownvoice.training.trainer.answering import one_job  # noqa: E402
from ownvoice.training.trainer.answering.transformers_engine import TransformersEngine  # noqa: E402
from stand_ins.places import REPOSITORY, TESTS  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

PROMPTS = [Prompt("base", f"p{number}", f"Write about server {number}.", article_id="a1") for number in range(6)]
TEXTS = [ScoredText("base", "t1", "Why?", "Backups fail."), ScoredText("base", "t2", "", "Backups fail.")]


def test_a_job_is_answered_and_every_answer_is_kept_as_a_chat_completion(desk):
    assert desk.answer(desk.write(PROMPTS, TEXTS)) == Exit.TRAINED
    rows, result = read_answers(desk.lake, "run", "job"), desk.result()

    assert [row.prompt_id for row in rows] == [prompt.prompt_id for prompt in PROMPTS]
    assert {row.model for row in rows} == {result.models["base"]}
    assert result.models["base"].startswith("lake:models/toy@sha256:")
    for row in rows:
        (record,) = AnswerStore(desk.lake.store).read_all(row.request_key)
        assert completion_of(record).text.strip() == row.text
        assert record["bought_for"] == ["run", "a1", 0]
    assert (result.asked, result.reused, result.scored) == (6, 0, 2)
    assert result.tokens == sum(row.tokens for row in rows) > 0
    assert result.tokens_per_s > 0
    assert result.peak_memory_bytes > 0
    assert {"fetch", "load", "answer", "score"} <= result.seconds.keys()
    assert [(row.text_id, row.nats > 0) for row in read_scores(desk.lake, "run", "job")] == [("t1", True), ("t2", True)]


def test_a_job_that_is_written_again_while_it_is_read_is_left_for_the_same_command(desk):
    uri = desk.write(PROMPTS[:1])
    keys = read_job(uri).keys
    write_rows(desk.lake, keys.prompts, Prompt, PROMPTS[1:])  # as the next job begins
    assert desk.answer(uri) == Exit.STOPPED
    assert desk.generated == []
    assert desk.lake.store.stat(keys.answers) is None


def test_a_job_that_is_repeated_asks_nothing_and_loads_no_model(desk, monkeypatch):
    uri = desk.write(PROMPTS, TEXTS)
    desk.answer(uri)
    answers, scores, made = (
        read_answers(desk.lake, "run", "job"),
        read_scores(desk.lake, "run", "job"),
        desk.generated[:],
    )
    monkeypatch.setattr(TransformersEngine, "__init__", lambda *_: pytest.fail("a model was loaded"))

    assert desk.answer(uri) == Exit.TRAINED
    assert desk.generated == made
    assert (desk.result().asked, desk.result().reused) == (0, 6)
    assert read_answers(desk.lake, "run", "job") == answers
    assert read_scores(desk.lake, "run", "job") == scores


def test_another_job_with_some_of_the_prompts_asks_for_the_others_alone(desk):
    desk.answer(desk.write(PROMPTS[:4]))
    desk.answer(desk.write(PROMPTS, name="larger"))

    assert (desk.result("larger").asked, desk.result("larger").reused) == (2, 4)


def test_a_model_that_changes_under_its_name_is_asked_again_under_other_keys(desk):
    uri = desk.write(PROMPTS[:2], TEXTS)
    desk.answer(uri)
    before = read_answers(desk.lake, "run", "job") + read_scores(desk.lake, "run", "job")
    config = json.loads(desk.lake.store.read("models/toy/config.json"))
    desk.lake.write_json("models/toy/config.json", config | {"rms_norm_eps": 1e-3})
    desk.answer(uri)
    after = read_answers(desk.lake, "run", "job") + read_scores(desk.lake, "run", "job")

    assert desk.result().asked == 2
    assert {row.model for row in before}.isdisjoint(row.model for row in after)
    assert len(set(desk.generated)) == 4


def test_what_a_model_cannot_be_given_is_named_in_the_result_and_stops_nothing_else(desk):
    long = Prompt("base", "long", "word " * 400)
    assert desk.answer(desk.write([PROMPTS[0], long, PROMPTS[1]])) == Exit.TRAINED

    assert [(one.id, one.reason) for one in desk.result().refused] == [("long", "longer_than_context")]
    assert [row.prompt_id for row in read_answers(desk.lake, "run", "job")] == ["p0", "p1"]


def test_an_answer_that_ends_at_once_is_kept_as_an_empty_one(desk, monkeypatch):
    monkeypatch.setattr(
        "ownvoice.training.trainer.answering.transformers_engine.ends_of", lambda *_: frozenset(range(512))
    )
    assert desk.answer(desk.write(PROMPTS[:1])) == Exit.TRAINED
    (row,) = read_answers(desk.lake, "run", "job")

    assert (row.text, row.tokens, row.is_cut_off) == ("", 0, False)


def test_a_job_without_prompts_is_done(desk):
    assert desk.answer(desk.write([])) == Exit.TRAINED
    assert read_answers(desk.lake, "run", "job") == []


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ({"model": "lake:models/none"}, Exit.BAD_BASE, "models/none holds no model"),
        ({"model": "run:never"}, Exit.BAD_BASE, "runs/never/merged holds no model"),
        ({"prompt_template": "chat"}, Exit.BAD_DATA, "has no chat template"),
    ],
)
def test_a_model_that_cannot_be_asked_ends_in_a_sentence(desk, asked, code, said):
    assert desk.answer(desk.write(PROMPTS[:1], **asked)) == code
    assert (desk.result().exit, said in desk.result().message) == (code, True)


def test_a_model_whose_files_are_cut_ends_in_a_sentence(desk):
    desk.lake.store.write("models/toy/tokenizer.json", b'{"version"')
    assert desk.answer(desk.write(PROMPTS[:1])) == Exit.BAD_BASE
    assert "cannot be loaded" in desk.result().message


def test_a_device_on_which_nothing_fits_ends_in_a_sentence(desk, monkeypatch):
    def full(engine, asks):
        raise torch.OutOfMemoryError("Tried to allocate 20 GiB")

    monkeypatch.setattr(TransformersEngine, "_generate", full)
    assert desk.answer(desk.write(PROMPTS)) == Exit.OUT_OF_MEMORY
    assert "not one of 6 prompts" in desk.result().message


def test_a_machine_that_was_taken_for_its_gpu_answers_on_no_cpu(desk, monkeypatch):
    monkeypatch.setenv("UNSLOTH_DISABLE_CPU_FALLBACK", "1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert desk.answer(desk.write(PROMPTS)) == Exit.NO_GPU


def test_a_job_that_does_not_exist_is_named(desk, capsys):
    desk.write([])
    assert desk.answer(f"{desk.lake.uri}/runs/run/answering/job/none.json") == Exit.BAD_RECIPE
    assert "does not exist" in capsys.readouterr().err


def test_the_process_that_runs_a_model_holds_no_token_of_the_hub(desk, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("COMET_API_KEY", "secret")
    seen = []
    monkeypatch.setattr(TransformersEngine, "answer", lambda *_: seen.append(dict(os.environ)) or iter(()))
    desk.answer(desk.write(PROMPTS[:1]))

    assert seen[0]["HF_HUB_OFFLINE"] == "1"
    assert {"HF_TOKEN", "COMET_API_KEY"}.isdisjoint(seen[0])


def test_who_lost_the_job_to_another_leaves_no_result(desk, monkeypatch):
    uri, keys, present = desk.write(PROMPTS[:1]), RunKeys("run").answer_job("job"), one_job.present
    monkeypatch.setattr(one_job, "present", lambda *given, **named: present(*given, Pace(0.02, 0.1), **named))
    whole = TransformersEngine.answer

    def taken_over(engine, asks):
        claim = newest_claim(desk.lake, keys)
        desk.lake.write_json(keys.claim(claim.number + 1), claim.model_dump(mode="json") | {"claim_id": "another"})
        time.sleep(5)  # until the sign of life finds the other's claim
        yield from whole(engine, asks)

    monkeypatch.setattr(TransformersEngine, "answer", taken_over)
    assert desk.answer(uri) == Exit.RUN_HELD
    assert desk.result() is None


def start(uri, folder):
    """Answer a job in a process that answers two prompts at once and then writes their keys into a file, and waits."""
    script = folder / "slowly.py"
    script.write_text(
        "import sys, time, pathlib\n"
        "from ownvoice.training.trainer.answering import transformers_engine as module\n"
        "from ownvoice.training.answering import main\n"
        "generate, made = module.TransformersEngine._generate, pathlib.Path(sys.argv[2])\n"
        "def slowly(engine, asks):\n"
        "    answers = generate(engine, asks)\n"
        "    with made.open('a') as file:\n"
        "        file.writelines(f'{one.ask.key}\\n' for one in answers)\n"
        "    return answers\n"
        "module.TransformersEngine._generate = slowly\n"
        "module.first_batch = lambda prompts, *_: min(2, len(prompts))\n"
        "sys.exit(main(['--job', sys.argv[1]]))\n"
    )
    path = os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)])
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": path}
    command = [sys.executable, str(script), uri, str(folder / "made")]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_ended_in_the_middle_and_repeated_makes_no_answer_twice(desk, tmp_path, with_signal):
    prompts = [Prompt("base", f"p{number}", f"Write about server {number}.") for number in range(40)]
    uri, made = desk.write(prompts), tmp_path / "made"
    with start(uri, tmp_path) as first:
        until = time.monotonic() + 120
        while len(list(desk.lake.store.objects("answers"))) < 6 and time.monotonic() < until:
            time.sleep(0.005)
        first.send_signal(with_signal)
        printed = first.communicate()[0]
    stored = {found.key.split("/")[1] for found in desk.lake.store.objects("answers")}
    assert 6 <= len(stored) < 40, printed
    if with_signal is signal.SIGTERM:
        assert first.returncode == Exit.STOPPED
        assert desk.result().exit is Exit.STOPPED
    assert desk.answer(uri) == Exit.TRAINED

    again = set(desk.generated)
    assert len(desk.generated) == len(again), "none was made twice by the second try"
    assert again.isdisjoint(stored), "what was stored was not made again"
    lost = len(made.read_text().splitlines()) - len(stored)
    assert lost <= 2, "at most the batch that was not stored yet is made again"
    assert len(stored | again) == len(read_answers(desk.lake, "run", "job")) == 40
