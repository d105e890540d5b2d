"""How a trainer's end becomes the end of its task, in the trainer's own words."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from ownvoice import errors
from ownvoice.airflow.trainer_exit import is_retried, last_sentence, raise_for_exit
from ownvoice.errors import RETRYABLE, Exit, OwnvoiceError

RETRIED = {Exit.FAULT, *(error.exit_code for error in RETRYABLE)}


@pytest.mark.parametrize("code", [code for code in Exit if code])
def test_the_last_sentence_of_each_end_is_the_error_and_the_code_decides_on_a_retry(code):
    said = f"step 3/9: loss 0.6\n{code.name}: it went wrong. Do this. (12.5 s)\nlibrary noise while the process ends\n"
    error = AirflowException if code in RETRIED else AirflowFailException
    with pytest.raises(AirflowException) as caught:
        raise_for_exit(code, said)
    assert type(caught.value) is error
    again = " The next try resumes from what is stored." if code in RETRIED else ""
    assert str(caught.value) == f"it went wrong. Do this.{again}"


@pytest.mark.parametrize(
    "error", [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, OwnvoiceError)]
)
def test_a_trainer_is_retried_for_the_errors_that_a_task_is_retried_for(error):
    assert is_retried(error.exit_code) is (error.retryable or error is OwnvoiceError), error.__name__


@pytest.mark.parametrize("code", [-9, -15, 137, 143])
def test_a_signal_is_retried_and_the_last_line_tells_where_it_was(code):
    with pytest.raises(AirflowException, match=r"The next try resumes .* Its last line: step 3/9") as caught:
        raise_for_exit(code, "step 3/9: loss 0.6")
    assert not isinstance(caught.value, AirflowFailException)


def test_a_trainer_that_said_nothing_has_the_name_of_its_end():
    with pytest.raises(AirflowFailException, match="ended with diverged, which no retry can mend. The whole log is"):
        raise_for_exit(Exit.DIVERGED)


def test_a_trainer_that_is_done_raises_nothing():
    raise_for_exit(0, "anything")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ownvoice.training: no such recipe. Name another.", "no such recipe. Name another."),
        ("ownvoice.publishing: the Hub refuses. Do this.", "the Hub refuses. Do this."),
        ("python -m ownvoice.publishing: error: the following are required: --run",
         "the following are required: --run"),
        ("Traceback (most recent call last):\n  File x\nMemoryError\n\n", "MemoryError"),
        ("", ""),
        ("STOPPED: first. (1 s)\nTRAINED: done (3.0 s)\nHUB_ACCESS: second (2.0 s)", "second"),
    ],
)  # fmt: skip
def test_the_last_line_that_is_the_trainers_own_is_its_last_sentence(said, sentence):
    assert last_sentence(said) == sentence


@pytest.mark.parametrize(
    "key",
    ["hf_abcdefghijklmnop", "AKIAABCDEFGHIJKLMNOP", "sk-abcdefghijklmnop", "chosen-by-hand"],
)
def test_a_key_is_masked_in_a_sentence(key):
    assert last_sentence(f"FAULT: the store refused {key} (1 s)", ["chosen-by-hand"]) == "the store refused ***"
    assert "secret" not in last_sentence("FAULT: https://ann:secret@proxy.example is away")
    assert "abcdefghij" not in last_sentence("FAULT: sent Authorization: Bearer abcdefghij.klmnop==")
