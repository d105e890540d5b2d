"""How a trained model is asked on a laptop: the form of its prompts, as Ollama and llama.cpp read it. Pure."""

from __future__ import annotations

import shlex

from ownvoice.training.trainer.prompts import ALPACA, Template


def jinja_of_alpaca() -> str:
    """Return the Alpaca form as a chat template, for what reads a conversation."""
    question = ALPACA.format("{{ message.content }}")
    return (
        "{% for message in messages %}{% if message.role == 'assistant' %}{{ message.content }}\n"
        f"{{% else %}}{question}{{% endif %}}{{% endfor %}}"
    )


def modelfile(source: str, template: Template) -> str:
    """Return Ollama's file for a model at `source`, a GGUF file or a folder, that was trained with this template.

    The chat template of the model's tokenizer stands in the model, and is named in no file.
    """
    lines = [f"FROM {source}"]
    if template == "alpaca":
        lines.append(f'TEMPLATE """{ALPACA.format("{{ .Prompt }}")}"""')
    return "\n".join(lines) + "\n"


def ollama_command(repo_id: str, revision: str, template: Template) -> str:
    """Return one line for a shell that fetches a published model and opens a conversation with it in Ollama."""
    name = repo_id.rpartition("/")[2]
    written = shlex.join(["printf", "%s", modelfile(f"./{name}", template)])
    fetched = shlex.join(["hf", "download", repo_id, "--revision", revision, "--local-dir", name])
    return f"{fetched} && {written} > Modelfile && {shlex.join(['ollama', 'create', name.lower()])} && " + shlex.join(
        ["ollama", "run", name.lower()]
    )


def llama_cpp_command(repo_id: str, revision: str, template: Template) -> str:
    """Return one line for a shell, in a folder of llama.cpp, that does the same there in 8 bits."""
    name = repo_id.rpartition("/")[2]
    steps = [
        ["hf", "download", repo_id, "--revision", revision, "--local-dir", name],
        ["python", "convert_hf_to_gguf.py", name, "--outfile", f"{name}.gguf", "--outtype", "q8_0"],
        ["llama-cli", "-m", f"{name}.gguf"],
    ]
    if template == "alpaca":
        steps[-1] += ["--jinja", "--chat-template", jinja_of_alpaca()]
    return " && ".join(shlex.join(step) for step in steps)
