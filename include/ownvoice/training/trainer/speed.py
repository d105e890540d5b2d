"""The speed of a run: tokens without padding, the share of padding, and model FLOP utilisation (MFU)."""

from __future__ import annotations

from typing import Any

# Dense bfloat16 peaks in FLOP/s, from the data sheets of NVIDIA (not the doubled figures for sparse matrices).
_PEAK_FLOPS = {"H100": 989e12, "H200": 989e12, "A100": 312e12, "L40S": 362e12, "L4": 121e12}


class TokenCounter:
    """A collator that counts what it hands to training; evaluation is not counted."""

    def __init__(self, collate: Any, model: Any) -> None:
        self._collate = collate
        self._model = model
        self.tokens = 0
        self.places = 0
        self.sequences = 0

    def __call__(self, examples: list[Any]) -> Any:
        """Collate `examples` as before."""
        batch = self._collate(examples)
        if self._model.training:
            self.tokens += int(batch["attention_mask"].sum())
            self.sequences += len(batch["attention_mask"])
            self.places += batch["attention_mask"].numel()
        return batch


def flop_per_token(config: Any, matmul_parameters: int, mean_length: float) -> float:
    """Return the FLOP that LoRA DPO needs for one token that is no padding.

    Policy forward 2N, backward 2N (the base is frozen, so no weight gradients), reference forward 2N; and causal
    attention, 2 x length x hidden x layers a forward pass, four times. Recomputed activations are not counted: that
    would be hardware utilisation.
    """
    attention = 2 * mean_length * config.hidden_size * config.num_hidden_layers
    return float(6 * matmul_parameters + 4 * attention)


def mfu(tokens_per_s: float, flop_a_token: float, device: str) -> float | None:
    """Return the share of the device's peak that the model's own arithmetic used, or None where no peak is known."""
    # The longest name first, so that an L40S is not taken for an L4.
    peak = next((_PEAK_FLOPS[name] for name in sorted(_PEAK_FLOPS, key=len, reverse=True) if name in device), None)
    return None if peak is None else tokens_per_s * flop_a_token / peak
