"""llama.cpp's own programs: where they are on this machine, and running them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ownvoice.errors import OwnvoiceError, SettingsError
from ownvoice.terminal import printable
from ownvoice.training.process import trainer_environment

CONVERTER, QUANTIZER = "convert_hf_to_gguf.py", "llama-quantize"

_LAST_LINES = 3
_BUILT_IN = ("build/bin", "bin", ".")  # of its folder: where cmake, a release and make put programs
_SOURCE = "https://github.com/ggml-org/llama.cpp"
_BUILD = "cmake -B build && cmake --build build --target llama-quantize"


@dataclass(frozen=True, slots=True)
class LlamaCpp:
    """The commands of one installation."""

    converter: tuple[str, ...]
    quantizer: str

    def convert(self, model: Path, file: Path, number_type: str) -> None:
        """Write a folder of transformers as GGUF. Raises `OwnvoiceError` in the program's own words."""
        _run([*self.converter, str(model), "--outfile", str(file), "--outtype", number_type], CONVERTER, file)

    def quantize(self, whole: Path, file: Path, number_type: str) -> None:
        """Write a GGUF file in fewer bits. Raises `OwnvoiceError` in the program's own words."""
        _run([self.quantizer, str(whole), str(file), number_type.upper()], QUANTIZER, file)


def find_llama_cpp(python: str, environment: Mapping[str, str], *, quantizes: bool) -> LlamaCpp:
    """Find the programs in the folder that LLAMA_CPP names, else on PATH.

    A converter in that folder is run by `python`, that of the trainer, which has what it imports; one on PATH brings
    its own. Raises `SettingsError` where it is missing, or the quantizer where it `quantizes`.
    """
    folder = Path(named) if (named := environment.get("LLAMA_CPP")) else None
    converter = _converter(python, folder, environment)
    quantizer = shutil.which(QUANTIZER, path=_search_path(folder, environment))
    missing = [name for name, found in ((CONVERTER, converter), (QUANTIZER, quantizer or not quantizes)) if not found]
    if missing:
        where = f"in {folder}, which LLAMA_CPP names, or on PATH" if folder else "on PATH, and LLAMA_CPP is not set"
        raise SettingsError(
            f"llama.cpp's {' and '.join(missing)} not found {where}. Install llama.cpp, which puts its programs on "
            f"PATH, or clone {_SOURCE} and set LLAMA_CPP to its folder, where `{_BUILD}` builds {QUANTIZER}. "
            "f16, bf16, f32 and q8_0 need the converter alone."
        )
    return LlamaCpp(converter, quantizer or "")


def _converter(python: str, folder: Path | None, environment: Mapping[str, str]) -> tuple[str, ...]:
    if folder and (folder / CONVERTER).is_file():
        return python, str(folder / CONVERTER)
    found = shutil.which(CONVERTER, path=environment.get("PATH"))
    return (found,) if found else ()


_WITH_KEYS = ("HF_", "AWS_", "COMET_")  # a program of others needs none of them


def _search_path(folder: Path | None, environment: Mapping[str, str]) -> str:
    inside = [str(folder / part) for part in _BUILT_IN] if folder else []
    return os.pathsep.join([*inside, environment.get("PATH", "")])


def _run(command: Sequence[str], name: str, file: Path) -> None:
    """Run the program `name`, which is to write `file`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_WITH_KEYS)}
    environment = trainer_environment(inherited, {})
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace")  # noqa: S603
    except OSError as error:
        raise SettingsError(
            f"{command[0]} cannot be run ({error.strerror}). Install {name} again, or name another "
            "llama.cpp in LLAMA_CPP."
        ) from None
    if done.returncode == 0 and _is_gguf(file):
        return
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-_LAST_LINES:]
    ended = f"ended with code {done.returncode}" if done.returncode else "wrote no GGUF file"
    raise OwnvoiceError(
        f"llama.cpp's {name} {ended}: {printable(' / '.join(said)) or 'it said nothing'}. Nothing was exported. "
        "Look for the model's kind and the type in the notes of your llama.cpp, or take a newer one."
    )


def _is_gguf(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(4) == b"GGUF"
    except OSError:
        return False
