"""The share of the learned change that rounding to 16 bits kept, computed from the files of base, adapter and merge.

For a base weight W the adapter adds D, and the merged file stores W + C, rounded to its type. The share kept is the
projection <C, D> / <D, D>: 1 if all of the change was kept, 0 if it was rounded away.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

_A, _B = ".lora_A.weight", ".lora_B.weight"
_PEFT_PREFIX = "base_model.model."


def kept_change(base: Path, adapter: Path, merged: Path) -> dict[str, Any]:
    """Return the least share kept, the module that has it, and the median over all modules that have an adapter."""
    shares = dict(_shares(base, adapter, merged))
    least = min(shares, key=shares.__getitem__)
    return {"kept_least": shares[least], "kept_least_module": least, "kept_median": median(shares.values())}


def _shares(base: Path, adapter: Path, merged: Path) -> Iterator[tuple[str, float]]:
    """Yield the share of each module, one module in memory at a time; one that did not change keeps all of nothing."""
    config = json.loads((adapter / "adapter_config.json").read_text())
    scale = config["lora_alpha"] / config["r"]
    with _Tensors(base) as before, _Tensors(merged) as after, _Tensors(adapter) as learned:
        for name in learned.names():
            if not name.endswith(_A):
                continue
            module = name.removesuffix(_A).removeprefix(_PEFT_PREFIX)
            delta = scale * (learned[name.replace(_A, _B)].float() @ learned[name].float())
            stored = after[f"{module}.weight"]
            change = stored.float() - before[f"{module}.weight"].to(stored.dtype).float()
            wanted = float((delta * delta).sum())
            yield module, float((change * delta).sum()) / wanted if wanted else 1.0


class _Tensors:
    """The tensors of a folder of safetensors files, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Any] = {}
        self._open = contextlib.ExitStack()

    def __enter__(self) -> _Tensors:
        from safetensors import safe_open

        for path in sorted(self._folder.glob("*.safetensors")):
            shard = self._open.enter_context(safe_open(path, framework="pt"))
            self._files |= dict.fromkeys(shard.keys(), shard)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __getitem__(self, name: str) -> Any:
        return self._files[name].get_tensor(name)

    def names(self) -> list[str]:
        return sorted(self._files)
