"""A stand-in for the module `vllm`: the names, arguments and results that the engine uses, computed by transformers.

Signatures as in vLLM's `LLM.generate`, `SamplingParams` and `RequestOutput`; another argument is a TypeError here too.
It takes the likeliest token each time, whatever the temperature, and remembers the parameters of every request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__version__ = "0.19.1"


@dataclass(frozen=True)
class SamplingParams:
    """How one request is sampled."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 16
    seed: int | None = None
    stop_token_ids: list[int] | None = None
    prompt_logprobs: int | None = None
    detokenize: bool = True


@dataclass(frozen=True)
class Logprob:
    """The log-probability of a token."""

    logprob: float


@dataclass(frozen=True)
class CompletionOutput:
    """One answer; the token that ended it is the last one."""

    token_ids: list[int]
    finish_reason: str


@dataclass(frozen=True)
class RequestOutput:
    """What one request came to."""

    outputs: list[CompletionOutput]
    prompt_logprobs: list[dict[int, Logprob] | None] | None


class LLM:
    """A model; `asked` are the parameters of all requests of every model."""

    asked: list[SamplingParams] = []  # noqa: RUF012

    def __init__(self, model: str, *, generation_config: str = "auto") -> None:
        from transformers import AutoModelForCausalLM

        assert generation_config == "vllm", "else the model's own sampling would count"
        self._model = AutoModelForCausalLM.from_pretrained(model)

    def generate(
        self, prompts: list[dict[str, list[int]]], sampling_params: list[SamplingParams], *, use_tqdm: bool = True
    ) -> list[RequestOutput]:
        """Answer every prompt."""
        LLM.asked += sampling_params
        pairs = zip(prompts, sampling_params, strict=True)
        return [self._one(list(prompt["prompt_token_ids"]), params) for prompt, params in pairs]

    def _one(self, ids: list[int], params: SamplingParams) -> RequestOutput:
        logs = self._log_probs(ids)
        given = [None, *({ids[at]: Logprob(float(logs[at - 1, ids[at]]))} for at in range(1, len(ids)))]
        made: list[int] = []
        while len(made) < params.max_tokens and (not made or made[-1] not in (params.stop_token_ids or ())):
            made.append(int(self._log_probs(ids + made)[-1].argmax()))
        is_ended = made[-1] in (params.stop_token_ids or ())
        output = CompletionOutput(made, "stop" if is_ended else "length")
        return RequestOutput([output], None if params.prompt_logprobs is None else given)

    def _log_probs(self, ids: list[int]) -> Any:
        import torch

        with torch.inference_mode():
            return self._model(torch.tensor([ids])).logits[0].log_softmax(-1)
