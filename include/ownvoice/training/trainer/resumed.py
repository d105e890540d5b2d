"""That a training which resumes goes on from the adapter of its checkpoint, and from no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ownvoice.errors import WrongStartError

# Without optimizer, schedule or random state, transformers takes fresh ones and says nothing.
_NEEDED = ("adapter_model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state*.pth", "trainer_state.json")


def refuse_incomplete(folder: Path) -> None:
    """Raise `WrongStartError` where a file is missing in the checkpoint in `folder` that a training goes on from.

    The random state is that of each process, and decides dropout alone: other processes may go on with fresh ones.
    """
    if missing := [name for name in _NEEDED if not any(folder.glob(name))]:
        raise WrongStartError(
            f"{folder.name} lacks {', '.join(missing)}: the training would not go on as it was. Delete this checkpoint "
            "in the lake and start the same command again: it goes on from the one before."
        )


class ResumedAdapter:
    """Holds the adapter that is about to be trained against the file of the checkpoint in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any, **_: Any) -> None:
        """Raise `WrongStartError` where a tensor is not that of the file."""
        import torch
        from peft import get_peft_model_state_dict
        from safetensors.torch import load_file

        stored = load_file(self._folder / "adapter_model.safetensors")
        loaded = get_peft_model_state_dict(model, adapter_name="default", save_embedding_layers=False)
        others = sorted(
            name
            for name in stored.keys() | loaded.keys()
            if name not in stored
            or name not in loaded
            or not torch.equal(loaded[name].cpu().to(stored[name]), stored[name])
        )
        if others:
            raise WrongStartError(
                f"{len(others)} of {len(stored)} tensors of the adapter are not those of {self._folder.name}, the "
                f"first is {others[0]}: the training would go on from another model. Compare the versions of "
                "transformers and peft in result.json with the pinned ones."
            )
