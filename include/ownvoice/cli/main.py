"""The command line: the steps of the DAGs on one machine, without Airflow.

`COMMANDS` names every command with its line of help. A command is the function `command` of the module of this package
that bears its name (`ownvoice push-to-hub` is `ownvoice.cli.push_to_hub`), or the commands of its `group`, as of
`ownvoice review`. The module is imported when the command is called: `ownvoice --help` imports none of them.

Exit codes: 0 done, 1 fault, 2 settings, 3 storage, 4 the model endpoint refuses, 5 it does not answer, 6 not verified,
7 too many dead chunks, 20 the Hub refuses, 21 the Hub does not answer, 24 not trained, 25 not promoted.
"""

from __future__ import annotations

import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any

import typer
from typer.core import TyperGroup

from ownvoice.cli.faults import sentence_and_code

COMMANDS = {
    "refresh": "Read new articles, ask for triples, prove and filter them, commit a dataset version.",
    "retry": "Ask again about dead chunks, with as many tries once more; every other chunk keeps its answer.",
    "versions": "List the committed dataset versions.",
    "show": "Show pairs side by side, with the place of the chosen answer in its article.",
    "verify": "Prove a version from the lake alone; exit code 6 if the proof fails.",
    "balance": "Show what leaving out pairs against shortcuts would come to; `balance` in a recipe does it.",
    "explore": "Tell what a version is about: topics, coverage by pairs, diversity, and what to generate next.",
    "export": "Write a version as Parquet files that `datasets.load_dataset` reads and TRL trains on.",
    "try-prompt": "Put a few chunks through a prompt and show what becomes of each triple; commit nothing.",
    "chunks": "List the chunks in a state; dead ones with the reason and what to do.",
    "report": "Print the report of a refresh run, or show it as a page.",
    "train": "Train on a version by DPO in the trainer's environment, one recipe after the other; compare several.",
    "style": "Tell how near a trained model, or a version's answers, are to an author's way of writing.",
    "ask": "Put questions to a base and to what a training made of it, and show their answers side by side.",
    "export-gguf": "Write a trained model as a GGUF file for Ollama and llama.cpp, by llama.cpp's own converter.",
    "promote": "Make a trained model the champion of its repository, by the rule; or list the champions so far.",
    "lineage": "Tell what a model was made from, or which models were trained on a version.",
    "rows-of": "Write the exact rows that a model was trained on, from its card, its folder or its run.",
    "clean": "List what of a lake may be deleted and why; delete it with `--delete`.",
    "judge": "Have the judges that count compare a trained model with others, or both sides of a version.",
    "judges": "Qualify the judges, list which count and why, and show judges and people side by side.",
    "review": "Draw, show and fold rounds in which people review pairs; hand them to other review tools and back.",
    "takedown": "Show what an article, an author or a text leaves behind; take it down with `--yes`, with a proof.",
    "feedback": "Collect what readers said of answers, show it, and approve what trainings may take.",
    "identity": "Write pairs that teach a model who it is and who made it; a training takes them by a mixture.",
    "import": "Import a known preference set, from the Hub at one commit or from files, beside the author's pairs.",
    "imports": "List the known preference sets, and what was imported of them.",
    "migrate": "Bring a lake that an older release wrote to today's columns; no pair changes.",
    "push-to-hub": "Push the newest version to the Hugging Face Hub, with the token in HF_TOKEN.",
}
_OPTIONS: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False}


class LazyGroup(TyperGroup):
    """Shows the help of `COMMANDS`, and imports a command only to run it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the name of the command that is called, the command itself and its arguments."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load_command(str(name)), rest


def module_name(command: str) -> str:
    """Return the module of a command; `import` is a word of Python's, and its module is `import_`."""
    return command.replace("-", "_") + ("_" if iskeyword(command) else "")


def load_command(name: str) -> Any:
    """Import a command and return it as Typer runs it."""
    module = import_module(f"ownvoice.cli.{module_name(name)}")
    if isinstance(group := getattr(module, "group", None), typer.Typer):
        group.info.name, group.info.help = name, COMMANDS[name]
        return typer.main.get_command(group)
    alone = typer.Typer(**_OPTIONS)
    alone.command(name, help=COMMANDS[name])(module.command)
    return typer.main.get_command(alone)


def _not_loaded() -> None:
    """Take the place of a command's function, which `LazyGroup` imports."""


app = typer.Typer(
    cls=LazyGroup,
    help="Articles become preference data with a proof for every chosen answer.",
    no_args_is_help=True,
    **_OPTIONS,
)
for _name, _help in COMMANDS.items():
    app.command(_name, help=_help)(_not_loaded)


def main() -> None:
    """Run the command line; what ends a command is printed as one sentence, without a trace."""
    try:
        app()
    except Exception as error:
        sentence, code = sentence_and_code(error)
        print(f"ownvoice: {sentence}", file=sys.stderr)
        sys.exit(code)
