"""The commands of a card, as a shell and the two programs read them."""

from __future__ import annotations

import shlex

import pytest
from jinja2 import Environment

from ownvoice.publishing.local_chat import jinja_of_alpaca, llama_cpp_command, modelfile, ollama_command
from ownvoice.training.trainer.prompts import ALPACA


def test_a_conversation_of_one_question_is_the_prompt_that_was_trained_on():
    rendered = Environment(keep_trailing_newline=True).from_string(jinja_of_alpaca())
    assert rendered.render(messages=[{"role": "user", "content": "Why?"}]) == ALPACA.format("Why?")
    both = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]
    assert rendered.render(messages=both) == ALPACA.format("Why?") + "Because.\n"


def test_ollama_is_told_the_form_only_where_the_model_does_not_hold_it():
    assert modelfile("./voice.gguf", "chat") == "FROM ./voice.gguf\n"
    file = modelfile("./voice.gguf", "alpaca")
    assert file.split('"""')[1].replace("{{ .Prompt }}", "{}") == ALPACA


@pytest.mark.parametrize("template", ["alpaca", "chat"])
def test_each_command_is_one_that_a_shell_reads_whole(template):
    parts = shlex.split(ollama_command("ann/Voice", "run-1", template))
    assert parts[:7] == ["hf", "download", "ann/Voice", "--revision", "run-1", "--local-dir", "Voice"]
    assert parts[parts.index("%s") + 1] == modelfile("./Voice", template)
    assert parts[-3:] == ["ollama", "run", "voice"]
    parts = shlex.split(llama_cpp_command("ann/Voice", "run-1", template))
    assert parts[parts.index("llama-cli") : parts.index("llama-cli") + 3] == ["llama-cli", "-m", "Voice.gguf"]
    assert ("--chat-template" in parts) == (template == "alpaca")
