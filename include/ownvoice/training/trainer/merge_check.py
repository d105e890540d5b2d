"""The merge check: reload the merged model in a new process; it must be near the adapter model and far from the base.

All three are computed in float32, so that only the weights differ. The distance is the mean
Kullback-Leibler divergence of the next token from that of the adapter model, in nats.

Run as: python -m ownvoice.training.trainer.merge_check BASE ADAPTER MERGED TEXTS_JSON; it prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ownvoice.errors import MergeMismatchError
from ownvoice.training.merge_types import against_rounding
from ownvoice.training.trainer.kept_change import kept_change
from ownvoice.training.trainer.merge import run_offline

# Of the base's distance, by KL divergence. A judgement: rounding to 16 bits can lose a small change, see
# docs/decisions/0011-merge-to-float16.md.
_NEAR_OVER_FAR = 0.25
_MIN_TOP1_AGREEMENT = 0.98
_OVERFLOW = "computed in its own type it gives numbers that are not finite, so set merge_dtype to bfloat16"
_MAX_TOKENS = 256  # of each text: enough to see a difference, small enough for any vocabulary


def check_in_new_process(
    base: Path, adapter: Path, merged: Path, texts: list[str], scratch: Path, dtype: str
) -> dict[str, Any]:
    """Return the numbers of the check. Raises `MergeMismatchError` that names every fault."""
    (scratch / "texts.json").write_text(json.dumps(texts))
    printed = run_offline(
        "ownvoice.training.trainer.merge_check", str(base), str(adapter), str(merged), str(scratch / "texts.json")
    )
    report: dict[str, Any] = json.loads(printed.splitlines()[-1])
    if faults := report.pop("faults"):
        raise MergeMismatchError(
            f"the merged model failed its check: {'; '.join(faults)}. It was not kept; the adapter is in the lake. "
            f"Where rounding is the cause: {against_rounding(dtype)}."
        )
    return report


def check(base: Path, adapter: Path, merged: Path, texts: list[str]) -> dict[str, Any]:
    """Check the files first, then the logits; after a fault in the files no model is loaded."""
    faults = file_faults(base, merged)
    if faults:
        return {"faults": faults}
    *logits, overflows = _all_logits(base, adapter, merged, texts)
    numbers = _distances(*logits)
    faults = number_faults(numbers) + ([_OVERFLOW] if overflows else [])
    return numbers | kept_change(base, adapter, merged) | {"faults": faults}


def file_faults(base: Path, merged: Path) -> list[str]:
    """Return what is wrong with the files: the index, leftovers of an adapter, the end of text, the chat template."""
    from transformers import AutoConfig, AutoTokenizer

    faults = list(_index_faults(merged))
    if leftovers := [path.name for path in merged.iterdir() if path.name.startswith("adapter_") or path.is_dir()]:
        faults.append(f"it holds {', '.join(sorted(leftovers))}, which belong to an adapter")
    before, after = (AutoTokenizer.from_pretrained(folder) for folder in (base, merged))
    for name in ("eos_token_id", "bos_token_id", "pad_token_id", "chat_template"):
        if getattr(before, name) != getattr(after, name):
            faults.append(f"its tokenizer has another {name} than the base")
    if AutoConfig.from_pretrained(merged).eos_token_id != AutoConfig.from_pretrained(base).eos_token_id:
        faults.append("its config has another eos_token_id than the base")
    return faults


def _index_faults(merged: Path) -> list[str]:
    from safetensors import safe_open

    files = sorted(path.name for path in merged.glob("*.safetensors"))
    index = merged / "model.safetensors.index.json"
    if not index.exists():
        return [] if files == ["model.safetensors"] else [f"{', '.join(files) or 'no weights'} and no index of shards"]
    promised: dict[str, str] = json.loads(index.read_text())["weight_map"]
    if sorted(set(promised.values())) != files:
        return [f"its index names other shards than the {len(files)} that are there"]
    held: dict[str, str] = {}
    for name in files:
        with safe_open(merged / name, framework="pt") as shard:
            held |= dict.fromkeys(shard.keys(), name)
    return [] if held == promised else ["its index names other tensors than its shards hold"]


def _all_logits(base: Path, adapter: Path, merged: Path, texts: list[str]) -> tuple[Any, Any, Any, bool]:
    """Return the logits of the adapter model, of the base, and of the merged model, one row a token.

    The last value says whether the merged model overflows in its own type, which may hold its weights and not its
    activations.
    """
    from peft import PeftModel
    from transformers import AutoConfig, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    token_ids = [tokenizer(text, return_tensors="pt")["input_ids"][:, :_MAX_TOKENS] for text in texts]
    model = PeftModel.from_pretrained(_load(base), adapter).eval()
    of_adapter = _logits(model, token_ids)
    with model.disable_adapter():
        of_base = _logits(model, token_ids)
    del model
    model = _load(merged).eval()
    of_merged = _logits(model, token_ids)
    in_its_own_type = _logits(model.to(AutoConfig.from_pretrained(merged).dtype), token_ids[:1])
    return of_adapter, of_base, of_merged, not bool(in_its_own_type.isfinite().all())


def _load(folder: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    if info["missing_keys"] or info["mismatched_keys"]:
        raise ValueError(f"{folder.name} lacks weights: {sorted(info['missing_keys'])[:3]}")
    return model.to(_roomy_device(model.num_parameters()))


def _roomy_device(parameters: int) -> str:
    """Return the GPU where its free memory holds the float32 weights with room to spare, else the CPU."""
    import torch

    has_room = torch.cuda.is_available() and torch.cuda.mem_get_info()[0] > 1.2 * 4 * parameters
    return "cuda" if has_room else "cpu"


def _logits(model: Any, token_ids: list[Any]) -> Any:
    import torch

    with torch.no_grad():
        return torch.cat([model(ids.to(model.device)).logits[0].float().cpu() for ids in token_ids])


def _distances(of_adapter: Any, of_base: Any, of_merged: Any) -> dict[str, float]:
    """Return how far the merged model and the base are from the adapter model."""
    return {
        "kl_merged_nats": _divergence(of_adapter, of_merged),
        "kl_base_nats": _divergence(of_adapter, of_base),
        "max_logit_difference": float((of_adapter - of_merged).abs().max()),
        "top1_agreement": float((of_adapter.argmax(-1) == of_merged.argmax(-1)).float().mean()),
    }


def _divergence(of_adapter: Any, of_other: Any) -> float:
    """Return the mean KL divergence over all tokens, in float64 and a few tokens at a time: vocabularies are large."""
    from torch.nn.functional import kl_div

    total = 0.0
    for mine, others in zip(of_adapter.split(64), of_other.split(64), strict=True):
        p, q = mine.double().log_softmax(-1), others.double().log_softmax(-1)
        total += float(kl_div(q, p, reduction="sum", log_target=True))
    return total / len(of_adapter)


def number_faults(numbers: dict[str, float]) -> list[str]:
    """Return what is wrong with the distances. A distance that is not finite fails both comparisons."""
    faults = []
    near, far = numbers["kl_merged_nats"], numbers["kl_base_nats"]
    if not near <= _NEAR_OVER_FAR * far:
        faults.append(f"it is {near:.2e} nats from the adapter model, and the base is {far:.2e}: too far to be it")
    if not numbers["top1_agreement"] >= _MIN_TOP1_AGREEMENT:
        faults.append(f"it agrees with the adapter model on {numbers['top1_agreement']:.1%} of likeliest tokens")
    return faults


if __name__ == "__main__":
    *folders, texts_path = map(Path, sys.argv[1:])
    print(json.dumps(check(folders[0], folders[1], folders[2], json.loads(texts_path.read_text()))))
