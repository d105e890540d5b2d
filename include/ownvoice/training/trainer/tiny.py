"""A toy base model: a Llama of about a million parameters, trained on a handful of articles.

It shows on a laptop in about a minute that the training works from end to end; it cannot write.

Run as: python -m ownvoice.training.trainer.tiny ARTICLES_FOLDER LAKE_URI; the recipe then names lake:models/toy.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from ownvoice.storage.lake import Lake
from ownvoice.training.trainer.folders import upload_folder
from ownvoice.training.trainer.prompts import ALPACA

_BOS, _EOS, _PAD = "<|begin_of_text|>", "<|end_of_text|>", "<|pad|>"
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_MIN_PARAGRAPH_CHARS = 80


@dataclass(frozen=True, slots=True)
class ToyShape:
    """Size and training length of the toy. The defaults make 1.1 million parameters in about a minute."""

    vocabulary: int = 2048
    hidden: int = 128
    layers: int = 4
    heads: int = 4
    context: int = 1024
    reading_steps: int = 120
    instruction_steps: int = 60
    batch: int = 8
    tokens: int = 160


def make_toy(articles: Path, folder: Path, shape: ToyShape | None = None, seed: int = 0) -> int:
    """Make the toy from the Markdown articles in a folder and write it to `folder`; return its parameters."""
    import torch

    shape = shape or ToyShape()
    torch.manual_seed(seed)
    sections = [section for path in sorted(articles.glob("*.md")) for section in _sections(path.read_text("utf-8"))]
    tokenizer = _tokenizer([text for _, text in sections], shape)
    model = _untrained(tokenizer, shape)
    reading = [("", f"{heading}\n\n{text}") for heading, text in sections]
    answering = [(ALPACA.format(f"Write about {heading}."), text) for heading, text in sections]
    _teach(model, tokenizer, reading, shape.reading_steps, shape)
    _teach(model, tokenizer, answering, shape.instruction_steps, shape)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return int(model.num_parameters())


def _sections(article: str) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs of an article, each with the heading above it."""
    heading = "a thing worth knowing"
    for paragraph in _FRONT_MATTER.sub("", article).split("\n\n"):
        if paragraph.startswith("#"):
            heading = paragraph.lstrip("# ").strip()
        elif len(paragraph) >= _MIN_PARAGRAPH_CHARS:
            yield heading, paragraph.strip()


def _tokenizer(texts: list[str], shape: ToyShape) -> Any:
    """Train a byte-level BPE that, as Llama's, puts one BOS before every text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = [_PAD, _BOS, _EOS]
    bpe.train_from_iterator(
        [*texts, ALPACA],
        trainers.BpeTrainer(
            vocab_size=shape.vocabulary, special_tokens=special, initial_alphabet=alphabet, show_progress=False
        ),
    )
    bpe.post_processor = processors.TemplateProcessing(
        single=f"{_BOS} $A", special_tokens=[(_BOS, special.index(_BOS))]
    )
    return PreTrainedTokenizerFast(tokenizer_object=bpe, bos_token=_BOS, eos_token=_EOS, pad_token=_PAD)


def _untrained(tokenizer: Any, shape: ToyShape) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.hidden,
            intermediate_size=3 * shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.heads // 2,
            max_position_embeddings=shape.context,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            tie_word_embeddings=True,
        )
    )


def _teach(model: Any, tokenizer: Any, examples: list[tuple[str, str]], steps: int, shape: ToyShape) -> None:
    """Learn the second text of each example, given the first, round and round."""
    import torch
    from torch.nn.utils import clip_grad_norm_
    from torch.nn.utils.rnn import pad_sequence

    rows = [_row(tokenizer, prompt, text, shape.tokens) for prompt, text in examples]
    order = cycle(torch.randperm(len(rows)).tolist())
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    model.train()
    for _ in range(steps):
        batch = [rows[next(order)] for _ in range(shape.batch)]
        ids = pad_sequence([row[0] for row in batch], batch_first=True)
        labels = pad_sequence([row[1] for row in batch], batch_first=True, padding_value=-100)
        model(ids, labels=labels).loss.backward()
        clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    model.eval()


def _row(tokenizer: Any, prompt: str, text: str, most: int) -> tuple[Any, Any]:
    """Return token ids, and labels that leave the prompt out. Padding comes after both, so no mask is needed."""
    import torch

    ids = torch.tensor(tokenizer(prompt + text + tokenizer.eos_token)["input_ids"][:most])
    labels = ids.clone()
    labels[: len(tokenizer(prompt)["input_ids"])] = -100
    return ids, labels


def put_toy_into_lake(articles: Path, lake: Lake, key: str = "models/toy") -> None:
    """Make the toy and store it under `key`, unless there is one already: a base must not change under a run."""
    if lake.store.read(f"{key}/tokenizer_config.json") is not None:  # the file that is written last
        return
    with tempfile.TemporaryDirectory(prefix="ownvoice-toy-") as folder:
        make_toy(articles, Path(folder))
        upload_folder(lake.store, Path(folder), key)


if __name__ == "__main__":
    put_toy_into_lake(Path(sys.argv[1]), Lake(sys.argv[2]))
