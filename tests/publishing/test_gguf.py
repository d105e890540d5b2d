"""A trained model becomes one file by llama.cpp's programs; a stand-in takes their place, with their arguments."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ownvoice.errors import OwnvoiceError, SettingsError, StorageError
from ownvoice.publishing.gguf import GgufType, export_gguf
from ownvoice.publishing.local_chat import jinja_of_alpaca
from ownvoice.training.trainer.folders import delete_folder
from stand_ins.llama_cpp import calls, chat_template_of, put_into


@pytest.fixture
def export(lake, trained, tmp_path):
    """Return a function that exports run-1 with the llama.cpp of a folder, and the file that it would write."""
    trained()
    file = tmp_path / "out" / "voice.gguf"
    file.parent.mkdir()

    def run(number_type="q4_k_m", llama_cpp=None, path="", python=sys.executable):
        environment = {"PATH": path} | ({"LLAMA_CPP": str(llama_cpp)} if llama_cpp else {})
        return export_gguf(lake, "run-1", file, GgufType(number_type), python, environment)

    run.file = file
    return run


def keys(lake):
    return sorted((found.key, found.size) for found in lake.store.objects(""))


def test_a_model_is_converted_whole_and_then_quantized_and_the_lake_stays_as_it_is(export, lake, tmp_path):
    folder, before = put_into(tmp_path / "llama.cpp"), keys(lake)
    made = export(llama_cpp=folder)
    assert made.file == export.file
    assert made.size == export.file.stat().st_size
    (converter, model, *converted), (quantizer, whole, _, number_type) = calls(folder)
    assert (converter, quantizer, number_type) == ("convert_hf_to_gguf.py", "llama-quantize", "Q4_K_M")
    assert converted == ["--outfile", whole, "--outtype", "f16"], "the type of the merged weights"
    assert not Path(model).exists(), "what was fetched is gone"
    assert sorted(path.name for path in export.file.parent.iterdir()) == ["voice.Modelfile", "voice.gguf"]
    assert keys(lake) == before


@pytest.mark.parametrize("number_type", ["f32", "f16", "bf16", "q8_0"])
def test_types_that_the_converter_writes_itself_need_no_quantizer(export, tmp_path, number_type):
    folder = put_into(tmp_path / "llama.cpp", quantizer=False)
    export(number_type, folder)
    [call] = calls(folder)
    assert call[-1] == number_type


def test_the_form_of_the_training_becomes_that_of_the_file(export, tmp_path):
    made = export(llama_cpp=put_into(tmp_path / "llama.cpp"))
    assert chat_template_of(made.file) == jinja_of_alpaca()
    assert made.modelfile.read_text().startswith('FROM ./voice.gguf\nTEMPLATE """Below is an instruction')


def test_programs_on_the_path_are_taken_too_and_start_by_themselves(export, tmp_path):
    folder = put_into(tmp_path / "bin", on_path=True)
    export(path=os.pathsep.join([str(folder), os.environ["PATH"]]), python="/no/such/python")
    assert [call[0] for call in calls(folder)] == ["convert_hf_to_gguf.py", "llama-quantize"]


def nothing_was_written(export):
    return list(export.file.parent.iterdir()) == []


def test_without_llama_cpp_it_says_what_to_install_and_fetches_nothing(export, capsys):
    with pytest.raises(SettingsError) as caught:
        export()
    message = str(caught.value)
    assert "convert_hf_to_gguf.py and llama-quantize not found on PATH, and LLAMA_CPP is not set" in message
    assert "clone https://github.com/ggml-org/llama.cpp and set LLAMA_CPP" in message
    assert capsys.readouterr().out == ""
    assert nothing_was_written(export)


def test_without_the_quantizer_it_names_the_types_that_do_without(export, tmp_path):
    with pytest.raises(SettingsError, match=r"llama-quantize not found in .*q8_0 need the converter alone"):
        export(llama_cpp=put_into(tmp_path / "llama.cpp", quantizer=False))
    assert nothing_was_written(export)


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        (
            {"fails": "BPE pre-tokenizer was not recognized"},
            r"ended with code 1: .*BPE pre-tokenizer was not rec",
        ),
        ({"writes": False}, "wrote no GGUF file: it said nothing"),
    ],
)
def test_a_converter_that_fails_is_told_in_its_own_words_and_leaves_nothing(export, tmp_path, switches, message):
    with pytest.raises(OwnvoiceError, match=message):
        export(llama_cpp=put_into(tmp_path / "llama.cpp", **switches))
    assert nothing_was_written(export)


def test_a_trainer_without_python_is_told_and_leaves_nothing(export, tmp_path):
    with pytest.raises(SettingsError, match="/no/such/python cannot be run"):
        export(llama_cpp=put_into(tmp_path / "llama.cpp"), python="/no/such/python")
    assert nothing_was_written(export)


def test_the_model_and_the_file_for_ollama_are_not_given_one_name(export, lake):
    one_name = export.file.with_suffix(".Modelfile")
    with pytest.raises(SettingsError, match="Name another --output"):
        export_gguf(lake, "run-1", one_name, GgufType("q8_0"), sys.executable, {})
    assert nothing_was_written(export)


@pytest.mark.parametrize("name", ["voice.gguf", "voice.Modelfile"])
def test_a_file_in_the_way_is_never_overwritten(export, tmp_path, name):
    there = export.file.parent / name
    there.write_text("mine")
    with pytest.raises(SettingsError, match="exists already"):
        export(llama_cpp=put_into(tmp_path / "llama.cpp"))
    assert there.read_text() == "mine"


def test_a_run_that_left_no_model_or_whose_model_was_cleaned_away_is_one_sentence(lake, export, tmp_path):
    llama_cpp = put_into(tmp_path / "llama.cpp")
    with pytest.raises(StorageError, match="holds no recipe.json: no training has that name"):
        export_gguf(lake, "run-2", export.file, GgufType.F16, sys.executable, {"LLAMA_CPP": str(llama_cpp)})
    delete_folder(lake.store, "runs/run-1/merged")
    with pytest.raises(StorageError, match="holds no whole model"):
        export(llama_cpp=llama_cpp)
