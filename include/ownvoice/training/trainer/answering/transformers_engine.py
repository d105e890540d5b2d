"""The engine that is always there: transformers, left padding, batches by length. A GPU, or a CPU in float32."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from ownvoice.training.trainer.answering.batches import first_batch
from ownvoice.training.trainer.answering.draws import RowDraws, RowLimits
from ownvoice.training.trainer.answering.engine import Ask, Made, Tokens, TooLarge, cut_at_end
from ownvoice.training.trainer.answering.prepare import Model
from ownvoice.training.trainer.special_tokens import ends_of

_PLACES = {"cuda": 32_768, "cpu": 2_048}  # tokens and padding of a batch of answers; a CPU gains little by more
_SCORED_PLACES = 2_048  # of a batch of texts, each of which has the logits of the whole vocabulary

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class TransformersEngine:
    """A causal language model in the memory of one device."""

    def __init__(self, model: Model, say: Callable[[str], None]) -> None:
        import torch
        from transformers import AutoModelForCausalLM, GenerationConfig, __version__

        self.name = f"transformers {__version__}"
        on_gpu = torch.cuda.is_available()
        self._model = AutoModelForCausalLM.from_pretrained(
            model.folder,
            dtype="auto" if on_gpu else torch.float32,
            device_map={"": torch.cuda.current_device()} if on_gpu else None,
        ).eval()
        self._model.generation_config = GenerationConfig()  # the model's own sampling would fill in what is not said
        self._say = say
        self._device = self._model.device
        self._context = model.context
        self._ends = ends_of(model.folder, model.tokenizer)
        pad = model.tokenizer.pad_token_id
        self._pad = min(self._ends, default=0) if pad is None else pad  # any token would do: the mask hides it

    def answer(self, asks: Sequence[Ask]) -> Iterator[list[Made | TooLarge]]:
        """Yield the answers batch by batch, the longest prompts first, so that too large a batch is met at once."""
        left = sorted(asks, key=lambda ask: (-len(ask.prompt_ids), ask.key))
        budget = _PLACES[self._device.type]
        while left:
            prompts, new = [len(ask.prompt_ids) for ask in left], [ask.max_new_tokens for ask in left]
            rows = first_batch(prompts, new, budget, self._context)
            made = self._or_none(self._generate, left[:rows])
            if made is None and rows > 1:
                budget = rows * (prompts[0] + max(new[:rows])) // 2
                self._say(f"out of memory with {rows} prompts at once: going on with {budget:,} tokens at once")
                continue
            yield [TooLarge(left[0])] if made is None else list(made)
            del left[:rows]

    def score(self, texts: Sequence[Tokens]) -> Iterator[tuple[int, float | None]]:
        """Yield the index of each text and the mean nats of its tokens; None where it does not fit into memory."""
        left = sorted(range(len(texts)), key=lambda index: -_length(texts[index]))
        budget = _SCORED_PLACES
        while left:
            lengths = [_length(texts[index]) for index in left]
            rows = first_batch(lengths, [0] * len(left), budget, self._context)
            batch = [texts[index] for index in left[:rows]]
            nats = self._or_none(self._nats, batch)
            if nats is None and rows > 1:
                budget = rows * lengths[0] // 2
                continue
            yield from zip(left[:rows], [None] if nats is None else nats, strict=True)
            del left[:rows]

    def close(self) -> None:
        """Give back the memory of the device."""
        import torch

        del self._model
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _or_none(self, run: Callable[[Sequence[_In]], list[_Out]], batch: Sequence[_In]) -> list[_Out] | None:
        """Return what `run` makes of a batch; None where the device has no room for it."""
        import torch

        try:
            return run(batch)
        except torch.OutOfMemoryError:
            pass  # left here, or the frames of the error would hold the batch in memory
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return None

    def _generate(self, asks: Sequence[Ask]) -> list[Made]:
        import torch
        from transformers import GenerationConfig

        prompts = [ask.prompt_ids for ask in asks]
        width = max(map(len, prompts))
        ids, mask = self._padded(prompts, width, on_the_left=True)
        config = GenerationConfig(
            max_new_tokens=max(ask.max_new_tokens for ask in asks),
            do_sample=False,
            eos_token_id=sorted(self._ends) or None,
            pad_token_id=self._pad,
        )
        with torch.inference_mode():
            made = self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                generation_config=config,
                logits_processor=[RowDraws(asks, self._device)],
                stopping_criteria=[RowLimits(asks, width, self._device)],
            )
        rows = zip(made[:, width:].tolist(), asks, strict=True)
        return [Made(ask, *cut_at_end(row, self._ends, ask.max_new_tokens)) for row, ask in rows]

    def _nats(self, texts: Sequence[Tokens]) -> list[float]:
        import torch
        from torch.nn.functional import cross_entropy

        whole = [text.before + text.ids for text in texts]
        ids, mask = self._padded(whole, max(map(len, whole)), on_the_left=False)
        with torch.inference_mode():
            logits = self._model(input_ids=ids, attention_mask=mask).logits
        found = []
        for row, text in enumerate(texts):
            first, end = max(1, len(text.before)), len(text.before) + len(text.ids)
            found.append(float(cross_entropy(logits[row, first - 1 : end - 1].float(), ids[row, first:end])))
        return found

    def _padded(self, rows: Sequence[list[int]], width: int, *, on_the_left: bool) -> tuple[Any, Any]:
        """Return the tokens and their mask, both (rows, width)."""
        import torch

        padding = [width - len(row) for row in rows]
        pads = [[self._pad] * count for count in padding]
        masks = [[0] * count for count in padding]
        ones = [[1] * len(row) for row in rows]
        ids, mask = (
            [before + row if on_the_left else row + before for before, row in zip(fill, whole, strict=True)]
            for fill, whole in ((pads, rows), (masks, ones))
        )
        return torch.tensor(ids, device=self._device), torch.tensor(mask, device=self._device)


def _length(text: Tokens) -> int:
    return len(text.before) + len(text.ids)
