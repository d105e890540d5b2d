"""The process of `ownvoice ask`, in the trainer's environment and attached to the terminal.

Run as: python -m ownvoice.training.trainer.asking REQUEST_AS_JSON
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import BadBaseError, BadDataError, Exit, OutOfMemoryError, OwnvoiceError, first_line
from ownvoice.storage.lake import Lake
from ownvoice.training.ask_request import AskedModel, AskRequest
from ownvoice.training.parent import end_with_parent
from ownvoice.training.trainer.answering.prepare import Model, context_of
from ownvoice.training.trainer.asking.show import show_answers
from ownvoice.training.trainer.asking.speaker import Speaker
from ownvoice.training.trainer.base import fetch_base
from ownvoice.training.trainer.machine import device_name, hide_progress_bars
from ownvoice.training.trainer.offline import go_offline


def main(request: AskRequest) -> int:
    """Load the models, put every question to them, and return the exit code."""
    lake, online = Lake(request.lake), go_offline()
    hide_progress_bars()
    with tempfile.TemporaryDirectory(prefix="ownvoice-asking-") as folder, _out_of_memory_named():
        speakers = [
            _load(lake, model, Path(folder) / str(number), online) for number, model in enumerate(request.models)
        ]
        for question in request.questions or _typed():
            _ask(question, speakers, request)
    return Exit.TRAINED


@contextmanager
def _out_of_memory_named() -> Iterator[None]:
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemoryError(
            f"{device_name()} ran out of memory ({first_line(error)}), in which all models stand at the same time. Ask "
            "them one by one, by lake:KEY or their name on the Hub, or lower --max-new-tokens."
        ) from None


def _ask(question: str, speakers: list[Speaker], request: AskRequest) -> None:
    cells = shutil.get_terminal_size().columns
    try:
        show_answers(question, speakers, request, sys.stdout, cells, is_live=sys.stdout.isatty())
    except BadDataError as error:  # of this question alone
        print(f"ownvoice: {error}", file=sys.stderr)


def _load(lake: Lake, asked: AskedModel, folder: Path, online: Mapping[str, str]) -> Speaker:
    import torch
    from transformers import AutoTokenizer

    name = ModelName.parse(asked.name)
    print(f"loading {name}", file=sys.stderr, flush=True)
    found = fetch_base(lake, name, folder, online)
    try:
        tokenizer = AutoTokenizer.from_pretrained(found.folder)
        model = Model(name.at(found.commit), found.folder, tokenizer, context_of(found.folder))
        return Speaker(model, asked.template)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # of any kind: the files of a model are read by many libraries
        raise BadBaseError(f"{name} cannot be loaded: {first_line(error)}. Look at its files.") from None


def _typed() -> Iterator[str]:
    """Yield the questions that are typed or piped in, one a line."""
    if sys.stdin.isatty():
        print("One question a line; Ctrl-D ends.", file=sys.stderr)
    yield from filter(None, (line.strip() for line in sys.stdin))


if __name__ == "__main__":
    end_with_parent()
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]  # what is not UTF-8 stops nothing
    try:
        sys.exit(main(AskRequest.model_validate_json(sys.argv[1])))
    except OwnvoiceError as error:
        print(f"ownvoice: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print()
        sys.exit(130)
