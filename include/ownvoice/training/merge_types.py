"""The types that merged weights are stored in, and what helps where one of them rounds a training away. Pure."""

from __future__ import annotations

MERGE_TYPES = ("bfloat16", "float16", "float32")  # by the bits of their fraction: 7, 10 and 23


def against_rounding(dtype: str) -> str:
    """Return what helps where rounding to `dtype` took what was learned: a wider type or, with the widest, no type."""
    wider = MERGE_TYPES[MERGE_TYPES.index(dtype) + 1 :]
    if wider:
        return f"set merge_dtype to {wider[0]} and run again: nothing is trained again"
    return f"no type is wider than {dtype}, the change is below its rounding: train longer, or raise learning_rate"
