"""llama.cpp's two programs, without one: they take its arguments, refuse what it refuses, and write a GGUF file.

`put_into` writes them into a folder; a `stand_in.json` there holds the switches. What they were called with is appended
to `calls.jsonl`. The file that they write is a GGUF header with the chat template as its only entry, and no tensors.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from pathlib import Path
from typing import Any

CONVERTER, QUANTIZER = "convert_hf_to_gguf.py", "build/bin/llama-quantize"

_HEADER = struct.Struct("<4sIQQ")  # magic, version, tensors, entries
_TEXT = 8  # the type of an entry


def put_into(folder: Path, *, quantizer: bool = True, on_path: bool = False, **switches: Any) -> Path:
    """Write the programs; `fails` is what the converter says when it fails, `writes` false lets it write nothing.

    On PATH both are programs that start by themselves; in a folder the converter is a script for any Python. Return the
    folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stand_in.json").write_text(json.dumps(switches))
    names = [CONVERTER, *([Path(QUANTIZER).name if on_path else QUANTIZER] if quantizer else [])]
    for name in names:
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(
            f"#!{sys.executable}\nimport sys\nfrom pathlib import Path\nsys.path[:0] = {sys.path!r}\n"
            f"from stand_ins.llama_cpp import main\nmain(Path({str(folder)!r}), {Path(name).name!r})\n"
        )
        program.chmod(0o755 if on_path or name != CONVERTER else 0o644)
    return folder


def calls(folder: Path) -> list[list[str]]:
    """Return how the programs were called, each with its name and arguments."""
    return [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]


def chat_template_of(file: Path) -> str:
    """Return the chat template that a file of the stand-in holds."""
    data = file.read_bytes()
    name_length = struct.unpack_from("<Q", data, _HEADER.size)[0]
    start = _HEADER.size + 8 + name_length + 4
    length = struct.unpack_from("<Q", data, start)[0]
    return data[start + 8 : start + 8 + length].decode()


def main(folder: Path, name: str) -> None:
    """Be the program `name` of the llama.cpp in `folder`."""
    with (folder / "calls.jsonl").open("a") as file:
        file.write(json.dumps([name, *sys.argv[1:]]) + "\n")
    switches = json.loads((folder / "stand_in.json").read_text())
    (_convert if name == CONVERTER else _quantize)(switches)


def _convert(switches: dict[str, Any]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--outfile", type=Path)
    parser.add_argument("--outtype", choices=["f32", "f16", "bf16", "q8_0", "tq1_0", "tq2_0", "auto"], default="auto")
    asked = parser.parse_args()
    if not list(asked.model.glob("*.safetensors")):
        sys.exit("no weights")
    json.loads((asked.model / "config.json").read_text())
    if said := switches.get("fails"):
        print("INFO:hf-to-gguf:Loading model", file=sys.stderr)
        sys.exit(said)
    template = asked.model / "chat_template.jinja"
    if switches.get("writes", True):
        asked.outfile.write_bytes(_gguf(template.read_text() if template.exists() else ""))


def _quantize(switches: dict[str, Any]) -> None:
    whole, file, number_type = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    if not number_type.startswith("Q") or number_type != number_type.upper():
        sys.exit(f"invalid ftype '{number_type}'")
    file.write_bytes(whole.read_bytes())


def _gguf(chat_template: str) -> bytes:
    name, text = b"tokenizer.chat_template", chat_template.encode()
    entry = struct.pack("<Q", len(name)) + name + struct.pack("<IQ", _TEXT, len(text)) + text
    return _HEADER.pack(b"GGUF", 3, 0, 1) + entry
