"""A trained model as one GGUF file on this machine, which Ollama and llama.cpp run; nothing is written to the lake."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ownvoice.errors import SettingsError
from ownvoice.publishing.llama_cpp import LlamaCpp, find_llama_cpp
from ownvoice.publishing.local_chat import jinja_of_alpaca, modelfile
from ownvoice.publishing.publish import refuse_missing_model
from ownvoice.storage.lake import Lake
from ownvoice.training.results.training import trained
from ownvoice.training.run import TrainingRun
from ownvoice.training.trainer.folders import download_folder


class GgufType(StrEnum):
    """How the numbers of a GGUF file are held, in llama.cpp's names; those of the first line need no quantizer."""

    F32, F16, BF16, Q8_0 = "f32", "f16", "bf16", "q8_0"
    Q6_K, Q5_K_M, Q5_K_S, Q5_1, Q5_0 = "q6_k", "q5_k_m", "q5_k_s", "q5_1", "q5_0"
    Q4_K_M, Q4_K_S, Q4_1, Q4_0 = "q4_k_m", "q4_k_s", "q4_1", "q4_0"
    Q3_K_L, Q3_K_M, Q3_K_S, Q2_K = "q3_k_l", "q3_k_m", "q3_k_s", "q2_k"

    @property
    def is_quantized(self) -> bool:
        """Whether llama.cpp's converter cannot write it by itself."""
        return self not in (GgufType.F32, GgufType.F16, GgufType.BF16, GgufType.Q8_0)


_BEFORE_QUANTIZING = {"float16": "f16", "bfloat16": "bf16", "float32": "f32"}  # by the type of the merged weights


@dataclass(frozen=True, slots=True)
class Exported:
    """A GGUF file, its size in bytes, and the file by which Ollama takes it."""

    file: Path
    size: int
    modelfile: Path


def export_gguf(
    lake: Lake, run_id: str, file: Path, number_type: GgufType, python: str, environment: Mapping[str, str]
) -> Exported:
    """Write the merged model of a training as `file`, with the prompt template that it was trained in.

    Raises `SettingsError` where a file is in the way or a program of llama.cpp is missing, `StorageError` where the run
    left no model, `OwnvoiceError` in the words of a program that fails; a file is then not there, or whole.
    """
    _, run, _ = trained(lake, run_id)
    refuse_missing_model(lake, run)
    for_ollama = file.with_suffix(".Modelfile")
    _refuse_what_is_in_the_way(file, for_ollama)
    tools = find_llama_cpp(python, environment, quantizes=number_type.is_quantized)
    with tempfile.TemporaryDirectory(prefix=".ownvoice-gguf-", dir=file.parent) as folder:
        made = _made(lake, run, number_type, tools, Path(folder))
        made.rename(file)
    for_ollama.write_text(modelfile(f"./{file.name}", run.recipe.prompt_template), encoding="utf-8")
    return Exported(file, file.stat().st_size, for_ollama)


def _refuse_what_is_in_the_way(file: Path, for_ollama: Path) -> None:
    if file == for_ollama:
        raise SettingsError(f"{file} is the name of the file for Ollama. Name another --output, such as voice.gguf.")
    for written in (file, for_ollama):
        if written.exists():
            raise SettingsError(f"{written} exists already. Remove it, or name another --output.")
    if not file.parent.is_dir():
        raise SettingsError(f"{file.parent} is no folder. Make it, or name another --output.")


def _made(lake: Lake, run: TrainingRun, number_type: GgufType, tools: LlamaCpp, folder: Path) -> Path:
    model, whole, file = folder / "model", folder / "whole.gguf", folder / "quantized.gguf"
    print(f"fetching {lake.uri}/{run.keys.merged}", flush=True)
    download_folder(lake.store, run.keys.merged, model)
    if run.recipe.prompt_template == "alpaca":
        (model / "chat_template.jinja").write_text(jinja_of_alpaca(), encoding="utf-8")
    before = _BEFORE_QUANTIZING[run.recipe.merge_dtype] if number_type.is_quantized else number_type.value
    print(f"converting to {before}", flush=True)
    tools.convert(model, whole, before)
    if not number_type.is_quantized:
        return whole
    print(f"quantizing to {number_type}", flush=True)
    tools.quantize(whole, file, number_type)
    return file
