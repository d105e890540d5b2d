"""A model that answers one question at a time, word by word. A GPU, or a CPU in float32."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

from ownvoice.errors import BadDataError
from ownvoice.training.ask_request import Template
from ownvoice.training.trainer.answering.prepare import Model
from ownvoice.training.trainer.prompts import prompt_text
from ownvoice.training.trainer.special_tokens import ends_of

CUT_OFF = " […]"
"""What stands at the end of an answer that was longer than it may be."""


class Speaker:
    """A causal language model in the memory of one device. Without a template its own chat template decides."""

    def __init__(self, model: Model, template: Template | None) -> None:
        import torch
        from transformers import AutoModelForCausalLM, GenerationConfig

        on_gpu = torch.cuda.is_available()
        self._on_disk = model
        self._template: Template = template or ("chat" if model.tokenizer.chat_template else "alpaca")
        self._model = AutoModelForCausalLM.from_pretrained(
            model.folder,
            dtype="auto" if on_gpu else torch.float32,
            device_map={"": torch.cuda.current_device()} if on_gpu else None,
        ).eval()
        self._model.generation_config = GenerationConfig()  # the model's own sampling would fill in what is not said
        self._ends = ends_of(model.folder, model.tokenizer)

    def speak(
        self, question: str, temperature: float, max_new_tokens: int, stop: Event, say: Callable[[str], None]
    ) -> None:
        """Answer, and hand each word to `say`; end early once `stop` is set. Raises what `tokens` raises."""
        import torch
        from transformers import GenerationConfig

        ids = self.tokens(question)
        most = min(max_new_tokens, self._on_disk.context - len(ids))
        draws = {"do_sample": True, "temperature": temperature} if temperature else {"do_sample": False}
        prompt = torch.tensor([ids], device=self._model.device)
        made = self._model.generate(
            input_ids=prompt,
            attention_mask=torch.ones_like(prompt),
            generation_config=GenerationConfig(
                max_new_tokens=most,
                eos_token_id=sorted(self._ends) or None,
                pad_token_id=0,  # asked for by transformers; one row has no padding
                **draws,
            ),
            streamer=_streamer(self._on_disk.tokenizer, say),
            stopping_criteria=[lambda rows, scores, **_: torch.full((len(rows),), stop.is_set(), device=rows.device)],
        )[0, len(ids) :].tolist()
        if len(made) == most and made[-1] not in self._ends:
            say(CUT_OFF)

    def tokens(self, question: str) -> list[int]:
        """Return the tokens of a prompt.

        Raises `BadDataError` where the question is too long for the model, or its template cannot take it.
        """
        model = self._on_disk
        ids: list[int] = model.tokenizer(prompt_text(question, model.tokenizer, self._template, model.at))["input_ids"]
        if len(ids) >= model.context:
            raise BadDataError(
                f"the question makes {len(ids)} tokens with its template, and {model.at} takes {model.context} with "
                "the answer. Shorten it."
            )
        return ids


def _streamer(tokenizer: Any, say: Callable[[str], None]) -> Any:
    from transformers import TextStreamer

    class Words(TextStreamer):  # type: ignore[misc]  # transformers has no types
        """Hands on each word as soon as the token after it is there."""

        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            if text:
                say(text)

    return Words(tokenizer, skip_prompt=True, skip_special_tokens=True)
