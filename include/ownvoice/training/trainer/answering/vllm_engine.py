"""The engine where vLLM is installed: its offline engine, which batches by itself. It was run with a stand-in alone."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from ownvoice.answering.request import seed_of
from ownvoice.training.trainer.answering.engine import Ask, Made, Tokens, TooLarge
from ownvoice.training.trainer.answering.prepare import Model
from ownvoice.training.trainer.special_tokens import ends_of

_AT_ONCE = 256  # requests of one call, whose answers are stored together


class VllmEngine:
    """A causal language model in vLLM, in the type of its files."""

    def __init__(self, model: Model) -> None:
        os.environ["VLLM_NO_USAGE_STATS"] = "1"  # read when it is imported
        import vllm

        self.name = f"vllm {vllm.__version__}"
        self._ends = ends_of(model.folder, model.tokenizer)
        # "vllm": what the model's own generation configuration says of sampling is not used.
        self._llm = vllm.LLM(model=str(model.folder), generation_config="vllm")

    def answer(self, asks: Sequence[Ask]) -> Iterator[list[Made | TooLarge]]:
        """Yield the answers of so many requests at a time."""
        for start in range(0, len(asks), _AT_ONCE):
            some = asks[start : start + _AT_ONCE]
            found = self._run([ask.prompt_ids for ask in some], [self._sampling(ask) for ask in some])
            yield [self._made(ask, one.outputs[0]) for ask, one in zip(some, found, strict=True)]

    def score(self, texts: Sequence[Tokens]) -> Iterator[tuple[int, float | None]]:
        """Yield the index of each text and the mean nats of its tokens."""
        from vllm import SamplingParams

        # 0: of each token of the prompt its own log-probability, and no other's.
        params = SamplingParams(max_tokens=1, prompt_logprobs=0, detokenize=False)
        for start in range(0, len(texts), _AT_ONCE):
            whole = [text.before + text.ids for text in texts[start : start + _AT_ONCE]]
            for place, one in enumerate(self._run(whole, [params] * len(whole)), start):
                first = max(1, len(texts[place].before))
                given = list(zip(one.prompt_logprobs, whole[place - start], strict=True))[first:]
                yield place, -sum(logs[token].logprob for logs, token in given) / len(given)

    def close(self) -> None:
        """Give back the memory of the device: the engine ends with its last reference."""
        del self._llm
        gc.collect()

    def _run(self, prompts: Sequence[list[int]], params: Sequence[Any]) -> list[Any]:
        return list(self._llm.generate([{"prompt_token_ids": ids} for ids in prompts], list(params), use_tqdm=False))

    def _sampling(self, ask: Ask) -> Any:
        from vllm import SamplingParams

        return SamplingParams(
            temperature=ask.body["temperature"],
            top_p=ask.body["top_p"],
            max_tokens=ask.max_new_tokens,
            seed=seed_of(ask.key),
            stop_token_ids=sorted(self._ends),
            detokenize=False,
        )

    def _made(self, ask: Ask, output: Any) -> Made:
        ids = list(takewhile(lambda token: token not in self._ends, output.token_ids))
        return Made(ask, ids, output.finish_reason == "length")
